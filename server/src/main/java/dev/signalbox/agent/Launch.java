package dev.signalbox.agent;

import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// What the lane's powers make of a process. Processes are shared only between launches of the same
/// write root and environment; where the first of them started does not matter, because every
/// conversation has its own working directory.
///
/// @param writeRoot the one root that may be written, canonical; null for read-only lanes
/// @param directory where the process starts; must exist
/// @param environment overlays on the child's allow-listed environment
/// @param home the agent's own home, or null for the user's
/// @param network whether the agent and what it starts may use the network
/// @param sandbox what encloses it; `none` is "not sandboxed"
public record Launch(
    @Nullable Path writeRoot,
    Path directory,
    Map<String, String> environment,
    @Nullable Path home,
    boolean network,
    String sandbox) {
  public Launch(@Nullable Path writeRoot, Path directory, Map<String, String> environment) {
    this(writeRoot, directory, environment, null, true, "none");
  }

  /// Whether nothing may be written.
  public boolean readOnly() {
    return writeRoot == null;
  }

  public Launch {
    environment = Map.copyOf(environment);
  }
}
