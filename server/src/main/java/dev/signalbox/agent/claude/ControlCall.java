package dev.signalbox.agent.claude;

import dev.signalbox.agent.wire.Json;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// A request of the agent that waits for its one answer. Any thread may answer; only the first
/// answer counts, and giving it never blocks.
final class ControlCall {
  private final String id;
  private final JsonNode request;
  private final Consumer<ObjectNode> sender;
  private final AtomicBoolean answered = new AtomicBoolean();

  ControlCall(String id, JsonNode request, Consumer<ObjectNode> sender) {
    this.id = id;
    this.request = request;
    this.sender = sender;
  }

  String id() {
    return id;
  }

  String subtype() {
    return Json.text(request, "subtype", "");
  }

  JsonNode request() {
    return request;
  }

  /// @return false when it was answered before
  boolean answer(ObjectNode response) {
    return once(Requests.success(id, response));
  }

  /// @return false when it was answered before
  boolean refuse(String error) {
    return once(Requests.error(id, error));
  }

  private boolean once(ObjectNode message) {
    if (!answered.compareAndSet(false, true)) {
      return false;
    }
    sender.accept(message);
    return true;
  }
}
