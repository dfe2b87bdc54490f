package dev.signalbox.agents;

import static dev.signalbox.testkit.model.ModelTurn.says;
import static org.assertj.core.api.Assertions.assertThat;

import dev.signalbox.testkit.model.ModelScript;
import dev.signalbox.testkit.model.ScriptedModel;
import dev.signalbox.testkit.server.Client;
import dev.signalbox.testkit.server.ServerUnderTest;
import dev.signalbox.testkit.server.ServerUnderTest.Setup;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// Smoke 2b with real agents: opencode, Claude Code, and opencode again, in one lane.
@Tag("agents")
@Tag("R-TEST-1")
class SwitchingTest {
  private static final Duration LIMIT = Duration.ofSeconds(60);

  @Test
  void R_SW_2_R_SW_3_theFirstAgentRemembersItsOwnTurnAndKnowsOfTheSeconds(@TempDir Path dir)
      throws Exception {
    var home = Files.createDirectories(dir.resolve("home"));
    var project = Files.createDirectories(dir.resolve("project")).toRealPath();
    try (var model = ScriptedModel.start();
        var server = ServerUnderTest.start(new Setup(dir, settings(home, model.url())));
        var client = server.client()) {
      var lane = Client.lane(client.session(project), "worker");
      say(client, lane, "opencode", "Noted, heron.", "The secret word is heron");
      var first = thread(client, lane, "opencode");

      say(client, lane, "claude", "I painted the door red.", "Paint the door");
      assertThat(seen(model)).contains("secret word is heron").contains("Noted, heron.");
      assertThat(thread(client, lane, "claude").path("origin").asString()).isEqualTo("handed-over");

      say(client, lane, "opencode", "Heron, and the door is red.", "The word, and the door?");
      var last = thread(client, lane, "opencode");
      assertThat(last.path("nativeId")).isEqualTo(first.path("nativeId"));
      assertThat(last.path("pid")).isEqualTo(first.path("pid"));
      assertThat(seen(model)).contains("secret word is heron").contains("I painted the door red.");
    }
  }

  private static ObjectNode settings(Path home, String model) {
    var settings = RealAgent.OPENCODE.settings(home, model);
    var claude = RealAgent.CLAUDE.settings(home, model);
    settings.withObject("agents").setAll((ObjectNode) claude.get("agents"));
    return settings;
  }

  private static void say(
      Client client, Client.Lane lane, String agent, String answer, String words) {
    try (var socket = client.watch(lane)) {
      var told = client.prompt(lane, agent, ModelScript.of(says(answer)).in(words));
      var end = socket.view().awaitEnd(told.path("turn").asString(), LIMIT);
      assertThat(end.path("state").asString()).as(end.toString()).isEqualTo("completed");
    }
  }

  /// All that the model was shown with the last prompt.
  private static String seen(ScriptedModel model) {
    return model.mainRequests().getLast().conversation().messages().toString();
  }

  private static JsonNode thread(Client client, Client.Lane lane, String agent) {
    for (JsonNode thread : client.get(lane.path() + "/threads").ok()) {
      if (thread.path("agent").asString("").equals(agent)) {
        return thread;
      }
    }
    throw new AssertionError("no thread of " + agent);
  }
}
