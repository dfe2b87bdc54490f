package dev.signalbox.event;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.signalbox.id.JobId;
import dev.signalbox.id.LaneId;
import dev.signalbox.id.SessionId;
import dev.signalbox.id.TurnId;
import org.jspecify.annotations.Nullable;

/// Whom a queued turn waits for: the holder of the write root, which is a turn of a lane or a job,
/// or (all absent but `reason`) the limit of turns in flight.
///
/// @param reason `write-root` or `turn-limit`
@JsonInclude(JsonInclude.Include.NON_NULL)
public record WaitsFor(
    String reason,
    @Nullable SessionId session,
    @Nullable LaneId lane,
    @Nullable TurnId turn,
    @Nullable JobId job) {}
