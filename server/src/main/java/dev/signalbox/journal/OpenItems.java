package dev.signalbox.journal;

import dev.signalbox.event.Item;
import dev.signalbox.id.ItemId;
import java.util.Collection;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// The open items of a lane, in the order in which they began. Guarded by the lock of the lane.
final class OpenItems {
  /// How the text of an item ends, see [Draft.Completion].
  record Ended(Map<Item.Field, GrowingText.Ending> endings, @Nullable Grown grown) {}

  private final Map<ItemId, OpenItem> items = new LinkedHashMap<>();

  Collection<OpenItem> all() {
    return items.values();
  }

  Collection<ItemId> ids() {
    return items.keySet();
  }

  @Nullable OpenItem get(ItemId item) {
    return items.get(item);
  }

  /// An item that is about to be stored.
  ///
  /// @return false when there is one of that id already
  boolean begin(ItemId item) {
    return items.putIfAbsent(item, new OpenItem(item)) == null;
  }

  /// The item is about to be completed, its own fields are the authority.
  Ended end(Item item) {
    var endings = new EnumMap<Item.Field, GrowingText.Ending>(Item.Field.class);
    var shown = new EnumMap<Item.Field, Shown>(Item.Field.class);
    OpenItem there = items.get(item.id());
    if (there != null) {
      there.completing(true);
    }
    for (Item.Field field : Item.Field.values()) {
      String whole = Fields.in(item, field);
      GrowingText text = there == null ? null : there.field(field);
      if (whole != null) {
        endings.put(field, new GrowingText.Ending(0, whole));
        shown.put(field, Shown.of(whole));
      } else if (text != null) {
        endings.put(field, text.ending());
        shown.put(field, text.shown());
      }
    }
    return new Ended(endings, there == null ? null : Grown.of(shown));
  }

  /// The text of an open item so far; null when it is not open here.
  @Nullable Grown shown(ItemId item) {
    OpenItem there = items.get(item);
    return there == null ? null : there.shown();
  }

  /// A part of an open text; null when it is not here (any more).
  Journal.@Nullable FieldSlice slice(ItemId item, Item.Field field, long from, long to) {
    OpenItem there = items.get(item);
    GrowingText text = there == null ? null : there.field(field);
    if (text == null) {
      return null;
    }
    long begin = Math.min(from, text.length());
    String part = text.slice(begin, Math.max(begin, to));
    return part == null ? null : new Journal.FieldSlice(part, begin, text.length());
  }

  /// The facts were stored.
  ///
  /// @return how many items are not open any more
  int stored(List<Draft> drafts) {
    int closed = 0;
    for (Draft draft : drafts) {
      ItemId begun = draft.begins();
      OpenItem there = begun == null ? null : items.get(begun);
      if (there != null) {
        there.stored(draft.ref(), draft.seq());
      }
      ItemId ended = draft.ends();
      closed += ended != null && items.remove(ended) != null ? 1 : 0;
    }
    return closed;
  }

  /// The facts were not stored: what was about to be is taken back.
  ///
  /// @return how many items are not open any more
  int undone(List<Draft> drafts) {
    int closed = 0;
    for (Draft draft : drafts) {
      ItemId begun = draft.begins();
      closed += begun != null && items.remove(begun) != null ? 1 : 0;
      ItemId ended = draft.ends();
      OpenItem there = ended == null ? null : items.get(ended);
      if (there != null) {
        there.completing(false);
      }
    }
    return closed;
  }

  /// @return how many items are not open any more
  int clear() {
    int closed = items.size();
    items.clear();
    return closed;
  }
}
