package dev.signalbox.agent.acp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.signalbox.agent.Agent;
import dev.signalbox.agent.AgentDriver;
import dev.signalbox.agent.AgentEvent;
import dev.signalbox.agent.Asking;
import dev.signalbox.agent.DriverContract;
import dev.signalbox.agent.Prompt;
import dev.signalbox.agent.ThreadSettings;
import dev.signalbox.agent.Told;
import dev.signalbox.agent.TurnResult;
import dev.signalbox.agent.launch.AgentChildren;
import dev.signalbox.id.Ids;
import dev.signalbox.process.Children;
import dev.signalbox.testkit.model.ModelScript;
import dev.signalbox.testkit.model.ModelTurn;
import dev.signalbox.testkit.model.ScriptedModel;
import dev.signalbox.testkit.model.ToolUse;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/// The contract against a real agent that is pinned in `agents/package.json` and talks to a
/// scripted model. Its home is a fresh folder; `./check --agents` runs these.
@Tag("agents")
public abstract class RealAgentContract extends DriverContract {
  /// Where `./check --agents` installs them, seen from the server module.
  private static final Path AGENTS = Path.of("..", "agents", "node_modules").toAbsolutePath();

  private final Ids ids = new Ids(InstantSource.system());
  protected ScriptedModel model;

  @BeforeEach
  void startModel() throws IOException {
    model = ScriptedModel.start();
    Files.createDirectories(folder.resolve("home/.config"));
  }

  @AfterEach
  void stopModel() {
    model.close();
  }

  /// Environment and files that make the agent talk to the model and ask before it acts.
  protected abstract Map<String, String> configure(Path home) throws IOException;

  /// The program inside its package, and its arguments.
  protected abstract List<String> command();

  @Override
  protected AgentDriver driver(Children children) {
    var server =
        Map.of(
            "PATH",
            System.getenv("PATH"),
            "HOME",
            folder.resolve("home").toString(),
            "LANG",
            "C.UTF-8",
            "NO_PROXY",
            "127.0.0.1,localhost");
    return driver(new AgentChildren(children, server));
  }

  /// Of the protocol the agent is spoken to in.
  protected AgentDriver driver(AgentChildren children) {
    return new AcpDriver(children);
  }

  @Override
  protected Agent agent() {
    var argv = new ArrayList<>(command());
    argv.set(0, AGENTS.resolve(argv.getFirst()).normalize().toString());
    try {
      return new Agent(
          "real",
          "Real agent",
          "acp",
          argv,
          configure(folder.resolve("home")),
          List.of(argv.getFirst(), "--version"),
          null,
          null,
          true);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  protected String answering() {
    return ModelScript.of(
            ModelTurn.says("Hello from the scripted model.").inChunks(6, Duration.ofMillis(30)))
        .in("say hello");
  }

  @Override
  protected String answer() {
    return "Hello from the scripted model.";
  }

  @Override
  protected String streaming() {
    return ModelScript.of(ModelTurn.says("slow ").repeat(200, Duration.ofMillis(250)))
        .in("go slowly");
  }

  @Override
  protected String busyWithATool() {
    return ModelScript.of(ModelTurn.calls(new ToolUse.Shell("sleep 60")), ModelTurn.says("done"))
        .in("sleep");
  }

  @Override
  protected String asking() {
    return ModelScript.of(
            ModelTurn.calls(new ToolUse.Shell("touch made.txt")), ModelTurn.says("done"))
        .in("touch a file");
  }

  @Test
  @Tag("R-DRV-2")
  void thinkingIsReasoning() throws Exception {
    var told = new Told();
    var prompt = ModelScript.of(ModelTurn.thinks("First I ponder.").text("Decided.")).in("think");
    assertThat(Asking.prompt(thread(start()), ids.turn(), prompt, told).end())
        .isInstanceOf(TurnResult.Completed.class);
    assertThat(told.reasoning()).contains("First I ponder.");
    assertThat(told.text()).contains("Decided.");
  }

  @Test
  @Tag("R-DRV-2")
  void anEditIsShownWithItsDifferences() throws Exception {
    var process = start();
    var file = Files.writeString(folder.resolve("work/a.txt"), "alpha\nbeta\ngamma\n");
    var told = Told.answering(true);
    var path = file.toRealPath().toString();
    var prompt =
        ModelScript.of(
                ModelTurn.calls(new ToolUse.Read(path)),
                ModelTurn.calls(new ToolUse.Edit(path, "beta", "BETA")),
                ModelTurn.says("Edited."))
            .in("edit");
    assertThat(Asking.prompt(thread(process), ids.turn(), prompt, told).end())
        .isInstanceOf(TurnResult.Completed.class);
    assertThat(file).hasContent("alpha\nBETA\ngamma\n");
    assertThat(told.all(AgentEvent.ToolCall.class))
        .anySatisfy(call -> {
          assertThat(call.diff()).contains("-beta").contains("+BETA");
          assertThat(call.tool().kind()).isEqualTo("edit");
          assertThat(call.tool().paths()).contains(path);
        });
  }

  @Test
  @Tag("R-LIFE-8")
  void aKilledAgentTakesUpItsConversationInANewProcess() throws Exception {
    var process = start();
    var thread = thread(process);
    Asking.prompt(thread, ids.turn(), answering(), new Told()).end();
    var id = thread.nativeId();
    ProcessHandle.of(process.pid()).orElseThrow().destroyForcibly();
    await().until(() -> !process.alive());

    var next = start();
    var resumed = next.resume(id, ThreadSettings.writing(folder.resolve("work").toRealPath()));
    resumed.settle();
    var told = new Told();
    assertThat(Asking.prompt(resumed, ids.turn(), answering(), told).end())
        .isInstanceOf(TurnResult.Completed.class);
    assertThat(told.text().strip()).isEqualTo(answer());
    // The model was given the first turn, too: the conversation is really the same.
    var messages = model.mainRequests().getLast().body().path("messages").toString();
    assertThat(messages.split("say hello", -1).length - 1).isGreaterThanOrEqualTo(2);
  }

  @Test
  void anImageReachesTheModel() throws Exception {
    var file = folder.resolve("pixel.png");
    ImageIO.write(new BufferedImage(8, 8, BufferedImage.TYPE_INT_RGB), "png", file.toFile());
    var told = new Told();
    var prompt = new Prompt(answering(), List.of(new Prompt.Image(file, "image/png")));
    assertThat(Asking.prompt(thread(start()), ids.turn(), prompt, Asking.AS_IS, told).end())
        .isInstanceOf(TurnResult.Completed.class);
    assertThat(model.mainRequests().getLast().conversation().images()).hasSize(1);
  }

  @Test
  @Tag("R-DRV-12")
  void theProbeFindsItReady() throws Exception {
    try (var children = Children.open(folder.resolve("probe-runs"), System.getenv())) {
      var probe = driver(children).probe(agent());
      assertThat(probe.reason()).isNull();
      assertThat(probe.ready()).isTrue();
      assertThat(probe.version()).isNotBlank();
      assertThat(probe.offers()).isNotNull();
    }
  }

  @Test
  @Tag("R-TURN-8")
  void aModelThatFailsIsToldInWords() throws Exception {
    var told = new Told();
    var prompt = ModelScript.of(ModelTurn.fails(400)).in("fail");
    var thread = thread(start());
    var result = Asking.prompt(thread, ids.turn(), prompt, told).end();
    // goose says it as text and ends the turn as if nothing was wrong.
    var words =
        result instanceof TurnResult.Failed failed ? failed.problem().detail() : told.text();
    assertThat(words).containsIgnoringCase("error");
    assertThat(Asking.prompt(thread, ids.turn(), answering(), new Told()).end())
        .isInstanceOf(TurnResult.Completed.class);
  }
}
