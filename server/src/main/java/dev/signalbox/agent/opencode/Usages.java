package dev.signalbox.agent.opencode;

import dev.signalbox.agent.AgentEvent;
import dev.signalbox.agent.wire.Json;
import dev.signalbox.event.Usage;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/// What a step of the model used. Pure.
final class Usages {
  private Usages() {}

  /// @param part a `step-finish`
  /// @param own whether it is of the conversation itself and not of a subagent: only then it says
  ///   how full the context is
  static List<AgentEvent> step(JsonNode part, boolean own, @Nullable Long contextSize) {
    var tokens = part.path("tokens");
    var input = Json.number(tokens, "input");
    var output = Json.number(tokens, "output");
    var cached = Json.number(tokens.path("cache"), "read");
    var thought = Json.number(tokens, "reasoning");
    var total = Json.number(tokens, "total");
    var cost = part.path("cost");
    boolean costs = cost.isNumber() && cost.asDouble(0) > 0;
    var events = new ArrayList<AgentEvent>();
    events.add(
        new AgentEvent.UsageReported(
            new Usage(
                input,
                output,
                cached,
                thought,
                total != null ? total : sum(input, output, cached, thought),
                null,
                null,
                costs ? Double.valueOf(cost.asDouble(0)) : null,
                costs ? "USD" : null),
            true));
    if (own) {
      var used = total != null ? total : sum(input, output, cached, thought);
      events.add(
          new AgentEvent.UsageReported(
              new Usage(null, null, null, null, null, used, contextSize, null, null), false));
    }
    return events;
  }

  private static @Nullable Long sum(@Nullable Long... counts) {
    long sum = 0;
    boolean any = false;
    for (var count : counts) {
      if (count != null) {
        sum += count;
        any = true;
      }
    }
    return any ? Long.valueOf(sum) : null;
  }
}
