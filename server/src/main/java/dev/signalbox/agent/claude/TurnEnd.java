package dev.signalbox.agent.claude;

import dev.signalbox.agent.Agent;
import dev.signalbox.agent.TurnResult;
import dev.signalbox.agent.launch.Problems;
import dev.signalbox.agent.wire.Json;
import dev.signalbox.event.Problem;
import dev.signalbox.event.Usage;
import java.time.Instant;
import java.time.ZoneId;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/// What the results of a turn mean. Pure.
///
/// `is_error` and `terminal_reason` decide: an answer of the model's server that is an error comes
/// with the subtype `success`.
///
/// @param now when it ended
/// @param limitEnds when a limit of use ends, as the agent told beside the result, or null
record TurnEnd(Agent agent, Instant now, @Nullable Instant limitEnds) {

  /// @param results of all passes of the turn, at least one
  /// @param cancelled whether we cancelled the turn: then it was cancelled, whatever the agent says
  TurnResult of(List<JsonNode> results, @Nullable Usage usage, boolean cancelled) {
    if (cancelled) {
      return new TurnResult.Cancelled(usage);
    }
    for (var result : results) {
      if (Json.flag(result, "is_error")) {
        return failed(result, usage);
      }
    }
    var last = results.getLast();
    var reason = Json.text(last, "stop_reason", "end_turn");
    return reason.equals("refusal")
        ? new TurnResult.Failed(Problems.refusal(agent), usage)
        : new TurnResult.Completed(reason, usage);
  }

  private TurnResult failed(JsonNode result, @Nullable Usage usage) {
    if (Json.text(result, "terminal_reason", "").startsWith("aborted")) {
      return new TurnResult.Cancelled(usage);
    }
    if (Json.text(result, "subtype", "").equals("error_max_turns")) {
      return new TurnResult.Completed("max_turn_requests", usage);
    }
    if (Json.text(result, "stop_reason", "").equals("refusal")) {
      return new TurnResult.Failed(Problems.refusal(agent), usage);
    }
    return new TurnResult.Failed(problem(result), usage);
  }

  private Problem problem(JsonNode result) {
    var said = said(result);
    var code = Json.number(result, "api_error_status");
    if (UsageLimit.told(said)) {
      var resets = UsageLimit.resetsAt(said, now, ZoneId.systemDefault()).orElse(limitEnds);
      return new Problem(
          "rate-limit",
          agent.title() + " has reached its limit of use: " + said,
          "Wait until the limit ends, or choose another agent.",
          "retry",
          null,
          resets);
    }
    return Problems.told(agent, code == null ? 0 : code.intValue(), said, null);
  }

  static String said(JsonNode result) {
    var said = Json.text(result, "result", "");
    if (!said.isBlank()) {
      return said;
    }
    var errors =
        Json.list(result.path("errors")).stream()
            .map(error -> error.stringValue(""))
            .filter(error -> !error.isBlank())
            .collect(Collectors.joining("\n"));
    return errors.isEmpty() ? Json.text(result, "subtype", "no reason given") : errors;
  }
}
