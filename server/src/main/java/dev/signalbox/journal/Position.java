package dev.signalbox.journal;

import dev.signalbox.event.Item;
import dev.signalbox.id.ItemId;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;

/// What one client has: facts up to a number of an epoch, and so much of each open text. Used by
/// the cursor's thread only.
final class Position {
  private static final long NOTHING = -1;

  private String epoch = "";
  private long seq;
  private final Map<ItemId, long[]> texts = new HashMap<>();

  String epoch() {
    return epoch;
  }

  long seq() {
    return seq;
  }

  /// Begins anew: the client has no open text.
  void at(String newEpoch, long newSeq) {
    epoch = newEpoch;
    seq = newSeq;
    texts.clear();
  }

  void reached(long newSeq) {
    seq = newSeq;
  }

  /// Whether the client got something of this field since it was placed.
  boolean knows(ItemId item, Item.Field field) {
    long[] ends = texts.get(item);
    return ends != null && ends[Fields.number(field)] != NOTHING;
  }

  /// How much of the field the client has.
  long end(ItemId item, Item.Field field) {
    long[] ends = texts.get(item);
    return ends == null ? 0 : Math.max(0, ends[Fields.number(field)]);
  }

  void reached(ItemId item, Item.Field field, long end) {
    texts.computeIfAbsent(item, _ -> new long[] {NOTHING, NOTHING, NOTHING})[Fields.number(field)] =
        end;
  }

  /// Forgets items that are not open any more, once there are many.
  void keepOnly(Collection<ItemId> open) {
    if (texts.size() > 2 * open.size() + 8) {
      texts.keySet().retainAll(open);
    }
  }
}
