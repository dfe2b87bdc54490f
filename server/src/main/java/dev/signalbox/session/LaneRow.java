package dev.signalbox.session;

import dev.signalbox.id.LaneId;
import dev.signalbox.id.SessionId;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/// What is fixed about a lane from its making.
///
/// @param directory canonical; where its agents work, and what a writing lane locks
record LaneRow(
    LaneId id, SessionId session, String name, String role, String policy, Path directory) {
  boolean writes() {
    return policy.equals("workspace-write");
  }

  @Nullable Path writeRoot() {
    return writes() ? directory : null;
  }
}
