package dev.signalbox.session;

import dev.signalbox.event.Fact;
import dev.signalbox.event.LaneState;
import dev.signalbox.event.WaitsFor;
import dev.signalbox.id.SessionId;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// What a lane is doing, and what of that it has told. Runs on the lane's thread.
final class LaneStatus {
  private final TurnQueue queue;
  private final LaneJournal journal;
  private final Bulletin bulletin;
  private final SessionId session;

  /// The turn that runs, from the moment it is let in to its end.
  @Nullable TurnRun run;

  /// Why the head of the queue has not started, when others are in its way.
  @Nullable WaitsFor waitsFor;

  /// The last turn failed and none has run since.
  boolean failed;

  private LaneState told;
  private @Nullable WaitsFor toldWaitsFor;

  LaneStatus(TurnQueue queue, LaneJournal journal, Bulletin bulletin, SessionId session) {
    this.queue = queue;
    this.journal = journal;
    this.bulletin = bulletin;
    this.session = session;
    this.told = state();
  }

  LaneState state() {
    var run = this.run;
    if (run != null) {
      return run.asks.isEmpty() ? LaneState.RUNNING : LaneState.WAITING;
    }
    if (!queue.isEmpty()) {
      return LaneState.QUEUED;
    }
    return failed ? LaneState.ERROR : LaneState.IDLE;
  }

  /// The fact to tell, or null when everybody knows.
  Fact.@Nullable LaneChanged news() {
    var state = state();
    if (state == told && Objects.equals(waitsFor, toldWaitsFor)) {
      return null;
    }
    told = state;
    toldWaitsFor = waitsFor;
    bulletin.touch(session);
    return new Fact.LaneChanged(state, waitsFor);
  }

  void tell() {
    var news = news();
    if (news != null) {
      journal.record(news);
    }
  }

  /// The lane's history is gone, and with it what was told.
  void forget() {
    failed = false;
    waitsFor = null;
    told = state();
    toldWaitsFor = null;
    bulletin.touch(session);
  }
}
