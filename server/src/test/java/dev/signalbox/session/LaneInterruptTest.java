package dev.signalbox.session;

import static org.assertj.core.api.Assertions.assertThat;

import dev.signalbox.event.LaneState;
import dev.signalbox.testkit.agent.Habits;
import dev.signalbox.testkit.agent.Script;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Stop: what it ends, what it leaves alone, and what comes too late.
class LaneInterruptTest {
  @TempDir static Path folder;
  private static House house;

  @BeforeAll
  static void open() throws IOException {
    var settings = new LaneSettings(8, null, Duration.ofMinutes(2), null, Duration.ofSeconds(1));
    house =
        House.open(
            folder,
            Map.of("good", Habits.good().state(Files.createDirectories(folder.resolve("state")))),
            settings);
  }

  @AfterAll
  static void close() {
    house.close();
  }

  @Test
  void R_INT_1_R_INT_2_interruptKeepsProcessThreadAndMemory() {
    var lane = house.worker();
    var first = house.submit(lane, Script.script().remember("plum").whoAmI()).turn();
    house.end(lane, first);
    var running = house.submit(lane, Script.script().say("working").hang()).turn();
    house.awaitText(lane, "working");

    assertThat(lane.interrupt(false, null)).contains(running);

    var end = house.end(lane, running);
    assertThat(end.get("state").asString()).isEqualTo("interrupted");
    assertThat(end.get("reason").asString()).isEqualTo("user");
    var after = house.submit(lane, Script.script().recall().whoAmI()).turn();
    house.end(lane, after);
    assertThat(house.answer(lane, after)).isEqualTo("plum" + house.answer(lane, first));
  }

  @Test
  void R_INT_4_runningToolsAreCancelledFinishedOnesKeepTheirResult() {
    var lane = house.worker();
    var turn =
        house
            .submit(
                lane,
                Script.script()
                    .tool("t1", "read", "one", "result")
                    .openTool("t2", "execute", "two")
                    .openTool("t3", "execute", "three")
                    .say("mark")
                    .hang())
            .turn();
    house.awaitText(lane, "mark");

    lane.interrupt(false, null);
    house.end(lane, turn);

    assertThat(house.items(lane, turn, "tool"))
        .extracting(item -> item.get("status").asString())
        .containsExactly("done", "cancelled", "cancelled");
    assertThat(house.items(lane, turn, "tool").getFirst().get("output").asString())
        .isEqualTo("result");
  }

  @Test
  void R_INT_5_anOpenAskIsWithdrawnAndTheAgentToldCancelled() {
    var lane = house.worker();
    var turn =
        house.submit(lane, Script.script().ask("c1", "execute", "rm x", "y:allow_once")).turn();
    var ask = house.awaitAsk(lane);

    lane.interrupt(false, null);
    house.end(lane, turn);

    assertThat(lane.openAsks()).isEmpty();
    assertThat(house.sessions.openAsks()).isEmpty();
    var closed = house.events(lane, "ask.closed");
    assertThat(closed).hasSize(1);
    assertThat(closed.getFirst().get("ask").get("state").asString()).isEqualTo("withdrawn");
    assertThat(closed.getFirst().get("ask").get("id").asString()).isEqualTo(ask.id().value());
    assertThat(house.received("good").answers().getLast().toString()).contains("cancelled");
  }

  @Test
  void R_INT_6_lateEventsOfAnInterruptedTurnAreFenced() {
    var lane = house.worker();
    for (int i = 0; i < 5; i++) {
      var first =
          house
              .submit(
                  lane,
                  Script.script()
                      .onCancel("end_turn", 30, "late-A", "late-A", "late-A")
                      .say("begun")
                      .hang())
              .turn();
      house.awaitText(lane, "begun");
      lane.interrupt(false, null);
      var second = house.submit(lane, Script.script().say("only B").sleep(200)).turn();
      assertThat(house.end(lane, first).get("state").asString()).isEqualTo("interrupted");
      lane.queue("run", null);

      assertThat(house.end(lane, second).get("state").asString()).isEqualTo("completed");
      assertThat(house.answer(lane, second)).isEqualTo("only B");
    }
  }

  @Test
  void R_INT_7_withoutALateEndTheNextTurnEndsByItsOwn() {
    var lane = house.worker();
    var first = house.submit(lane, Script.script().say("begun").hang()).turn();
    house.awaitText(lane, "begun");
    lane.interrupt(false, null);
    house.end(lane, first);

    var second = house.submit(lane, Script.script().say("whole")).turn();

    assertThat(house.end(lane, second).get("state").asString()).isEqualTo("completed");
    assertThat(house.answer(lane, second)).isEqualTo("whole");
  }

  @Test
  void R_INT_8_anAgentThatIgnoresCancelIsReplacedAndTheUserTold() {
    var lane = house.worker();
    var before = house.submit(lane, Script.script().whoAmI()).turn();
    house.end(lane, before);
    var pid = lane.threads().getFirst().pid();
    var deaf = house.submit(lane, Script.script().ignoreCancel().say("deaf").hang()).turn();
    house.awaitText(lane, "deaf");

    lane.interrupt(false, null);

    assertThat(house.end(lane, deaf).get("state").asString()).isEqualTo("interrupted");
    assertThat(house.items(lane, deaf, "notice").toString()).contains("process-replaced");
    var after = house.submit(lane, Script.script().whoAmI()).turn();
    assertThat(house.end(lane, after).get("state").asString()).isEqualTo("completed");
    assertThat(lane.threads().getFirst().pid()).isNotEqualTo(pid);
  }

  @Test
  void R_INT_9_interruptWithNothingRunningIsHarmlessAndSaysSo() {
    var lane = house.worker();

    assertThat(lane.interrupt(false, null)).isEmpty();

    assertThat(house.events(lane)).isEmpty();
    assertThat(lane.view().state()).isEqualTo(LaneState.IDLE);
  }

  @Test
  void R_INT_10_theUserIsToldThatTheAnswerMayBeIncomplete() {
    var lane = house.worker();
    var turn = house.submit(lane, Script.script().say("half").hang()).turn();
    house.awaitText(lane, "half");
    lane.interrupt(false, null);
    house.end(lane, turn);

    assertThat(house.answer(lane, turn)).isEqualTo("half");
    assertThat(house.items(lane, turn, "text").getLast().get("status").asString())
        .isEqualTo("cancelled");
    assertThat(house.items(lane, turn, "notice").toString()).contains("interrupted");
  }

  @Test
  void R_INT_11_aQueueIsHeldAfterAnInterruptUntilSomeoneSaysGoOn() {
    var lane = house.worker();
    var running = house.submit(lane, Script.script().hang()).turn();
    var queued = house.submit(lane, Script.script().say("kept")).turn();
    lane.interrupt(false, null);
    house.end(lane, running);
    house.await(
        lane,
        e ->
            e.get("type").asString().equals("queue.changed")
                && e.get("queue").path("reason").asString("").equals("interrupted"));

    assertThat(lane.queued().held()).isTrue();
    assertThat(lane.queued().turns()).containsExactly(queued);
    lane.queue("run", null);
    house.end(lane, queued);
    assertThat(house.answer(lane, queued)).isEqualTo("kept");
  }

  @Test
  void R_LANE_8_interruptingThePlannerLeavesTheWorkerAlone() {
    var session = house.session();
    var worker = house.sessions.lane(session.id(), "worker");
    var planner = house.sessions.lane(session.id(), "planner");
    var work = house.submit(worker, Script.script().say("busy").sleep(700).say(" done")).turn();
    var plan = house.submit(planner, Script.script().say("thinking").hang()).turn();
    house.awaitText(worker, "busy");
    house.awaitText(planner, "thinking");

    planner.interrupt(false, null);

    assertThat(house.end(planner, plan).get("state").asString()).isEqualTo("interrupted");
    assertThat(house.end(worker, work).get("state").asString()).isEqualTo("completed");
    assertThat(house.answer(worker, work)).isEqualTo("busy done");
  }

  @Test
  void R_TEST_6_everyEndIsSaidExactlyOnceHoweverOftenStopIsPressed() {
    var lane = house.worker();
    var turn = house.submit(lane, Script.script().say("x").hang()).turn();
    house.awaitText(lane, "x");
    for (int i = 0; i < 10; i++) {
      lane.interrupt(i == 5, null);
    }
    house.end(lane, turn);
    var next = house.submit(lane, Script.script().say("next")).turn();
    house.end(lane, next);

    assertThat(house.events(lane).stream().filter(e -> House.isEnd(e, turn))).hasSize(1);
    assertThat(house.answer(lane, next)).isEqualTo("next");
  }
}
