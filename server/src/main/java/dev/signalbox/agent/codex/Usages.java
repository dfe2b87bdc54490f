package dev.signalbox.agent.codex;

import dev.signalbox.agent.wire.Json;
import dev.signalbox.event.Usage;
import tools.jackson.databind.JsonNode;

/// The figures of a `thread/tokenUsage/updated`. Pure.
final class Usages {
  private Usages() {}

  /// Of the last call of the model alone.
  static Usage ofCall(JsonNode tokenUsage) {
    return tokens(tokenUsage.path("last"), tokenUsage);
  }

  /// Of the whole conversation.
  static Usage ofThread(JsonNode tokenUsage) {
    return tokens(tokenUsage.path("total"), tokenUsage);
  }

  /// What the last call was given and gave is what the context holds now.
  private static Usage tokens(JsonNode counted, JsonNode tokenUsage) {
    return new Usage(
        Json.number(counted, "inputTokens"),
        Json.number(counted, "outputTokens"),
        Json.number(counted, "cachedInputTokens"),
        Json.number(counted, "reasoningOutputTokens"),
        Json.number(counted, "totalTokens"),
        Json.number(tokenUsage.path("last"), "totalTokens"),
        Json.number(tokenUsage, "modelContextWindow"),
        null,
        null);
  }
}
