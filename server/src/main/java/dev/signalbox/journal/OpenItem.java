package dev.signalbox.journal;

import dev.signalbox.event.Item;
import dev.signalbox.id.ItemId;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// An item that is open, or whose `item.completed` is on its way into the store, with its growing
/// text. Guarded by the lock of its lane.
final class OpenItem {
  /// What is to be stored of one field.
  record Unsaved(Item.Field field, GrowingText.Saving saving) {}

  private final ItemId id;
  private final Map<Item.Field, GrowingText> fields = new EnumMap<>(Item.Field.class);

  /// Of `item.started`; 0 until it is stored.
  private long startedSeq;

  /// `item.no`; 0 until it is stored.
  private long no;

  /// Whether `item.completed` was appended: nothing grows any more.
  private boolean completing;

  /// Whether the saver knows that there is something to store.
  private boolean dirty;

  OpenItem(ItemId id) {
    this.id = id;
  }

  ItemId id() {
    return id;
  }

  long no() {
    return no;
  }

  boolean isCompleting() {
    return completing;
  }

  void completing(boolean is) {
    completing = is;
  }

  boolean isDirty() {
    return dirty;
  }

  void dirty(boolean is) {
    dirty = is;
  }

  void stored(long number, long seq) {
    no = number;
    startedSeq = seq;
  }

  /// Whether a client that has all facts up to `seq` knows of the item.
  boolean isStartedBy(long seq) {
    return startedSeq != 0 && startedSeq <= seq;
  }

  boolean append(Item.Field field, String text) {
    return fields.computeIfAbsent(field, _ -> new GrowingText()).append(text);
  }

  @Nullable GrowingText field(Item.Field field) {
    return fields.get(field);
  }

  Grown shown() {
    var shown = new EnumMap<Item.Field, Shown>(Item.Field.class);
    fields.forEach((field, text) -> shown.put(field, text.shown()));
    return Grown.of(shown);
  }

  List<Unsaved> unsaved() {
    var unsaved = new ArrayList<Unsaved>();
    fields.forEach((field, text) -> {
      GrowingText.Saving saving = text.unsavedPieces();
      if (saving != null) {
        unsaved.add(new Unsaved(field, saving));
      }
    });
    return unsaved;
  }

  void saved(List<Unsaved> stored) {
    for (Unsaved one : stored) {
      GrowingText text = fields.get(one.field());
      if (text != null) {
        text.saved(one.saving());
      }
    }
  }
}
