package dev.signalbox.agent.codex;

import dev.signalbox.agent.wire.Json;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// What is known of one item of a turn: everything its messages told so far, later ones over
/// earlier ones. Immutable.
///
/// @param item the item as told, its fields merged
/// @param streamed what came piece by piece: the text of a message, the output of a command
record ItemCard(String id, ObjectNode item, String streamed) {
  /// Output beyond this many characters is not streamed on; the completed item has its head and
  /// tail.
  private static final int MOST = 1024 * 1024;

  static ItemCard unknown(String id, String type) {
    return new ItemCard(id, Json.object().put("id", id).put("type", type), "");
  }

  String type() {
    return Json.text(item, "type", "");
  }

  /// The card after the item was told again: what it leaves out, or now calls null, stays.
  ItemCard with(JsonNode told) {
    var merged = item.deepCopy();
    told.properties()
        .forEach(field -> {
          if (!field.getValue().isNull()) {
            merged.set(field.getKey(), field.getValue());
          }
        });
    return new ItemCard(id, merged, streamed);
  }

  ItemCard with(String field, JsonNode value) {
    var merged = item.deepCopy();
    merged.set(field, value);
    return new ItemCard(id, merged, streamed);
  }

  ItemCard streamed(String more) {
    return streamed.length() >= MOST ? this : new ItemCard(id, item, streamed + more);
  }
}
