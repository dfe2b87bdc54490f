package dev.signalbox.agent.codex;

import static dev.signalbox.testkit.agent.Script.script;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.signalbox.agent.AgentEvent;
import dev.signalbox.agent.AgentProcess.NativeThread;
import dev.signalbox.agent.AgentUnavailable;
import dev.signalbox.agent.Told;
import dev.signalbox.agent.TurnResult;
import dev.signalbox.testkit.agent.Habits;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Taking up a conversation in a new process, and copying one.
@Timeout(180)
class CodexResumeTest {
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
  void R_LIFE_8_aConversationOfAKilledProcessGoesOnInANewOne() throws Exception {
    var id = remembering();
    var thread = bench.start(habits).resume(id, bench.settings());
    assertThat(thread.nativeId()).isEqualTo(id);
    assertThat(bench.run(thread, script().recall()).text()).isEqualTo("walrus");
    var asked = bench.received.messages("thread/resume").getFirst().path("params");
    assertThat(asked.path("excludeTurns").asBoolean(false)).isTrue();
    assertThat(asked.path("cwd").asString("")).isEqualTo(bench.work().toString());
  }

  @Test
  void R_LIFE_9_aConversationNobodyKnowsIsNotTakenUp() throws Exception {
    var process = bench.start(habits);
    var e =
        catchThrowableOfType(
            AgentUnavailable.class, () -> process.resume("gone", bench.settings()));
    assertThat(e.problem().detail()).contains("no rollout found");
    assertThat(process.alive()).isTrue();
  }

  @Test
  void R_LIFE_9_anotherConversationThanTheOneAskedForIsRefused() throws Exception {
    var id = remembering();
    var process = bench.start(habits.spoil("resume", "other"));
    var e =
        catchThrowableOfType(AgentUnavailable.class, () -> process.resume(id, bench.settings()));
    assertThat(e.problem().detail()).contains("another conversation");
  }

  @Test
  void R_LIFE_9_anAgentThatHangsInAResumeIsGivenUp() throws Exception {
    var id = remembering();
    var process = bench.start(habits.spoil("resume", "silent"), Workbench.SHORT_RESUME);
    var e =
        catchThrowableOfType(AgentUnavailable.class, () -> process.resume(id, bench.settings()));
    assertThat(e.problem().detail()).contains("did not answer").contains("thread/resume");
    assertThat(bench.run(bench.thread(process), script().say("fine")).text()).isEqualTo("fine");
  }

  @Test
  void R_LIFE_9_aResumeThatWasFakedIsFoundOutByTheFirstPromptWhichIsNotLost() throws Exception {
    var id = remembering();
    var thread = bench.start(habits.spoil("resume", "fake")).resume(id, bench.settings());

    var told = new Told();
    var result = bench.run(thread, script().recall(), told);

    assertThat(result).isInstanceOf(TurnResult.Completed.class);
    assertThat(told.text()).isEqualTo("nothing");
    assertThat(told.first(AgentEvent.Notice.class).code()).isEqualTo("memory-lost");
    assertThat(thread.nativeId()).isNotEqualTo(id);
    assertThat(bench.run(thread, script().say("on")).text()).isEqualTo("on");
  }

  @Test
  void aCopyRemembersAndLeavesTheOriginalAsItIs() throws Exception {
    var process = bench.start(habits);
    var original = bench.thread(process);
    bench.run(original, script().remember("walrus"));
    var copy = process.fork(original.nativeId(), bench.settings());
    bench.run(copy, script().remember("heron"));
    assertThat(copy.nativeId()).isNotEqualTo(original.nativeId());
    assertThat(bench.run(copy, script().recall()).text()).isEqualTo("walrus, heron");
    assertThat(bench.run(original, script().recall()).text()).isEqualTo("walrus");
  }

  @Test
  void aCopyThatIsTheOriginalIsRefused() throws Exception {
    var process = bench.start(habits.spoil("fork", "other"));
    var original = bench.thread(process);
    var e =
        catchThrowableOfType(
            AgentUnavailable.class, () -> process.fork(original.nativeId(), bench.settings()));
    assertThat(e.problem().detail()).contains("instead of a copy");
  }

  @Test
  void theConversationsOfAFolderAreListed() throws Exception {
    var process = bench.start(habits);
    var thread = bench.thread(process);
    assertThat(process.list(bench.work()))
        .containsExactly(
            new NativeThread(
                thread.nativeId(), "the first prompt", Instant.ofEpochSecond(1_790_000_000L)));
    assertThat(process.list(bench.folder)).isEmpty();
  }

  private String remembering() throws Exception {
    var process = bench.start(habits);
    var thread = bench.thread(process);
    bench.run(thread, script().remember("walrus"));
    process.kill();
    return thread.nativeId();
  }
}
