package dev.signalbox.agent;

import dev.signalbox.id.LaneId;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A process as `GET /api/processes` shows it.
///
/// @param lanes whose threads it holds
/// @param memory of the process and its children, in bytes; 0 when unknown
/// @param idleSince null while it is busy
/// @param sandbox what encloses it; `none` says "not sandboxed"
/// @param state starting, up, draining (its turns go on, new ones start elsewhere) or down
/// @param version of the agent, as far as known
/// @param turns how many turns run in it
/// @param evictsAt when it will have idled too long; null when it is busy or kept warm
public record ProcessView(
    String id,
    String agent,
    long pid,
    List<LaneId> lanes,
    long memory,
    @Nullable Instant idleSince,
    boolean pinned,
    String sandbox,
    String state,
    @Nullable String version,
    int turns,
    @Nullable Instant evictsAt) {
  public ProcessView {
    lanes = List.copyOf(lanes);
  }
}
