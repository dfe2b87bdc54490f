package dev.signalbox.jsonrpc;

import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/// The four shapes of JSON-RPC 2.0.
final class Messages {
  private Messages() {}

  static ObjectNode request(long id, String method, JsonNode params) {
    return envelope().put("id", id).put("method", method).set("params", params);
  }

  static ObjectNode notification(String method, JsonNode params) {
    return envelope().put("method", method).set("params", params);
  }

  static ObjectNode result(JsonNode id, JsonNode result) {
    return envelope().set("id", id).set("result", result);
  }

  static ObjectNode error(JsonNode id, int code, String message, @Nullable JsonNode data) {
    var error = JsonNodeFactory.instance.objectNode().put("code", code).put("message", message);
    if (data != null) {
      error.set("data", data);
    }
    return envelope().set("id", id).set("error", error);
  }

  private static ObjectNode envelope() {
    return JsonNodeFactory.instance.objectNode().put("jsonrpc", "2.0");
  }
}
