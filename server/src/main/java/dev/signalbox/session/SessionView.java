package dev.signalbox.session;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.signalbox.event.LaneState;
import dev.signalbox.id.LaneId;
import dev.signalbox.id.ProjectId;
import dev.signalbox.id.SessionId;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A session as others see it now.
///
/// @param state the most urgent of its lanes' states: waiting, error, running, queued, idle
/// @param isolation `worktree` or `in-place`
@JsonInclude(JsonInclude.Include.NON_NULL)
public record SessionView(
    SessionId id,
    ProjectId project,
    String title,
    LaneState state,
    String isolation,
    @Nullable String worktree,
    Instant createdAt,
    Instant updatedAt,
    List<LaneView> lanes) {
  public SessionView {
    lanes = List.copyOf(lanes);
  }

  /// @param role worker, planner, review or chat
  /// @param policy read-only or workspace-write
  /// @param sandbox what really encloses the agent: `none` says "not sandboxed"
  @JsonInclude(JsonInclude.Include.NON_NULL)
  public record LaneView(
      LaneId id,
      String name,
      String role,
      String policy,
      LaneState state,
      String sandbox,
      @Nullable String agent,
      @Nullable String model,
      @Nullable String mode) {}
}
