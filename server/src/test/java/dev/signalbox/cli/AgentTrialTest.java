package dev.signalbox.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.signalbox.testkit.agent.Habits;
import dev.signalbox.testkit.server.ServerUnderTest;
import dev.signalbox.testkit.server.ServerUnderTest.Setup;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// `signalbox agents test NAME` at the real server.
@Tag("R-DRV-1")
class AgentTrialTest {
  @TempDir private static Path folder;
  private static ServerUnderTest server;
  private static Terminal terminal;

  @BeforeAll
  static void start() {
    var habits = Habits.good().spoil("new", "refuse");
    var settings = ServerUnderTest.agentSettings("broken", Habits.command(), habits.environment());
    server = ServerUnderTest.start(new Setup(folder, settings));
    terminal =
        Terminal.with(
            Map.of(
                "SIGNALBOX_DATA", server.data().toString(),
                "HOME", server.home().toString(),
                "PATH", System.getenv().getOrDefault("PATH", "/usr/bin:/bin")));
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  @Test
  void aGoodAgentPassesAndWhatItDoesNotOfferIsSaid() {
    var called = terminal.call("agents", "test", "practice");
    assertThat(called.exit()).as(called.out()).isZero();
    assertThat(called.out())
        .startsWith("VERDICT")
        .containsPattern("pass +interrupt ")
        .containsPattern("pass +ask-deny ")
        .containsPattern("not offered +resume ")
        .endsWith("practice passes.\n");
  }

  @Test
  void aBrokenAgentFailsWithTheReasonForPeopleAndForPrograms() {
    var called = terminal.call("agents", "test", "broken");
    assertThat(called.exit()).isEqualTo(1);
    assertThat(called.out()).contains("scripted refusal").endsWith("broken does not pass.\n");

    var again = terminal.call("agents", "test", "broken", "--json");
    assertThat(again.exit()).isEqualTo(1);
    var test = Rest.JSON.readTree(again.out());
    assertThat(test.path("passed").asBoolean()).isFalse();
    assertThat(test.path("findings")).hasSize(test.path("scenarios").asInt());
    assertThat(test.path("findings").path(0).path("verdict").asString()).isEqualTo("fail");
  }

  @Test
  void anAgentThatDoesNotExistIsRefused() {
    var called = terminal.call("agents", "test", "nobody");
    assertThat(called.exit()).isEqualTo(1);
    assertThat(called.err()).contains("There is no agent 'nobody'");
  }
}
