package dev.signalbox.agent.acp;

import static org.assertj.core.api.Assertions.assertThat;

import dev.signalbox.agent.Asking;
import dev.signalbox.agent.Offers.Choice;
import dev.signalbox.agent.Prompt;
import dev.signalbox.agent.Told;
import dev.signalbox.agent.TurnResult;
import dev.signalbox.agent.TurnSettings;
import dev.signalbox.id.Ids;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("agents")
class OpencodeContractTest extends RealAgentContract {
  private static final String MODEL =
      """
      {"name":"Fake","limit":{"context":128000,"output":8000},"reasoning":true,"attachment":true,
       "tool_call":true,"modalities":{"input":["text","image"],"output":["text"]}}
      """;

  @Override
  protected Map<String, String> configure(Path home) throws IOException {
    var folder = Files.createDirectories(home.resolve(".config/opencode"));
    Files.writeString(
        folder.resolve("opencode.json"),
        """
        {"autoupdate":false,"share":"disabled","enabled_providers":["fake"],
         "model":"fake/fake-1","small_model":"fake/fake-1",
         "provider":{"fake":{"npm":"@ai-sdk/openai-compatible","name":"Fake",
           "options":{"baseURL":"http://127.0.0.1:%d/v1","apiKey":"dummy-key"},
           "models":{"fake-1":%s,"fake-2":%s}}},
         "permission":{"bash":"ask","edit":"ask"}}
        """
            .formatted(model.port(), MODEL, MODEL));
    return Map.of(
        "OPENCODE_DISABLE_AUTOUPDATE", "1",
        "OPENCODE_DISABLE_MODELS_FETCH", "1",
        "OPENCODE_DISABLE_LSP_DOWNLOAD", "1",
        "OPENCODE_DISABLE_SHARE", "1",
        "OPENCODE_DISABLE_DEFAULT_PLUGINS", "1");
  }

  @Override
  protected List<String> command() {
    return List.of("opencode-linux-x64/bin/opencode", "acp");
  }

  @Test
  void R_DRV_11_anotherModelIsUsedFromTheNextTurn() throws Exception {
    var thread = thread(start());
    assertThat(thread.offers().models())
        .extracting(Choice::id)
        .containsExactly("fake/fake-1", "fake/fake-2");
    var result =
        Asking.prompt(
                thread,
                new Ids(InstantSource.system()).turn(),
                new Prompt(answering(), List.of()),
                new TurnSettings("fake/fake-2", null, null),
                new Told())
            .end();
    assertThat(result).isInstanceOf(TurnResult.Completed.class);
    assertThat(model.mainRequests().getLast().body().path("model").asString()).isEqualTo("fake-2");
    assertThat(thread.offers().model()).isEqualTo("fake/fake-2");
  }
}
