package dev.signalbox.session;

import static org.assertj.core.api.Assertions.assertThat;

import dev.signalbox.event.WaitsFor;
import dev.signalbox.id.Ids;
import dev.signalbox.id.LaneId;
import dev.signalbox.id.SessionId;
import dev.signalbox.id.TurnId;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class TurnGateTest {
  private final Ids ids = new Ids(InstantSource.system());
  private final SessionId session = ids.session();
  private final List<TurnId> granted = new ArrayList<>();

  @Test
  void R_LOCK_1_writersToOneRootRunOneAtATime() {
    var gate = new TurnGate(8);
    var first = writer("/p/a");
    var second = writer("/p/a");

    assertThat(enter(gate, first)).isNull();
    var waits = enter(gate, second);

    assertThat(waits).isNotNull();
    assertThat(waits.reason()).isEqualTo("write-root");
    assertThat(waits.turn()).isEqualTo(first.turn());
    gate.leave(first.turn());
    assertThat(granted).containsExactly(second.turn());
  }

  @Test
  void R_LOCK_1_writersToDifferentRootsOverlap() {
    var gate = new TurnGate(8);

    assertThat(enter(gate, writer("/p/a"))).isNull();
    assertThat(enter(gate, writer("/p/ab"))).isNull();
  }

  @Test
  void aRootInsideAnotherCountsAsTheSame() {
    var gate = new TurnGate(8);
    enter(gate, writer("/p/a"));

    assertThat(enter(gate, writer("/p/a/module"))).isNotNull();
    assertThat(enter(gate, writer("/p"))).isNotNull();
  }

  @Test
  void R_LANE_3_aReaderNeverWaitsForAWriter() {
    var gate = new TurnGate(8);
    enter(gate, writer("/p/a"));

    assertThat(enter(gate, reader())).isNull();
  }

  @Test
  void R_LOCK_6_neverMoreTurnsInFlightThanTheLimit() {
    var gate = new TurnGate(2);
    var first = reader();
    enter(gate, first);
    enter(gate, reader());

    var third = reader();
    var waits = enter(gate, third);

    assertThat(waits).isNotNull();
    assertThat(waits.reason()).isEqualTo("turn-limit");
    gate.leave(first.turn());
    assertThat(granted).containsExactly(third.turn());
  }

  @Test
  void aLaterWaiterDoesNotOvertakeOneThatWantsTheSameRoot() {
    var gate = new TurnGate(8);
    var holder = writer("/p/a");
    enter(gate, holder);
    var second = writer("/p/a");
    enter(gate, second);
    var third = writer("/p/a/x");
    enter(gate, third);

    gate.leave(holder.turn());
    assertThat(granted).containsExactly(second.turn());
    gate.leave(second.turn());
    assertThat(granted).containsExactly(second.turn(), third.turn());
  }

  @Test
  void R_LOCK_8_aBusyRootStaysLockedWhile300OthersComeAndGo() {
    var gate = new TurnGate(500);
    enter(gate, writer("/busy"));
    for (int i = 0; i < 300; i++) {
      var other = writer("/p/" + i);
      assertThat(enter(gate, other)).isNull();
      gate.leave(other.turn());
    }

    assertThat(enter(gate, writer("/busy"))).isNotNull();
  }

  @Test
  void whoeverLeavesTheLineIsNotGrantedLater() {
    var gate = new TurnGate(8);
    var holder = writer("/p/a");
    enter(gate, holder);
    var waiter = writer("/p/a");
    enter(gate, waiter);

    gate.leave(waiter.turn());
    gate.leave(holder.turn());

    assertThat(granted).isEmpty();
    assertThat(enter(gate, writer("/p/a"))).isNull();
  }

  private @Nullable WaitsFor enter(TurnGate gate, TurnGate.Claim claim) {
    return gate.enter(claim, granted::add);
  }

  private TurnGate.Claim writer(String root) {
    LaneId lane = ids.lane();
    return new TurnGate.Claim(session, lane, ids.turn(), Path.of(root));
  }

  private TurnGate.Claim reader() {
    return new TurnGate.Claim(session, ids.lane(), ids.turn(), null);
  }
}
