package dev.signalbox.agent.acp;

import dev.signalbox.agent.Agent;
import dev.signalbox.agent.TurnResult;
import dev.signalbox.agent.launch.Problems;
import dev.signalbox.agent.wire.Json;
import tools.jackson.databind.JsonNode;

/// What the answer to a prompt means. Pure.
final class TurnEnd {
  private TurnEnd() {}

  /// @param cancelled whether we cancelled the turn: then it was cancelled, whatever the agent says
  ///   (goose says `end_turn`)
  static TurnResult of(Agent agent, JsonNode result, boolean cancelled) {
    var usage = Usages.ofAnswer(result);
    var reason = Json.text(result, "stopReason", "end_turn");
    if (cancelled) {
      return new TurnResult.Cancelled(usage);
    }
    return switch (reason) {
      case "cancelled" -> new TurnResult.Cancelled(usage);
      case "refusal" -> new TurnResult.Failed(Problems.refusal(agent), usage);
      // `end_turn`, `max_tokens`, `max_turn_requests`, and reasons a later version may add.
      default -> new TurnResult.Completed(reason, usage);
    };
  }
}
