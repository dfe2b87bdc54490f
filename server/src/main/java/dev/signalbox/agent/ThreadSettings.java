package dev.signalbox.agent;

import java.nio.file.Path;
import java.util.List;

/// What a conversation may do and where.
///
/// @param directory its working directory, absolute
/// @param readOnly whether it may change nothing: the agent's own modes and sandbox are set
///   accordingly, as a second lock
/// @param servers the MCP servers it is given beside the agent's own
public record ThreadSettings(Path directory, boolean readOnly, List<McpServer> servers) {
  public ThreadSettings {
    servers = List.copyOf(servers);
  }

  /// A conversation that may change nothing and is given no MCP servers.
  public static ThreadSettings readOnly(Path directory) {
    return new ThreadSettings(directory, true, List.of());
  }

  /// A conversation that may write and is given no MCP servers.
  public static ThreadSettings writing(Path directory) {
    return new ThreadSettings(directory, false, List.of());
  }
}
