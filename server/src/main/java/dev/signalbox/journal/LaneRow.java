package dev.signalbox.journal;

import dev.signalbox.id.LaneId;
import dev.signalbox.refusal.Refused;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/// What the store says of a lane.
///
/// @param no its number, see the table `lane`
record LaneRow(
    LaneId id, long no, String epoch, long seq, boolean held, @Nullable String heldReason) {

  /// @throws Refused when there is no such lane
  static LaneRow of(Handle handle, LaneId lane) {
    return handle
        .createQuery("SELECT no, epoch, seq, held, held_reason FROM lane WHERE id = ?")
        .bind(0, lane.value())
        .map((row, _) ->
            new LaneRow(
                lane,
                row.getLong(1),
                row.getString(2),
                row.getLong(3),
                row.getBoolean(4),
                row.getString(5)))
        .findOne()
        .orElseThrow(() -> unknown(lane));
  }

  static Refused unknown(LaneId lane) {
    return Refused.notFound("lane_unknown", "There is no lane " + lane);
  }

  Journal.Head head() {
    return new Journal.Head(epoch, seq);
  }
}
