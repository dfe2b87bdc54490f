package dev.signalbox.testkit.model;

import tools.jackson.databind.JsonNode;

/// A request as the model saw it, for assertions.
///
/// @param number 1 for the first the server got
/// @param authorization the header, or empty
/// @param side whether it was answered neutrally, because it announced no tools
/// @param scripted whether a script decided the answer
/// @param turn which turn of that script, from 0; may lie beyond its end
/// @param body all of it
public record ModelRequest(
    long number,
    String path,
    String authorization,
    Conversation conversation,
    boolean side,
    boolean scripted,
    int turn,
    JsonNode body) {

  /// The request in one line, for people.
  String line() {
    String answer = side ? "side call" : scripted ? "turn " + turn : "no script";
    String said = conversation.lastUserText();
    return "%d %s model=%s messages=%d images=%d tools=%s %s: %s"
        .formatted(
            number,
            path,
            conversation.model(),
            conversation.messages().size(),
            conversation.images().size(),
            conversation.tools().stream().map(Conversation.Tool::name).toList(),
            answer,
            said.substring(0, Math.min(said.length(), 200)));
  }
}
