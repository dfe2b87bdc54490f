package dev.signalbox.agent.claude;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.signalbox.agent.wire.Json;
import dev.signalbox.event.Usage;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/// What each result adds to what was used before. The cost in a result is the conversation's whole,
/// also of earlier processes, so a share is what it grew by; where the agent tells what was used
/// since the last result, that counts, because it knows of subagents, too. Safe for any thread.
final class Bill {
  private final ReentrantLock lock = new ReentrantLock();

  @GuardedBy("lock")
  private @Nullable Double total;

  /// @param fresh whether nothing was used in this conversation before
  Bill(boolean fresh) {
    total = fresh ? Double.valueOf(0) : null;
  }

  /// The share of a result; to be called once for each, in order.
  Usage share(JsonNode result) {
    var since = result.path("model_usage_since_last_result");
    var now = result.path("total_cost_usd");
    Double grown = null;
    lock.lock();
    try {
      if (now.isNumber()) {
        grown = total == null ? null : Double.valueOf(Math.max(0, now.asDouble(0) - total));
        total = now.asDouble(0);
      }
    } finally {
      lock.unlock();
    }
    return since.isObject() ? ofModels(since) : ofPass(result.path("usage"), grown);
  }

  private static Usage ofModels(JsonNode models) {
    long input = 0;
    long output = 0;
    long cached = 0;
    long thought = 0;
    double cost = 0;
    for (var model : models) {
      input += count(model, "inputTokens") + count(model, "cacheCreationInputTokens");
      output += count(model, "outputTokens");
      cached += count(model, "cacheReadInputTokens");
      thought += count(model, "thinkingTokens");
      cost += model.path("costUSD").asDouble(0);
    }
    return usage(input, output, cached, thought == 0 ? null : thought, cost);
  }

  private static Usage ofPass(JsonNode usage, @Nullable Double cost) {
    if (!usage.isObject()) {
      return Usage.NONE;
    }
    return usage(
        count(usage, "input_tokens") + count(usage, "cache_creation_input_tokens"),
        count(usage, "output_tokens"),
        count(usage, "cache_read_input_tokens"),
        null,
        cost);
  }

  private static Usage usage(
      long input, long output, long cached, @Nullable Long thought, @Nullable Double cost) {
    return new Usage(
        input,
        output,
        cached,
        thought,
        input + output + cached,
        null,
        null,
        cost,
        cost == null ? null : "USD");
  }

  private static long count(JsonNode node, String key) {
    var number = Json.number(node, key);
    return number == null ? 0 : number;
  }
}
