package dev.signalbox.journal;

import dev.signalbox.event.Item;
import java.util.List;

/// Adds to a client's frames the text it does not have: at most one delta for each open item and
/// field, merged from whatever has grown since the last. Guarded by the lock of the lane.
final class Deltas {
  /// Of one delta, in UTF-16 units; the first one for a field brings all that is there.
  private static final int MOST_UNITS = 30 << 10;

  private final Position position;
  private final List<String> out;
  private long room;

  Deltas(Position position, int most, List<String> out) {
    this.position = position;
    this.out = out;
    this.room = most - out.stream().mapToLong(String::length).sum();
  }

  void add(OpenItems open) {
    position.keepOnly(open.ids());
    for (OpenItem item : open.all()) {
      if (item.isStartedBy(position.seq())) {
        for (Item.Field field : Item.Field.values()) {
          GrowingText text = item.field(field);
          if (text != null && (room > 0 || out.isEmpty())) {
            add(item, field, text);
          }
        }
      }
    }
  }

  private void add(OpenItem item, Item.Field field, GrowingText text) {
    int most = position.knows(item.id(), field) ? MOST_UNITS : Integer.MAX_VALUE;
    GrowingText.Delta delta = text.delta(item.id(), field, position.end(item.id(), field), most);
    if (delta != null) {
      out.add(delta.frame());
      room -= delta.frame().length();
      position.reached(item.id(), field, delta.end());
    }
  }
}
