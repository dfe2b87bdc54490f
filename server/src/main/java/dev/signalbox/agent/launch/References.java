package dev.signalbox.agent.launch;

import dev.signalbox.agent.McpServer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Fills in what a registry entry refers to: `~` for the home of the user, and a value that is
/// `${NAME}` for a variable of the server's environment, which an agent gets no other way.
record References(Map<String, String> environment) {
  private static final Pattern REFERENCE = Pattern.compile("\\$\\{([A-Za-z_][A-Za-z0-9_]*)}");

  /// A leading `~/` of the program becomes the home.
  List<String> expand(List<String> argv) {
    return argv.stream().map(this::home).toList();
  }

  /// A value that refers to a variable nobody set is left out.
  Map<String, String> expand(Map<String, String> values) {
    var expanded = new TreeMap<String, String>();
    values.forEach((name, value) -> {
      if (value.startsWith("${") && value.endsWith("}")) {
        var found = environment.get(value.substring(2, value.length() - 1));
        if (found != null) {
          expanded.put(name, found);
        }
      } else {
        expanded.put(name, home(value));
      }
    });
    return expanded;
  }

  McpServer expand(McpServer server) {
    return switch (server) {
      case McpServer.Stdio(var name, var argv, var values) -> {
        var filled = new ArrayList<>(expand(argv));
        filled.set(0, program(filled.getFirst()));
        yield new McpServer.Stdio(name, filled, expand(values));
      }
      case McpServer.Http(var name, var url, var headers) ->
          new McpServer.Http(name, url, fill(headers));
    };
  }

  /// Headers: `${NAME}` may stand anywhere in a value, as in `Bearer ${TOKEN}`. A value that refers
  /// to a variable nobody set is left out.
  Map<String, String> fill(Map<String, String> values) {
    var filled = new TreeMap<String, String>();
    values.forEach((name, value) -> {
      var referred = REFERENCE.matcher(value).results().map(found -> found.group(1)).toList();
      if (environment.keySet().containsAll(referred)) {
        filled.put(name, REFERENCE.matcher(value).replaceAll(this::quoted));
      }
    });
    return filled;
  }

  private String quoted(MatchResult found) {
    return Matcher.quoteReplacement(environment.getOrDefault(found.group(1), ""));
  }

  /// The protocol wants a whole path; a name that is nowhere on the PATH is left to the agent.
  private String program(String name) {
    if (name.contains("/")) {
      return name;
    }
    return Arrays.stream(environment.getOrDefault("PATH", "").split(":", -1))
        .filter(directory -> directory.startsWith("/"))
        .map(directory -> Path.of(directory, name))
        .filter(Files::isExecutable)
        .map(Path::toString)
        .findFirst()
        .orElse(name);
  }

  private String home(String text) {
    var home = environment.get("HOME");
    return home != null && text.startsWith("~/") ? home + text.substring(1) : text;
  }
}
