package dev.signalbox.agent.acp;

import dev.signalbox.agent.wire.Json;
import dev.signalbox.event.Usage;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/// Where agents put what a turn used.
final class Usages {
  private Usages() {}

  /// Of the answer to a prompt: `usage` (opencode, goose) or gemini's `_meta.quota`; null when it
  /// says nothing.
  static @Nullable Usage ofAnswer(JsonNode result) {
    var usage = tokens(result.path("usage"));
    if (usage != null) {
      return usage;
    }
    var quota = result.path("_meta").path("quota").path("token_count");
    var input = Json.number(quota, "input_tokens");
    var output = Json.number(quota, "output_tokens");
    return input == null && output == null
        ? null
        : new Usage(input, output, null, null, null, null, null, null, null);
  }

  /// Of an object with `inputTokens` and its like; null when it has none of them.
  static @Nullable Usage tokens(JsonNode usage) {
    var all =
        new Usage(
            Json.number(usage, "inputTokens"),
            Json.number(usage, "outputTokens"),
            Json.number(usage, "cachedReadTokens"),
            Json.number(usage, "thoughtTokens"),
            Json.number(usage, "totalTokens"),
            null,
            null,
            null,
            null);
    boolean says =
        Stream.of(
                all.inputTokens(),
                all.outputTokens(),
                all.cachedTokens(),
                all.thoughtTokens(),
                all.totalTokens())
            .anyMatch(Objects::nonNull);
    return says ? all : null;
  }
}
