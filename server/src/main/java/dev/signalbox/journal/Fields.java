package dev.signalbox.journal;

import dev.signalbox.event.Item;
import org.jspecify.annotations.Nullable;

/// The growing fields: their names, their numbers, and where their pieces are in `item_chunk`.
final class Fields {
  /// No piece begins here or later.
  static final long MOST_UNITS = (1L << 31) - 1;

  private Fields() {}

  static String name(Item.Field field) {
    return switch (field) {
      case TEXT -> "text";
      case OUTPUT -> "output";
      case DIFF -> "diff";
    };
  }

  static int number(Item.Field field) {
    return switch (field) {
      case TEXT -> 0;
      case OUTPUT -> 1;
      case DIFF -> 2;
    };
  }

  /// The field's bit in `item.long`.
  static int bit(Item.Field field) {
    return 1 << number(field);
  }

  /// `item_chunk.key` of the piece of item number `item` that begins at `at`.
  static long key(long item, Item.Field field, long at) {
    return item << 33 | (long) number(field) << 31 | at;
  }

  static @Nullable String in(Item item, Item.Field field) {
    return switch (field) {
      case TEXT -> item.text();
      case OUTPUT -> item.output();
      case DIFF -> item.diff();
    };
  }

  /// The item without its growing fields.
  static Item bare(Item item) {
    return item.withGrown(null, null, null, null, null, null);
  }
}
