package dev.signalbox.agent.claude;

import java.time.Duration;
import tools.jackson.databind.JsonNode;

/// What became of a request of ours.
sealed interface ControlReply {
  /// @param response as sent; a missing node when there was none
  record Success(JsonNode response) implements ControlReply {}

  record Refused(String error) implements ControlReply {}

  record TimedOut(Duration limit) implements ControlReply {}

  /// The connection ended before it was answered.
  record Gone() implements ControlReply {}
}
