package dev.signalbox.jsonrpc;

import java.time.Duration;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/// What became of a request.
public sealed interface Reply {
  record Result(JsonNode value) implements Reply {}

  /// An error answer. `code` is whatever integer the peer gave, 0 when it gave none.
  record Refused(int code, String message, @Nullable JsonNode data) implements Reply {}

  /// No answer in time. One that comes later is an oddity.
  record TimedOut(Duration limit) implements Reply {}

  /// The connection ended first.
  record Gone() implements Reply {}
}
