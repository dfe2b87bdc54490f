package dev.signalbox.agent.claude;

import dev.signalbox.agent.AgentEvent;
import dev.signalbox.agent.wire.Json;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/// What a `system` message tells the user. Pure.
///
/// The rule of what is dropped: bookkeeping of the agent (the head of a pass, that a request is
/// under way, estimates of tokens, tasks, which the calls that began them show) and what the user's
/// own hooks did. Everything else that is not known is kept raw.
final class SystemMapping {
  private static final Set<String> BOOKKEEPING =
      Set.of(
          "init",
          "thinking_tokens",
          "task_started",
          "task_updated",
          "task_progress",
          "task_notification",
          "background_tasks_changed",
          "permission_denied",
          "session_state_changed",
          "files_persisted",
          "mcp_status_changed",
          "commands_changed");

  private SystemMapping() {}

  static List<AgentEvent> map(JsonNode message) {
    var subtype = Json.text(message, "subtype", "");
    if (BOOKKEEPING.contains(subtype) || subtype.startsWith("hook_")) {
      return List.of();
    }
    return switch (subtype) {
      case "status" -> status(message);
      case "api_retry" -> List.of(retry(message));
      case "informational" ->
          notices(level(Json.text(message, "level")), Json.text(message, "content", ""));
      case "compact_boundary" -> notices("info", "The conversation was shortened to a summary.");
      case "local_command_output" -> text(Json.text(message, "content", ""));
      default -> List.of(new AgentEvent.Unknown("system/" + subtype, Json.bounded(message)));
    };
  }

  private static List<AgentEvent> status(JsonNode message) {
    var mode = Json.text(message, "permissionMode");
    if (mode != null) {
      return List.of(new AgentEvent.ModeChanged(mode, null));
    }
    return switch (Json.text(message, "status", "")) {
      case "compacting" -> notices("info", "The conversation is being shortened to a summary.");
      default -> List.of();
    };
  }

  private static AgentEvent retry(JsonNode message) {
    var status = Json.number(message, "error_status");
    var delay = Json.number(message, "retry_delay_ms");
    return new AgentEvent.Notice(
        "agent-retry",
        "warn",
        "The model did not answer (%s); trying again in %.1f s, attempt %s of %s."
            .formatted(
                status != null ? status.toString() : Json.text(message, "error", "no reason given"),
                (delay == null ? 0 : delay) / 1000.0,
                message.path("attempt").asString("?"),
                message.path("max_retries").asString("?")));
  }

  private static List<AgentEvent> notices(String level, String detail) {
    return detail.isBlank()
        ? List.of()
        : List.of(new AgentEvent.Notice("agent-notice", level, detail));
  }

  private static List<AgentEvent> text(String content) {
    return content.isBlank() ? List.of() : List.of(new AgentEvent.Text(content, null));
  }

  private static String level(@Nullable String told) {
    return switch (told == null ? "" : told.toLowerCase(Locale.ROOT)) {
      case "error" -> "error";
      case "warning", "warn" -> "warn";
      default -> "info";
    };
  }
}
