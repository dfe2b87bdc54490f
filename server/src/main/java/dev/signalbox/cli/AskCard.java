package dev.signalbox.cli;

import static dev.signalbox.cli.References.text;

import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.JsonNode;

/// Shows an ask whole: nobody should allow what he cannot see. Characters that hide or turn what
/// follows are written out.
final class AskCard {
  private AskCard() {}

  static List<String> lines(JsonNode ask) {
    var lines = new ArrayList<String>();
    lines.add(
        "[ask] %s  %s of %s in session %s"
            .formatted(
                text(ask, "id"), text(ask, "kind"), text(ask, "agent"), text(ask, "session")));
    block(lines, text(ask, "title"));
    var tool = ask.path("tool");
    if (tool.isObject()) {
      block(lines, "tool: " + text(tool, "kind") + " " + text(tool, "name"));
      tool.path("paths").forEach(path -> block(lines, "path: " + path.asString("")));
    }
    input(lines, ask.path("input"));
    if (ask.has("diff")) {
      block(lines, text(ask, "diff"));
    }
    if (ask.has("schema")) {
      block(lines, "form (answer with --values JSON): " + ask.path("schema"));
    }
    options(lines, ask);
    return lines.stream().map(Plain::exact).toList();
  }

  private static void input(List<String> lines, JsonNode input) {
    if (input.isObject()) {
      for (var field : input.properties()) {
        var value = field.getValue();
        block(lines, field.getKey() + ": " + (value.isString() ? value.asString() : value));
      }
    } else if (!input.isMissingNode() && !input.isNull()) {
      block(lines, "input: " + input);
    }
  }

  private static void options(List<String> lines, JsonNode ask) {
    for (var option : ask.path("options")) {
      lines.add(
          "  signalbox answer %s %s   %s"
              .formatted(text(ask, "id"), text(option, "id"), text(option, "label")));
    }
    lines.add("  signalbox answer %s --decline".formatted(text(ask, "id")));
  }

  private static void block(List<String> lines, String text) {
    text.lines().forEach(line -> lines.add("  | " + line));
  }
}
