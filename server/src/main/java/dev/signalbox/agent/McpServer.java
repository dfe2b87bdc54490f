package dev.signalbox.agent;

import java.util.List;
import java.util.Map;

/// A server of tools that is given to conversations, reached by its standard streams or by HTTP.
public sealed interface McpServer {
  String name();

  /// @param argv command and arguments; the first is an absolute path or a name on PATH
  record Stdio(String name, List<String> argv, Map<String, String> environment)
      implements McpServer {
    public Stdio {
      argv = List.copyOf(argv);
      environment = Map.copyOf(environment);
    }
  }

  record Http(String name, String url, Map<String, String> headers) implements McpServer {
    public Http {
      headers = Map.copyOf(headers);
    }
  }
}
