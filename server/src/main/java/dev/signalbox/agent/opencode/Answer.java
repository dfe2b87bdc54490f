package dev.signalbox.agent.opencode;

import java.time.Duration;
import tools.jackson.databind.JsonNode;

/// What came of a request to the server.
sealed interface Answer {
  /// @param body a missing node when there was none
  record Ok(JsonNode body) implements Answer {}

  /// Another status than one of success, or a body that is too long or no JSON.
  ///
  /// @param said in the server's words
  record Refused(int status, String said) implements Answer {}

  /// Nothing within the limit.
  record Silent(Duration limit) implements Answer {}

  /// The connection could not be made or broke.
  record Broken(String why) implements Answer {}
}
