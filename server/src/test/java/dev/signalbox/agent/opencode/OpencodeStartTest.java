package dev.signalbox.agent.opencode;

import static dev.signalbox.testkit.agent.Script.script;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.signalbox.agent.AgentUnavailable;
import dev.signalbox.agent.Launch;
import dev.signalbox.agent.ThreadSettings;
import dev.signalbox.testkit.agent.Habits;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Starting the server, beginning and taking up conversations, and what goes wrong there.
@Timeout(180)
class OpencodeStartTest {
  private Workbench bench;

  @BeforeEach
  void open(@TempDir Path folder) {
    bench = new Workbench(folder);
  }

  @AfterEach
  void close() {
    bench.close();
  }

  @Test
  void itListensOnThisMachineOnlyAndWantsAPasswordOfItsOwn() throws Exception {
    var one = bench.start(Habits.good());
    var two = bench.start(Habits.good());
    var passwords = script().environment("OPENCODE_SERVER_PASSWORD").say("|").environment("PATH");
    var first = bench.run(bench.thread(one), passwords).text();
    var second = bench.run(bench.thread(two), passwords).text();
    assertThat(first.indexOf('|')).isGreaterThan(30);
    assertThat(first.substring(0, 30)).isNotEqualTo(second.substring(0, 30));
    assertThat(Files.readString(bench.folder.resolve("received")))
        .contains("[\"--hostname\",\"127.0.0.1\",\"--port\",\"0\"]")
        .doesNotContain(first.substring(0, 30));
    assertThat(one.version()).isEqualTo("7.7.7");
  }

  @ParameterizedTest
  @CsvSource({"start,silent", "health,silent"})
  void aServerThatDoesNotAnswerIsGivenUpAndLeavesNothingRunning(String step, String way) {
    var habits = Habits.good().spoil(step, way);
    assertThatThrownBy(() -> bench.start(habits, Workbench.SHORT_START))
        .isInstanceOf(AgentUnavailable.class)
        .hasMessageContaining("did not answer");
    await().until(() -> bench.pids().isEmpty());
  }

  @Test
  void aServerThatEndsAtItsStartSaysHow() {
    assertThatThrownBy(() -> bench.start(Habits.good().spoil("start", "crash")))
        .isInstanceOfSatisfying(
            AgentUnavailable.class,
            e -> {
              assertThat(e.problem().detail()).contains("exit code 7");
              assertThat(e.problem().stderr()).contains("scripted crash at start");
            });
  }

  @Test
  void aSlowStartIsWaitedFor() throws Exception {
    assertThat(bench.start(Habits.good().spoil("start", "late")).alive()).isTrue();
  }

  @ParameterizedTest
  @ValueSource(strings = {"evil.example:80", "10.0.0.1:4096", "nonsense", "127.0.0.1"})
  void thePasswordIsGivenToNobodyElse(String elsewhere) {
    assertThat(StandardOutput.address("opencode server listening on http://" + elsewhere)).isNull();
  }

  @Test
  void theAddressIsFoundInItsLine() {
    assertThat(StandardOutput.address("opencode server listening on http://127.0.0.1:4096"))
        .hasToString("http://127.0.0.1:4096");
    assertThat(StandardOutput.address("Warning: something else")).isNull();
  }

  @ParameterizedTest
  @CsvSource({"refuse,agent-error", "login,login", "silent,agent-unavailable", "crash,crash"})
  void aConversationThatCannotBeBegunSaysWhy(String way, String code) throws Exception {
    var process = bench.start(Habits.good().spoil("new", way), Workbench.SHORT_OPEN);
    assertThatThrownBy(() -> bench.thread(process))
        .isInstanceOfSatisfying(
            AgentUnavailable.class, e -> assertThat(e.problem().code()).isEqualTo(code));
  }

  @Test
  @Tag("R-LIFE-8")
  void anEarlierConversationIsTakenUpInANewProcessWithItsMemory() throws Exception {
    var habits = Habits.good().state(bench.work("state"));
    var first = bench.start(habits);
    var thread = bench.thread(first);
    bench.run(thread, script().remember("heron").say("ok"));
    first.close();
    var resumed = bench.start(habits).resume(thread.nativeId(), bench.settings());
    assertThat(resumed.nativeId()).isEqualTo(thread.nativeId());
    assertThat(bench.run(resumed, script().recall()).text()).isEqualTo("heron");
  }

  @ParameterizedTest
  @ValueSource(strings = {"ok", "refuse", "silent", "other"})
  @Tag("R-LIFE-9")
  void aConversationThatIsNotTakenUpIsNeverTakenForGranted(String way) throws Exception {
    var habits = Habits.good().state(bench.work("state"));
    var known = bench.thread(bench.start(habits)).nativeId();
    var process = bench.start(habits.spoil("resume", way), Workbench.SHORT_RESUME);
    var id = way.equals("ok") ? "ses_unknown" : known;
    assertThatThrownBy(() -> process.resume(id, bench.settings()))
        .isInstanceOf(AgentUnavailable.class);
    assertThat(process.alive()).isTrue();
  }

  @Test
  void aCopyRemembersAndTheListNamesBoth() throws Exception {
    var process = bench.start(Habits.good());
    var thread = bench.thread(process);
    bench.run(thread, script().remember("heron").say("ok"));
    var copy = process.fork(thread.nativeId(), bench.settings());
    assertThat(bench.run(copy, script().recall()).text()).isEqualTo("heron");
    assertThat(process.list(bench.work()))
        .extracting(listed -> listed.nativeId())
        .containsExactlyInAnyOrder(thread.nativeId(), copy.nativeId());
    assertThat(process.list(bench.work("empty"))).isEmpty();
  }

  @Test
  void aReadOnlyConversationIsForbiddenToWriteByProcessAndBySession() throws Exception {
    var launch = new Launch(null, bench.work(), Map.of());
    var process = bench.start(Habits.good(), Limits.DEFAULT, launch);
    var thread = process.open(ThreadSettings.readOnly(bench.work()));
    var told = bench.run(thread, script().environment("OPENCODE_PERMISSION").whoAmI());
    assertThat(told.text())
        .contains("{\"edit\":\"deny\",\"bash\":\"deny\"}")
        .contains("readOnly=true");
    var writing = bench.thread(bench.start(Habits.good()));
    assertThat(bench.run(writing, script().environment("OPENCODE_PERMISSION").whoAmI()).text())
        .contains("unset")
        .contains("readOnly=false");
  }

  @Test
  @Tag("R-LIFE-14")
  void R_LIFE_14_aServerThatHangsIsAliveAndNotHealthy() throws Exception {
    var process = bench.start(Habits.good(), Workbench.SHORT_HEALTH);
    assertThat(process.healthy()).isTrue();
    signal("STOP");
    try {
      assertThat(process.healthy()).isFalse();
      assertThat(process.alive()).isTrue();
    } finally {
      signal("CONT");
    }
    assertThat(process.healthy()).isTrue();
  }

  private void signal(String name) throws Exception {
    for (long pid : bench.pids()) {
      new ProcessBuilder("kill", "-" + name, Long.toString(pid)).start().waitFor();
    }
  }
}
