package dev.signalbox.journal;

import dev.signalbox.event.Item;
import dev.signalbox.id.LaneId;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The frames a client gets, spliced from what is encoded already.
final class Frames {
  private record Reset(String type, String epoch, long seq, List<Item> items, boolean more) {}

  private record OneItem(String type, Item item) {}

  private Frames() {}

  /// @param fields a JSON object with the fact's own fields
  static String fact(
      LaneId lane, long seq, long at, FactType type, @Nullable String clientId, String fields) {
    var out = new StringBuilder(fields.length() + 150);
    out.append("{\"lane\":\"").append(lane.value());
    out.append("\",\"seq\":").append(seq);
    out.append(",\"at\":\"").append(Instant.ofEpochMilli(at));
    out.append("\",\"type\":\"").append(type.wire()).append('"');
    if (clientId != null) {
      out.append(",\"clientId\":");
      Json.quote(out, clientId);
    }
    if (fields.length() > 2) {
      out.append(',');
    }
    return out.append(fields, 1, fields.length()).toString();
  }

  /// The fields of a fact that cannot be read: shown as it is.
  static String unknown(@Nullable String raw) {
    var out = new StringBuilder("{\"raw\":");
    Json.quote(out, raw == null ? "" : raw);
    return out.append('}').toString();
  }

  static String item(String item) {
    return "{\"item\":" + item + "}";
  }

  static String ask(String ask) {
    return "{\"ask\":" + ask + "}";
  }

  static String reset(Journal.ItemPage page) {
    return Json.encode(new Reset("reset", page.epoch(), page.seq(), page.items(), page.more()));
  }

  static String itemNow(Item item) {
    return Json.encode(new OneItem("item", item));
  }
}
