package dev.signalbox.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.signalbox.event.LaneState;
import dev.signalbox.testkit.agent.Habits;
import dev.signalbox.testkit.agent.Script;
import java.io.IOException;
import java.nio.file.Files;
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
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;

/// Crashes, restarts, limits: each turn still has exactly one end, and the lane lives on.
class LaneLifeTest {
  @TempDir Path folder;
  private House house;

  @BeforeEach
  void open() throws IOException {
    house = House.open(folder);
  }

  @AfterEach
  void close() {
    house.close();
  }

  static Stream<Script> exits() {
    return Stream.of(
        Script.script().think("t").openTool("c", "execute", "x").say("half").crash(3),
        Script.script().openTool("c", "execute", "x").say("half").die(),
        Script.script().openTool("c", "execute", "x").say("half").error(-32603, "broken"),
        Script.script().openTool("c", "execute", "x").say("half").stop("refusal"),
        Script.script().openTool("c", "execute", "x").say("half").answerTwice(),
        Script.script().openTool("c", "execute", "x").say("half").answerWrongIds());
  }

  @ParameterizedTest
  @MethodSource("exits")
  void R_TURN_2_everyExitClosesEveryItemAndSaysOneEnd(Script script) {
    var lane = house.worker();
    var turn = house.submit(lane, script).turn();
    house.end(lane, turn);
    var after = house.submit(lane, Script.script().say("alive")).turn();
    house.end(lane, after);

    assertThat(open(house.events(lane))).isEmpty();
    assertThat(house.events(lane).stream().filter(e -> House.isEnd(e, turn))).hasSize(1);
    assertThat(house.answer(lane, turn)).isEqualTo("half");
    assertThat(house.answer(lane, after)).isEqualTo("alive");
  }

  /// Items that were started and never completed.
  private static List<String> open(List<JsonNode> events) {
    var started =
        new java.util.ArrayList<>(
            events.stream()
                .filter(e -> e.get("type").asString().equals("item.started"))
                .map(e -> e.get("item").get("id").asString())
                .toList());
    events.stream()
        .filter(e -> e.get("type").asString().equals("item.completed"))
        .forEach(e -> started.remove(e.get("item").get("id").asString()));
    return started;
  }

  @Test
  void R_LIFE_2_aCrashInATurnSaysHowTheAgentEndedAndKeepsItsText() {
    var lane = house.worker();
    var turn =
        house
            .submit(lane, Script.script().say("partly").standardError("out of luck").crash(3))
            .turn();
    var end = house.end(lane, turn);

    assertThat(end.get("state").asString()).isEqualTo("failed");
    assertThat(end.get("error").get("code").asString()).isEqualTo("crash");
    assertThat(end.get("error").toString()).contains("3", "out of luck");
    assertThat(house.answer(lane, turn)).isEqualTo("partly");
    assertThat(lane.view().state()).isEqualTo(LaneState.ERROR);
    assertThat(lane.threads().getFirst().status()).isEqualTo("crashed");
  }

  @Test
  void R_LIFE_1_R_WARM_8_anIdleAgentThatDiedIsReplacedAndRemembers() {
    var lane = house.worker();
    var first = house.submit(lane, Script.script().remember("fig")).turn();
    house.end(lane, first);
    var pid = lane.threads().getFirst().pid();

    house
        .pool
        .processes()
        .forEach(p -> ProcessHandle.of(p.pid()).ifPresent(ProcessHandle::destroyForcibly));
    await()
        .untilAsserted(() -> assertThat(lane.threads().getFirst().status()).isEqualTo("crashed"));
    var second = house.submit(lane, Script.script().recall()).turn();

    assertThat(house.end(lane, second).get("state").asString()).isEqualTo("completed");
    assertThat(house.answer(lane, second)).isEqualTo("fig");
    assertThat(lane.threads().getFirst().origin()).isEqualTo("resumed");
    assertThat(lane.threads().getFirst().pid()).isNotEqualTo(pid);
  }

  @Test
  void R_LIFE_10_aRestartEndsRunningTurnsAsInterruptedAndHoldsTheQueue() throws IOException {
    var lane = house.worker();
    var running = house.submit(lane, Script.script().say("half an answ").hang()).turn();
    house.awaitText(lane, "half an answ");
    house.awaitChunks();
    var queued = house.submit(lane, Script.script().say("later")).turn();

    house.restart();

    var again = house.sessions.lane(lane.id());
    var end = house.end(again, running);
    assertThat(end.get("state").asString()).isEqualTo("interrupted");
    assertThat(end.get("reason").asString()).isEqualTo("restart");
    assertThat(house.answer(again, running)).isEqualTo("half an answ");
    assertThat(open(house.events(again))).isEmpty();
    assertThat(again.queued().held()).isTrue();
    assertThat(again.queued().reason()).isEqualTo("restart");
    again.queue("run", null);
    house.end(again, queued);
    assertThat(house.answer(again, queued)).isEqualTo("later");
  }

  @Test
  void R_LANE_6_eachLaneFindsExactlyItsHistoryAfterARestart() throws IOException {
    var session = house.session();
    var worker = house.sessions.lane(session.id(), "worker");
    var planner = house.sessions.lane(session.id(), "planner");
    house.end(worker, house.submit(worker, Script.script().say("w1").remember("kiwi")).turn());
    house.end(planner, house.submit(planner, Script.script().say("p1")).turn());
    var before = List.of(house.events(worker), house.events(planner));

    house.restart();

    assertThat(List.of(house.events(worker), house.events(planner))).isEqualTo(before);
    var again = house.sessions.lane(worker.id());
    var turn = house.submit(again, Script.script().recall()).turn();
    house.end(again, turn);
    assertThat(house.answer(again, turn)).isEqualTo("kiwi");
  }

  @Test
  void R_TURN_12_aShutdownEndsRunningTurnsAsInterrupted() throws IOException {
    var lane = house.worker();
    var running = house.submit(lane, Script.script().say("x").hang()).turn();
    house.awaitText(lane, "x");
    var done = house.worker();

    house.sessions.close();

    var end = house.end(lane, running);
    assertThat(end.get("state").asString()).isEqualTo("interrupted");
    assertThat(end.get("reason").asString()).isEqualTo("shutdown");
    assertThat(house.events(done)).isEmpty();
  }

  @Test
  void R_NEW_9_R_WARM_3_aMissingAgentIsAClearItemAndLeavesNothing() {
    var lane = house.worker();
    var turn = house.submit(lane, "missing", "hello").turn();
    var end = house.end(lane, turn);

    assertThat(end.get("state").asString()).isEqualTo("failed");
    assertThat(house.items(lane, turn, "error").toString()).contains("no-such-agent");
    assertThat(house.pool.processes()).isEmpty();
    var retry = house.submit(lane, Script.script().say("here")).turn();
    house.end(lane, retry);
    assertThat(house.answer(lane, retry)).isEqualTo("here");
  }

  @Test
  void R_TURN_10_aFolderThatVanishedFailsTheTurnWithThatReason() throws IOException {
    var lane = house.worker();
    Files.delete(house.project);

    var turn = house.submit(lane, Script.script().say("x")).turn();
    var end = house.end(lane, turn);

    assertThat(end.get("error").get("code").asString()).isEqualTo("folder-missing");
    assertThat(end.get("error").get("detail").asString()).contains(house.project.toString());
    Files.createDirectory(house.project);
    var again = house.submit(lane, Script.script().say("back")).turn();
    house.end(lane, again);
    assertThat(house.answer(lane, again)).isEqualTo("back");
  }

  @Test
  void R_TURN_9_aTimeLimitCountsNoTimeSpentWaitingForTheUser(@TempDir Path other)
      throws IOException {
    var settings =
        new LaneSettings(
            8, Duration.ofSeconds(3), Duration.ofMinutes(2), null, Duration.ofSeconds(5));
    try (var limited = House.open(other, Map.of("good", Habits.good()), settings)) {
      var lane = limited.worker();
      var warm = limited.submit(lane, Script.script().say("warm")).turn();
      limited.end(lane, warm);
      var slow = limited.submit(lane, Script.script().hang()).turn();
      var end = limited.end(lane, slow);
      assertThat(end.get("state").asString()).isEqualTo("interrupted");
      assertThat(end.get("reason").asString()).isEqualTo("time-limit");

      var asked =
          limited.submit(lane, Script.script().ask("c", "execute", "x", "y:allow_once")).turn();
      var ask = limited.awaitAsk(lane);
      await().pollDelay(Duration.ofSeconds(4)).until(() -> true);
      lane.answer(ask.id(), House.choose(ask, "y", "k"));
      assertThat(limited.end(lane, asked).get("state").asString()).isEqualTo("completed");
    }
  }

  @Test
  void R_LOCK_6_neverMoreTurnsRunThanTheLimit(@TempDir Path other) throws IOException {
    var settings = new LaneSettings(2, null, Duration.ofMinutes(2), null, Duration.ofSeconds(5));
    try (var small = House.open(other, Map.of("good", Habits.good()), settings)) {
      var lanes =
          Stream.generate(() -> small.sessions.lane(small.session().id(), "planner"))
              .limit(4)
              .toList();
      var turns = lanes.stream().map(lane -> small.submit(lane, Script.script().hang())).toList();

      assertThat(turns)
          .extracting(Submitted::state)
          .containsExactly("running", "running", "queued", "queued");
      assertThat(lanes.get(3).view().state()).isEqualTo(LaneState.QUEUED);
      lanes.get(0).interrupt(false, null);
      small.end(lanes.get(0), turns.get(0).turn());
      await()
          .untilAsserted(
              () -> assertThat(lanes.get(2).view().state()).isEqualTo(LaneState.RUNNING));
      assertThat(lanes.get(3).view().state()).isEqualTo(LaneState.QUEUED);
    }
  }

  @Test
  void R_WARM_13_aThreadRowThatCannotBeWrittenFailsNoTurn() {
    var lane = house.worker();
    house.end(lane, house.submit(lane, Script.script().say("one")).turn());
    house.breakThreadRows();

    var turn = house.submit(lane, Script.script().say("two").usage(1, 1)).turn();

    assertThat(house.end(lane, turn).get("state").asString()).isEqualTo("completed");
    assertThat(house.answer(lane, turn)).isEqualTo("two");
  }

  @Test
  void R_WARM_4_R_LIFE_2_processesBelongToThePoolNotToWhoeverWatches() throws Exception {
    var lane = house.worker();
    var turn = house.submit(lane, Script.script().say("x").hang()).turn();
    try (var watch = house.sessions.watch(change -> {})) {
      assertThat(watch).isNotNull();
    }
    house.awaitText(lane, "x");
    var pid = house.pool.processes().getFirst().pid();

    lane.interrupt(false, null);
    house.end(lane, turn);

    assertThat(house.pool.processes()).extracting(p -> p.pid()).containsExactly(pid);
    assertThat(ProcessHandle.of(pid)).get().matches(ProcessHandle::isAlive);
  }

  @Test
  void R_LIFE_4_aClosedLaneIsNeverCalledCrashed() {
    var session = house.session();
    house.sessions.addLane(session.id(), "extra", "chat", "read-only");
    var lane = house.sessions.lane(session.id(), "extra");
    house.end(lane, house.submit(lane, Script.script().say("x")).turn());

    house.sessions.closeLane(session.id(), "extra");

    assertThat(house.events(lane, "thread.changed").toString()).doesNotContain("crashed");
  }
}
