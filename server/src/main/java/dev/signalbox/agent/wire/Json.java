package dev.signalbox.agent.wire;

import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/// Reads what an agent sent without ever failing on it.
public final class Json {
  /// Longest raw message that is kept, in characters.
  private static final int LARGEST_RAW = 64 * 1024;

  private Json() {}

  public static ObjectNode object() {
    return JsonNodeFactory.instance.objectNode();
  }

  /// The text at `key`, or null when there is none or it is no text.
  public static @Nullable String text(JsonNode node, String key) {
    return node.path(key).stringValue(null);
  }

  public static String text(JsonNode node, String key, String otherwise) {
    return Objects.requireNonNullElse(text(node, key), otherwise);
  }

  public static @Nullable Long number(JsonNode node, String key) {
    var value = node.path(key);
    return value.isNumber() ? Long.valueOf(value.asLong(0)) : null;
  }

  public static boolean flag(JsonNode node, String key) {
    return node.path(key).asBoolean(false);
  }

  /// Whether `key` holds an object (capabilities are told by `{}`), or `true`.
  public static boolean has(JsonNode node, String key) {
    return node.path(key).isObject() || flag(node, key);
  }

  /// The elements of an array, nothing for anything else.
  public static List<JsonNode> list(JsonNode node) {
    return node.isArray() ? node.valueStream().toList() : List.of();
  }

  /// Neither missing nor null nor an empty object or array.
  public static boolean tells(JsonNode node) {
    return !node.isMissingNode() && !node.isNull() && !(node.isContainer() && node.isEmpty());
  }

  /// The message itself, or the head of its text when it is long.
  public static JsonNode bounded(JsonNode raw) {
    var text = raw.toString();
    return text.length() <= LARGEST_RAW
        ? raw
        : JsonNodeFactory.instance.stringNode(text.substring(0, LARGEST_RAW));
  }
}
