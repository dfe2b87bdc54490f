package dev.signalbox.agent.launch;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// Fills in what a registry entry refers to: `~` for the home of the user, and a value that is
/// `${NAME}` for a variable of the server's environment, which an agent gets no other way.
record References(Map<String, String> environment) {

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

  private String home(String text) {
    var home = environment.get("HOME");
    return home != null && text.startsWith("~/") ? home + text.substring(1) : text;
  }
}
