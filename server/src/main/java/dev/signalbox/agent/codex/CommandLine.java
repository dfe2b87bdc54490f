package dev.signalbox.agent.codex;

import dev.signalbox.agent.wire.Json;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;

/// What a command of Codex's is called and what it is for. Pure; only for showing.
final class CommandLine {
  /// `/bin/bash -lc '…'`, quoted as one word.
  private static final Pattern WRAPPED =
      Pattern.compile("\\S*/?(?:ba|z|da|k)?sh -l?c (['\"])(.*)\\1", Pattern.DOTALL);

  private CommandLine() {}

  /// The command without the shell around it, when taking that away leaves what will run to the
  /// letter; the whole line otherwise.
  static String shown(String line) {
    var wrapped = WRAPPED.matcher(line);
    if (!wrapped.matches()) {
      return line;
    }
    var inner = wrapped.group(2);
    boolean exact =
        wrapped.group(1).equals("'")
            ? inner.indexOf('\'') < 0
            : inner.chars().noneMatch(c -> c == '"' || c == '\\' || c == '$' || c == '`');
    return exact && !inner.isBlank() ? inner : line;
  }

  /// @param actions what Codex took the command apart into
  static String kind(JsonNode actions) {
    var kinds = new LinkedHashSet<String>();
    for (var action : Json.list(actions)) {
      kinds.add(
          switch (Json.text(action, "type", "")) {
            case "read" -> "read";
            case "listFiles", "search" -> "search";
            default -> "execute";
          });
    }
    return kinds.isEmpty() || kinds.contains("execute")
        ? "execute"
        : kinds.contains("search") ? "search" : "read";
  }

  static List<String> paths(JsonNode actions) {
    return Json.list(actions).stream()
        .map(action -> Json.text(action, "path", ""))
        .filter(path -> !path.isEmpty())
        .distinct()
        .toList();
  }
}
