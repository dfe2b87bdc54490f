package dev.signalbox.jsonrpc;

import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/// A request of the peer that waits for its one answer. Any thread may answer; only the first
/// answer counts, and giving it never blocks.
public final class Call {
  public static final int METHOD_NOT_FOUND = -32601;
  public static final int INVALID_PARAMS = -32602;
  public static final int INTERNAL_ERROR = -32603;

  private final JsonNode id;
  private final String method;
  private final JsonNode params;
  private final Consumer<JsonNode> sender;
  private final AtomicBoolean answered = new AtomicBoolean();

  Call(JsonNode id, String method, JsonNode params, Consumer<JsonNode> sender) {
    this.id = id;
    this.method = method;
    this.params = params;
    this.sender = sender;
  }

  /// The peer's own id of the request, as sent.
  public JsonNode id() {
    return id;
  }

  public String method() {
    return method;
  }

  /// As sent; a missing node when there were none.
  public JsonNode params() {
    return params;
  }

  /// @return false when it was answered before
  public boolean answer(JsonNode result) {
    return once(Messages.result(id, result));
  }

  /// @return false when it was answered before
  public boolean refuse(int code, String message) {
    return refuse(code, message, null);
  }

  public boolean refuse(int code, String message, @Nullable JsonNode data) {
    return once(Messages.error(id, code, message, data));
  }

  private boolean once(JsonNode message) {
    if (!answered.compareAndSet(false, true)) {
      return false;
    }
    sender.accept(message);
    return true;
  }
}
