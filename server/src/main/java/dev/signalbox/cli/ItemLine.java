package dev.signalbox.cli;

import static dev.signalbox.cli.References.text;

import java.util.Locale;
import tools.jackson.databind.JsonNode;

/// One short line about an item that is not prose; empty when there is nothing to say.
final class ItemLine {
  private ItemLine() {}

  /// What can be said while it is open.
  static String begun(JsonNode item) {
    return switch (text(item, "kind")) {
      case "tool" -> tool(item);
      case "plan", "todo" -> plan(item);
      default -> "";
    };
  }

  /// @param prompts whether a prompt is something to say
  static String ended(JsonNode item, boolean prompts) {
    return switch (text(item, "kind")) {
      case "user" -> prompts ? "> " + Plain.text(text(item, "text")).replace("\n", "\n> ") : "";
      case "tool" -> toolEnd(item);
      case "notice" -> "[notice] " + Plain.line(text(item.path("notice"), "detail"));
      case "error" -> "[error] " + problem(item.path("error"));
      case "compaction" -> "[compaction] the agent shortened what it remembers";
      default -> "";
    };
  }

  /// How an ask was closed.
  ///
  /// @param fact `ask.closed`
  static String closed(JsonNode ask, JsonNode fact) {
    var answer = fact.path("answer");
    var how =
        answer.path("decline").asBoolean(false)
            ? "declined"
            : answer.has("option") ? label(ask, text(answer, "option")) : text(ask, "state");
    return Plain.line("[ask] %s: %s, by %s".formatted(text(ask, "id"), how, text(fact, "by")));
  }

  /// What happened and the way out.
  static String problem(JsonNode problem) {
    var hint = text(problem, "hint");
    return Plain.line(text(problem, "detail") + (hint.isEmpty() ? "" : " " + hint));
  }

  private static String label(JsonNode ask, String option) {
    for (var each : ask.path("options")) {
      if (text(each, "id").equals(option)) {
        return "answered \"" + text(each, "label") + "\"";
      }
    }
    return "answered \"" + option + "\"";
  }

  private static String tool(JsonNode item) {
    var tool = item.path("tool");
    var title = text(tool, "title");
    var shown = title.isEmpty() ? text(tool, "name") : title;
    return shown.isEmpty() ? "" : Plain.line("[%s] %s".formatted(text(tool, "kind"), shown));
  }

  private static String toolEnd(JsonNode item) {
    var exit = item.path("tool").path("exitCode");
    var how =
        switch (text(item, "status")) {
          case "failed" -> "failed";
          case "cancelled" -> "cancelled";
          default -> "";
        };
    if (exit.isNumber() && exit.asInt() != 0) {
      how = "exit code " + exit.asInt();
    }
    return how.isEmpty() ? "" : tool(item) + ": " + how;
  }

  private static String plan(JsonNode item) {
    var entries = item.path("plan");
    long done =
        entries.valueStream().filter(entry -> text(entry, "status").equals("completed")).count();
    var now =
        entries
            .valueStream()
            .filter(entry -> text(entry, "status").equals("in_progress"))
            .map(entry -> ": " + text(entry, "text"))
            .findFirst()
            .orElse("");
    return Plain.line(
        "[%s] %d of %d done%s"
            .formatted(text(item, "kind").toLowerCase(Locale.ROOT), done, entries.size(), now));
  }
}
