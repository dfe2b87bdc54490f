package dev.signalbox.cli;

import static dev.signalbox.cli.References.text;

import java.util.HashSet;
import java.util.Set;
import tools.jackson.databind.JsonNode;

/// Which of a lane's frames belong to one turn. For one thread, which shows it every frame.
final class TurnScope {
  private final String turn;
  private final Set<String> items = new HashSet<>();

  TurnScope(String turn) {
    this.turn = turn;
  }

  /// @param thing an item or an ask
  boolean holds(JsonNode thing) {
    return text(thing, "turn").equals(turn);
  }

  boolean holdsFrame(JsonNode frame) {
    var item = frame.path("item");
    if (item.isObject()) {
      if (holds(item)) {
        items.add(text(item, "id"));
        return true;
      }
      return false;
    }
    return holds(frame)
        || holds(frame.path("ask"))
        || text(frame.path("turn"), "id").equals(turn)
        || items.contains(item.asString(""));
  }
}
