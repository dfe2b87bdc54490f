package dev.signalbox.journal;

import dev.signalbox.event.Item;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// The growing fields of an item as they are shown; null where there is nothing.
record Grown(@Nullable Shown text, @Nullable Shown output, @Nullable Shown diff) {
  static final Grown NOTHING = new Grown(null, null, null);

  static Grown of(Map<Item.Field, Shown> fields) {
    return new Grown(
        fields.get(Item.Field.TEXT), fields.get(Item.Field.OUTPUT), fields.get(Item.Field.DIFF));
  }

  @Nullable Shown of(Item.Field field) {
    return switch (field) {
      case TEXT -> text;
      case OUTPUT -> output;
      case DIFF -> diff;
    };
  }

  boolean isEmpty() {
    return text == null && output == null && diff == null;
  }

  long bytes() {
    long bytes = 0;
    for (Item.Field field : Item.Field.values()) {
      Shown shown = of(field);
      bytes += shown == null ? 0 : shown.bytes();
    }
    return bytes;
  }

  private Map<String, Item.Cut> cuts() {
    var cuts = new HashMap<String, Item.Cut>();
    for (Item.Field field : Item.Field.values()) {
      Shown shown = of(field);
      Item.Cut cut = shown == null ? null : shown.cut();
      if (cut != null) {
        cuts.put(Fields.name(field), cut);
      }
    }
    return cuts;
  }

  Item in(Item item) {
    if (isEmpty()) {
      return item;
    }
    Map<String, Item.Cut> cuts = cuts();
    return item.withGrown(
        shownText(text),
        shownText(output),
        shownText(diff),
        bytes(),
        !cuts.isEmpty(),
        cuts.isEmpty() ? null : cuts);
  }

  /// As [#in], on the item's JSON.
  String in(String item) {
    if (isEmpty()) {
      return item;
    }
    var out = new StringBuilder(item).deleteCharAt(item.length() - 1);
    for (Item.Field field : Item.Field.values()) {
      Shown shown = of(field);
      if (shown != null) {
        out.append(",\"").append(Fields.name(field)).append("\":");
        Json.quote(out, shown.text());
      }
    }
    Map<String, Item.Cut> cuts = cuts();
    out.append(",\"bytes\":").append(bytes());
    out.append(",\"truncated\":").append(!cuts.isEmpty());
    if (!cuts.isEmpty()) {
      out.append(",\"cut\":").append(Json.encode(cuts));
    }
    return out.append('}').toString();
  }

  private static @Nullable String shownText(@Nullable Shown shown) {
    return shown == null ? null : shown.text();
  }
}
