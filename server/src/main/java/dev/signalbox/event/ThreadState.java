package dev.signalbox.event;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.signalbox.id.LaneId;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/// The agent's own conversation behind a lane, one per (lane, agent).
///
/// @param nativeId the agent's id of it; absent until learnt
/// @param status none, active (a turn runs), idle, crashed or closed
/// @param hasThread whether there is something to go on with
/// @param origin how it came to be as it is now: `new`, `resumed` or `handed-over`
/// @param pid of the agent process while it is up
@JsonInclude(JsonInclude.Include.NON_NULL)
public record ThreadState(
    LaneId lane,
    String agent,
    String driver,
    @Nullable String nativeId,
    String status,
    boolean hasThread,
    @Nullable String origin,
    @Nullable String model,
    @Nullable String mode,
    @Nullable Instant lastActiveAt,
    @Nullable Usage usage,
    @Nullable Long pid) {

  public ThreadState withOrigin(String origin) {
    return new ThreadState(
        lane,
        agent,
        driver,
        nativeId,
        status,
        hasThread,
        origin,
        model,
        mode,
        lastActiveAt,
        usage,
        pid);
  }
}
