package dev.signalbox.agent.opencode;

import dev.signalbox.agent.Agent;
import dev.signalbox.agent.TurnResult;
import dev.signalbox.agent.launch.Problems;
import dev.signalbox.agent.wire.Json;
import dev.signalbox.event.Problem;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/// How a turn ended, from its last message and the error that was told. Pure.
final class TurnEnd {
  private TurnEnd() {}

  /// Whether the assistant's message says by itself that nothing follows it: an answer that calls
  /// no tools, or an error. One that called tools is followed by another, unless a permission was
  /// refused.
  static boolean last(@Nullable JsonNode info) {
    if (info == null || Json.number(info.path("time"), "completed") == null) {
      return false;
    }
    return Json.tells(info.path("error"))
        || switch (Json.text(info, "finish", "")) {
          case "", "tool-calls", "unknown" -> false;
          default -> true;
        };
  }

  /// @param last the assistant's last message in the turn, or null
  /// @param error of the session, or null; counts only where no message says how it went
  /// @param cancelled whether we aborted it
  static TurnResult of(
      Agent agent, @Nullable JsonNode last, @Nullable JsonNode error, boolean cancelled) {
    if (cancelled) {
      return new TurnResult.Cancelled(null);
    }
    var own = last == null ? null : last.path("error");
    if (own != null && Json.tells(own)) {
      return failed(agent, own);
    }
    if (error != null && !last(last)) {
      return failed(agent, error);
    }
    return switch (last == null ? "" : Json.text(last, "finish", "")) {
      case "length" -> new TurnResult.Completed("max_tokens", null);
      case "content-filter" -> new TurnResult.Failed(Problems.refusal(agent), null);
      default -> new TurnResult.Completed("end_turn", null);
    };
  }

  private static TurnResult failed(Agent agent, JsonNode error) {
    return switch (Json.text(error, "name", "")) {
      case "MessageAbortedError" -> new TurnResult.Cancelled(null); // by somebody else
      case "MessageOutputLengthError" -> new TurnResult.Completed("max_tokens", null);
      case "ContentFilterError" -> new TurnResult.Failed(Problems.refusal(agent), null);
      default -> new TurnResult.Failed(problem(agent, error), null);
    };
  }

  static Problem problem(Agent agent, JsonNode error) {
    var name = Json.text(error, "name", "error");
    var said = Json.text(error.path("data"), "message", name).strip();
    var status = Json.number(error.path("data"), "statusCode");
    int code = status == null ? 0 : status.intValue();
    return switch (name) {
      case "ProviderAuthError" -> Problems.told(agent, 401, said, null);
      case "ContextOverflowError" ->
          Problems.told(agent, code, "context window exceeded: " + said, null);
      default -> Problems.told(agent, code, said, null);
    };
  }
}
