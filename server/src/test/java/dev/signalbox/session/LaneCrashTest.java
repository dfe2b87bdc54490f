package dev.signalbox.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.signalbox.event.LaneState;
import dev.signalbox.event.ThreadState;
import dev.signalbox.testkit.agent.Habits;
import dev.signalbox.testkit.agent.Script;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/// Who ended the agent: it itself, which is a crash with a reason, or we, which is none. Neither is
/// ever taken for the other afterwards. Without namespaces, because bubblewrap keeps a copy of the
/// agent's output open: behind it one that closes its output is only seen once it ends.
class LaneCrashTest {
  @TempDir Path folder;
  private House house;
  private Lane lane;

  @BeforeEach
  void open() throws IOException {
    house =
        House.withoutNamespaces(
            folder,
            Map.of(
                "good",
                Habits.good().ignoreEndOfInput(),
                "fleeting",
                Habits.good().crashAfterPrompt()));
    lane = house.worker();
  }

  @AfterEach
  void close() {
    house.close();
  }

  static Stream<Arguments> endsInATurn() {
    return Stream.of(
        Arguments.of(Script.script().say("half").closeOutput().hang(), "broke off the connection"),
        Arguments.of(Script.script().say("half").crash(0), "exit code 0"),
        Arguments.of(Script.script().say("half").crash(3), "exit code 3"),
        Arguments.of(Script.script().say("half").die(), "SIGKILL"));
  }

  @ParameterizedTest
  @MethodSource("endsInATurn")
  void R_LIFE_4_anAgentThatEndsItselfInATurnHasCrashedAndStaysSo(Script script, String reason) {
    var turn = house.submit(lane, script).turn();
    var end = house.end(lane, turn);

    assertThat(end.get("state").asString()).isEqualTo("failed");
    assertThat(end.get("reason").asString()).isEqualTo("crash");
    assertThat(house.items(lane, turn, "error"))
        .singleElement()
        .satisfies(item -> assertThat(item.at("/error/detail").asString()).contains(reason));
    staysCrashed();
    assertThat(notices()).as("it was said once, by the turn").isEmpty();
    assertThat(lane.view().state()).isEqualTo(LaneState.ERROR);
    goesOn();
  }

  static Stream<Arguments> endsBetweenTurns() {
    return Stream.of(
        Arguments.of("good", Script.script().say("done").closeOutputAfterwards(), "broke off"),
        Arguments.of("fleeting", Script.script().say("done"), "exit code 9"));
  }

  @ParameterizedTest
  @MethodSource("endsBetweenTurns")
  void R_LIFE_4_anAgentThatEndsItselfBetweenTurnsHasCrashedAndTheLaneSaysWhy(
      String agent, Script script, String reason) {
    var turn = house.submit(lane, agent, script.prompt()).turn();
    assertThat(house.end(lane, turn).get("state").asString()).isEqualTo("completed");

    house.await(lane, e -> e.at("/item/notice/code").asString("").equals("agent-crashed"));
    staysCrashed();
    assertThat(notices()).singleElement().asString().contains(agent, reason);
    assertThat(lane.view().state()).isEqualTo(LaneState.IDLE);
    goesOn();
  }

  @Test
  void R_LIFE_4_anIdleAgentThatWeStopHasNotCrashed() {
    house.end(lane, house.submit(lane, Script.script().say("x")).turn());

    house.pool.stop(house.pool.processes().getFirst().id());

    await().until(() -> thread().pid() == null);
    assertThat(thread().status()).isEqualTo("idle");
    assertThat(notices()).isEmpty();
    neverCrashed();
    goesOn();
  }

  @Test
  void R_LIFE_4_anAgentThatWeStopInItsTurnHasNotCrashed() {
    var turn = house.submit(lane, Script.script().say("half").hang()).turn();
    house.awaitText(lane, "half");

    house.pool.stop(house.pool.processes().getFirst().id());

    var end = house.end(lane, turn);
    assertThat(end.get("state").asString()).isEqualTo("failed");
    assertThat(end.get("reason").asString()).isEqualTo("agent-unavailable");
    assertThat(end.at("/error/detail").asString()).contains("ended by Signalbox");
    await().until(() -> thread().pid() == null);
    assertThat(thread().status()).isEqualTo("idle");
    neverCrashed();
    goesOn();
  }

  /// The end of the process is told twice, by the turn and by the process; the later must not undo
  /// what the earlier said.
  private void staysCrashed() {
    await().until(() -> house.pool.processes().isEmpty());
    await()
        .during(Duration.ofMillis(300))
        .untilAsserted(() -> assertThat(thread().status()).isEqualTo("crashed"));
    assertThat(thread().pid()).isNull();
  }

  private void neverCrashed() {
    assertThat(house.events(lane, "thread.changed"))
        .extracting(e -> e.at("/thread/status").asString())
        .doesNotContain("crashed");
  }

  private void goesOn() {
    var next = house.submit(lane, Script.script().say("on")).turn();
    assertThat(house.end(lane, next).get("state").asString()).isEqualTo("completed");
    assertThat(house.answer(lane, next)).isEqualTo("on");
  }

  private ThreadState thread() {
    return lane.threads().getFirst();
  }

  private List<String> notices() {
    return house.events(lane, "item.completed").stream()
        .map(e -> e.at("/item/notice"))
        .filter(notice -> notice.path("code").asString("").equals("agent-crashed"))
        .map(notice -> notice.path("detail").asString())
        .toList();
  }
}
