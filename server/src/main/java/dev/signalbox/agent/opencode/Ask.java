package dev.signalbox.agent.opencode;

import dev.signalbox.agent.AgentEvent;
import dev.signalbox.agent.PendingAsk;
import dev.signalbox.agent.wire.Json;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// Something the server waits for: a permission or an answer to questions. Safe for any thread.
abstract sealed class Ask implements PendingAsk permits PermissionAsk, QuestionAsk {
  /// Sends a reply without blocking; told at most once.
  interface Replies {
    void send(String path, ObjectNode body);
  }

  private final JsonNode request;
  private final Replies replies;
  private final AtomicBoolean answered = new AtomicBoolean();

  Ask(JsonNode request, Replies replies) {
    this.request = request;
    this.replies = replies;
  }

  /// The server's id of it.
  final String id() {
    return Json.text(request, "id", "");
  }

  final JsonNode request() {
    return request;
  }

  /// Of the tool call it is about, or null.
  final @Nullable String callKey() {
    var tool = request.path("tool");
    var call = Json.text(tool, "callID");
    return call == null ? null : ToolCards.key(Json.text(tool, "messageID", ""), call);
  }

  /// Whether the server still waits.
  final boolean open() {
    return !answered.get();
  }

  /// Somebody else answered it.
  ///
  /// @return whether it was open
  final boolean settle() {
    return answered.compareAndSet(false, true);
  }

  final void reply(String path, ObjectNode body) {
    if (answered.compareAndSet(false, true)) {
      replies.send(path, body);
    }
  }

  /// @param call what is known of the tool call it is about
  abstract AgentEvent.AskOpened event(AgentEvent.@Nullable ToolCall call);
}
