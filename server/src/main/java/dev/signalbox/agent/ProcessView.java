package dev.signalbox.agent;

import dev.signalbox.id.LaneId;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A process as `GET /api/processes` shows it.
///
/// @param lanes whose threads it holds
/// @param memory of the process and its children, in bytes; 0 when unknown
/// @param idleSince null while a turn runs in it
/// @param sandbox what encloses it; `none` says "not sandboxed"
public record ProcessView(
    String id,
    String agent,
    long pid,
    List<LaneId> lanes,
    long memory,
    @Nullable Instant idleSince,
    boolean pinned,
    String sandbox) {
  public ProcessView {
    lanes = List.copyOf(lanes);
  }
}
