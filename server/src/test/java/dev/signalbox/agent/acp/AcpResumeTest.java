package dev.signalbox.agent.acp;

import static dev.signalbox.testkit.agent.Script.script;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.signalbox.agent.AgentEvent;
import dev.signalbox.agent.AgentUnavailable;
import dev.signalbox.agent.Told;
import dev.signalbox.agent.TurnResult;
import dev.signalbox.testkit.agent.Habits;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Taking up a conversation in a new process.
@Timeout(180)
class AcpResumeTest {
  private Workbench bench;
  private Habits habits;

  @BeforeEach
  void open(@TempDir Path folder) throws Exception {
    bench = new Workbench(folder);
    habits = Habits.good().state(Files.createDirectories(folder.resolve("state")));
  }

  @AfterEach
  void close() {
    bench.close();
  }

  @Test
  void R_LIFE_8_anAgentThatResumesRemembersAndReplaysNothing() throws Exception {
    var id = remembering(habits);
    var process = bench.start(habits);
    var thread = process.resume(id, bench.settings());
    assertThat(thread.nativeId()).isEqualTo(id);
    assertThat(bench.run(thread, script().recall()).text()).isEqualTo("walrus");
    assertThat(bench.received.messages("session/resume")).hasSize(1);
    assertThat(bench.received.messages("session/load")).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"before", "after"})
  void R_LIFE_8_theReplayOfALoadIsDroppedWheneverItComes(String when) throws Exception {
    var loading = habits.without("resume").replay(when);
    var id = remembering(loading);
    var process = bench.start(loading);
    var thread = process.resume(id, bench.settings());
    var told = bench.run(thread, script().recall());
    assertThat(told.text()).isEqualTo("walrus");
    assertThat(told.events()).hasSize(1);
  }

  @Test
  void anAgentThatCanDoNeitherSaysSo() throws Exception {
    var process = bench.start(habits.without("resume").without("load"));
    var e =
        catchThrowableOfType(
            AgentUnavailable.class, () -> process.resume("some-id", bench.settings()));
    assertThat(e.problem().detail()).contains("cannot take up");
    assertThat(process.alive()).isTrue();
  }

  @ParameterizedTest
  @CsvSource({"resume, silent", "resume, refuse", "resume, crash", "load, silent", "load, refuse"})
  void R_LIFE_9_aResumeThatFailsOrHangsIsGivenUpInTime(String step, String way) throws Exception {
    var spoilt = step.equals("load") ? habits.without("resume") : habits;
    var id = remembering(spoilt);
    var process = bench.start(spoilt.spoil(step, way), Workbench.SHORT_RESUME);
    var e =
        catchThrowableOfType(AgentUnavailable.class, () -> process.resume(id, bench.settings()));
    assertThat(e.problem().detail()).isNotBlank();
    assertThat(process.alive()).isEqualTo(!way.equals("crash"));
  }

  @Test
  void R_LIFE_9_anUnknownConversationIsRefused() throws Exception {
    var process = bench.start(habits);
    var e =
        catchThrowableOfType(
            AgentUnavailable.class, () -> process.resume("never-heard-of", bench.settings()));
    assertThat(e.problem().detail()).contains("Resource not found");
  }

  @ParameterizedTest
  @ValueSource(strings = {"resume", "load"})
  void R_LIFE_9_aFakedResumeFallsBackToANewConversationAndSaysSo(String step) throws Exception {
    var faking = step.equals("load") ? habits.without("resume") : habits;
    var id = remembering(faking);
    var process = bench.start(faking.spoil(step, "fake"));
    var thread = process.resume(id, bench.settings());
    var told = new Told();
    var result = bench.run(thread, script().recall(), told);
    assertThat(result).isInstanceOf(TurnResult.Completed.class);
    assertThat(told.text()).isEqualTo("nothing");
    assertThat(told.first(AgentEvent.Notice.class).code()).isEqualTo("memory-lost");
    assertThat(thread.nativeId()).isNotEqualTo(id);
    assertThat(bench.run(thread, script().say("and on")).text()).isEqualTo("and on");
  }

  @Test
  void anErrorInAProvenConversationIsNoReasonToForgetIt() throws Exception {
    var process = bench.start(habits);
    var thread = process.open(bench.settings());
    var id = thread.nativeId();
    var result =
        bench.run(thread, script().error(-32602, "Invalid params: session not found"), new Told());
    assertThat(result).isInstanceOf(TurnResult.Failed.class);
    assertThat(thread.nativeId()).isEqualTo(id);
  }

  /// The id of a conversation whose process was killed.
  private String remembering(Habits habits) throws Exception {
    var process = bench.start(habits);
    var thread = bench.thread(process);
    bench.run(thread, script().remember("walrus"));
    process.kill();
    return thread.nativeId();
  }
}
