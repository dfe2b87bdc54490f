package dev.signalbox.agent;

import dev.signalbox.id.LaneId;
import org.jspecify.annotations.Nullable;

/// Who is warm. (Sketch: what the session room calls.)
public final class AgentPool {
  /// A lane's thread with an agent.
  ///
  /// @param origin `new`, `resumed`, or `warm` when it was open already
  public record PooledThread(AgentThread thread, String origin) {}

  /// The lane's thread with this agent: the one that is open, else resumed, else new; starts a
  /// process when none fits. Blocks. A thread whose process died is replaced by a resumed or new
  /// one.
  ///
  /// @param nativeId of the thread the lane had, or null
  /// @throws AgentUnavailable with the reason; another call tries again
  public PooledThread thread(
      LaneId lane, Agent agent, Launch launch, ThreadSettings settings, @Nullable String nativeId)
      throws InterruptedException {
    throw new UnsupportedOperationException(agent.name());
  }

  /// Replaces the process of a thread that does not obey: killed when no other lane uses it, else
  /// drained (this lane moves to a new one, its neighbours' turns go on). Its prompt then comes
  /// back with [AgentUnavailable]. Blocks.
  public void replace(AgentThread thread) {
    throw new UnsupportedOperationException(thread.nativeId());
  }

  /// Closes all threads of a lane; processes nobody uses any more stay warm. Idempotent.
  public void closeLane(LaneId lane) {
    throw new UnsupportedOperationException(lane.value());
  }
}
