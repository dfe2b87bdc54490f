package dev.signalbox.journal;

import dev.signalbox.event.Turn;
import dev.signalbox.id.LaneId;
import java.util.List;
import org.jdbi.v3.core.Handle;

/// Reads what a crash left.
final class Unfinishing {
  static final String LANES =
      """
      SELECT id FROM lane WHERE no IN (
        SELECT lane FROM turn WHERE state < 3
        UNION SELECT lane FROM item WHERE open = 1
        UNION SELECT lane FROM ask WHERE state = 0)
      ORDER BY no\
      """;

  private Unfinishing() {}

  static List<LaneId> lanes(Handle handle) {
    return handle.createQuery(LANES).map((row, _) -> new LaneId(row.getString(1))).list();
  }

  static Journal.Unfinished of(Handle handle, LaneRow lane) {
    List<Turn> turns = TurnReads.unfinished(handle, lane);
    return new Journal.Unfinished(
        turns.stream().filter(turn -> turn.state() == Turn.State.QUEUED).toList(),
        turns.stream().filter(turn -> turn.state() != Turn.State.QUEUED).toList(),
        ItemReads.open(handle, lane),
        AskReads.open(handle, lane),
        lane.held(),
        lane.heldReason());
  }
}
