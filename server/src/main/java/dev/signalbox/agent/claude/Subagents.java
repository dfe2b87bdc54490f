package dev.signalbox.agent.claude;

import dev.signalbox.agent.wire.Json;
import java.util.LinkedHashSet;
import java.util.Set;
import tools.jackson.databind.JsonNode;

/// Which subagents work in the background, as the agent's system messages tell it. Commands in the
/// background and teammates do not count: a turn waits for subagents alone. Not safe for several
/// threads.
final class Subagents {
  private static final Set<String> TYPES = Set.of("local_agent", "local_workflow");

  private final Set<String> working = new LinkedHashSet<>();

  /// One ended of its own, and the agent has not begun to speak since: it will, to tell of it.
  private boolean reportDue;

  int working() {
    return working.size();
  }

  boolean reportDue() {
    return reportDue;
  }

  /// @param message a `system` message of any kind
  void heard(JsonNode message) {
    var id = Json.text(message, "task_id", "");
    switch (Json.text(message, "subtype", "")) {
      case "init" -> reportDue = false;
      case "background_tasks_changed" -> {
        working.clear();
        for (var task : Json.list(message.path("tasks"))) {
          if (counts(task)) {
            working.add(Json.text(task, "task_id", ""));
          }
        }
      }
      case "task_started" -> {
        if (counts(message) && Json.flag(message, "is_backgrounded")) {
          working.add(id);
        }
      }
      case "task_notification" -> ended(id, Json.text(message, "status", ""), message);
      default -> {}
    }
  }

  private void ended(String id, String status, JsonNode message) {
    boolean known = working.remove(id);
    // Later versions say what kind of task it was by a summary that is a report.
    if ((known || Json.flag(message, "summary_is_report"))
        && !status.equals("stopped")
        && !status.equals("killed")) {
      reportDue = true;
    }
  }

  private static boolean counts(JsonNode task) {
    return TYPES.contains(Json.text(task, "task_type", ""));
  }
}
