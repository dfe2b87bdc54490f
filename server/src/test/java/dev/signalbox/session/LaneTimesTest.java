package dev.signalbox.session;

import static dev.signalbox.testkit.agent.Script.script;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.signalbox.event.LaneState;
import dev.signalbox.event.Turn;
import dev.signalbox.id.TurnId;
import dev.signalbox.testkit.agent.Script;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Turns that wait for a time, such as the end of a limit of use.
@Tag("R-TURN-8")
class LaneTimesTest {
  private final Instant far = Instant.now().plus(Duration.ofHours(2));
  @TempDir Path folder;

  @Test
  void aTurnIsHeldUntilItsTimeAndThenRunsByItself() throws IOException {
    try (var house = House.open(folder)) {
      var lane = house.worker();
      var soon = Instant.now().plusMillis(700);
      var turn = later(lane, script().say("now"), soon);
      assertThat(lane.queued().turns()).containsExactly(turn);

      house.end(lane, turn);

      assertThat(house.answer(lane, turn)).isEqualTo("now");
      var started = house.events(lane, "turn.started").getFirst().get("at").asString();
      assertThat(Instant.parse(started)).isAfterOrEqualTo(soon.minusMillis(1));
    }
  }

  @Test
  void othersPassATurnThatWaitsForItsTime() throws IOException {
    try (var house = House.open(folder)) {
      var lane = house.worker();
      var waiting = later(lane, script().say("later"), far);
      var other = house.submit(lane, script().say("at once")).turn();
      house.end(lane, other);

      assertThat(lane.queued().turns()).containsExactly(waiting);
      assertThat(lane.queued().held()).isFalse();
      assertThat(lane.turns(null, 10).getLast().notBefore()).isEqualTo(far);
    }
  }

  @Test
  void aTurnThatWaitsCanBeSentAtOnceAfterAll() throws IOException {
    try (var house = House.open(folder)) {
      var lane = house.worker();
      var turn = later(lane, script().say("now"), far);
      lane.edit(turn, new TurnEdit(null, null, false, null, true), "e");
      house.end(lane, turn);
      assertThat(house.answer(lane, turn)).isEqualTo("now");
    }
  }

  @Test
  void aTurnThatWaitsSurvivesARestartWithItsTime() throws IOException {
    try (var house = House.open(folder)) {
      var lane = house.worker();
      var turn = later(lane, script().say("later"), far);
      var session = lane.session();
      house.restart();
      var again = house.sessions.lane(session, "worker");
      again.queue("run", "go");

      assertThat(again.queued().turns()).containsExactly(turn);
      assertThat(again.turns(null, 1).getFirst().notBefore()).isEqualTo(far);
      assertThat(again.turns(null, 1).getFirst().state()).isEqualTo(Turn.State.QUEUED);
      await().until(() -> again.view().state() == LaneState.QUEUED);
    }
  }

  private static TurnId later(Lane lane, Script script, Instant time) {
    return lane.submit(
            new Submission("later", script.prompt(), "good", null, null, null, null, null, time))
        .turn();
  }
}
