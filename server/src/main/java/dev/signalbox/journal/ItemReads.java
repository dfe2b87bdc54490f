package dev.signalbox.journal;

import dev.signalbox.event.Item;
import dev.signalbox.id.ItemId;
import dev.signalbox.id.LaneId;
import dev.signalbox.refusal.Refused;
import dev.signalbox.store.Database;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.result.ResultIterator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.node.StringNode;

/// Reads items with their text, that of open ones as it is in memory.
final class ItemReads {
  private static final Logger log = LoggerFactory.getLogger(ItemReads.class);
  private static final long MOST_PAGE_BYTES = 1 << 20;
  private static final String COLUMNS =
      "SELECT i.no, i.id, l.id, i.open, i.long, i.body, i.text, i.output, i.diff ";
  private static final String ONE =
      COLUMNS + "FROM item i JOIN lane l ON l.no = i.lane WHERE i.id = ?";
  static final String PAGE =
      COLUMNS
          + """
          FROM item i JOIN lane l ON l.no = i.lane
          WHERE i.lane = ? AND i.no < ? ORDER BY i.no DESC LIMIT ?\
          """;
  private static final String OPEN =
      COLUMNS
          + """
          FROM item i JOIN lane l ON l.no = i.lane
          WHERE i.lane = ? AND i.open = 1 ORDER BY i.no\
          """;

  /// An item and how much there is of it to send.
  private record Read(Item item, boolean open, long bytes) {}

  private final Database db;
  private final Lanes lanes;

  ItemReads(Database db, Lanes lanes) {
    this.db = db;
    this.lanes = lanes;
  }

  Journal.ItemPage page(LaneId lane, @Nullable ItemId before, int limit) {
    var newestFirst = new ArrayList<Read>();
    Journal.ItemPage page =
        db.read(handle -> {
          LaneRow row = LaneRow.of(handle, lane);
          long end = before == null ? Long.MAX_VALUE : number(handle, row, before);
          boolean more = fill(newestFirst, handle, row, end, limit);
          return new Journal.ItemPage(row.epoch(), List.of(), row.seq(), more);
        });
    var items = new ArrayList<Item>(newestFirst.size());
    newestFirst.forEach(read -> items.add(now(read)));
    Collections.reverse(items);
    return new Journal.ItemPage(page.epoch(), items, page.seq(), page.more());
  }

  /// @return whether there are more
  private static boolean fill(List<Read> out, Handle handle, LaneRow lane, long end, int limit) {
    long room = MOST_PAGE_BYTES;
    try (ResultIterator<Read> rows =
        handle
            .createQuery(PAGE)
            .bind(0, lane.no())
            .bind(1, end)
            .bind(2, limit + 1)
            .map((row, _) -> read(handle, row))
            .iterator()) {
      while (rows.hasNext()) {
        if (out.size() == limit) {
          return true;
        }
        Read read = rows.next();
        room -= read.bytes();
        if (room < 0 && !out.isEmpty()) {
          return true;
        }
        out.add(read);
      }
    }
    return false;
  }

  private static long number(Handle handle, LaneRow lane, ItemId item) {
    return handle
        .createQuery("SELECT no FROM item WHERE id = ? AND lane = ?")
        .bind(0, item.value())
        .bind(1, lane.no())
        .mapTo(Long.class)
        .findOne()
        .orElseThrow(() -> unknown(item));
  }

  static Refused unknown(ItemId item) {
    return Refused.notFound("item_unknown", "There is no item " + item);
  }

  Optional<Item> one(ItemId item) {
    Optional<Read> read =
        db.read(handle ->
            handle
                .createQuery(ONE)
                .bind(0, item.value())
                .map((row, _) -> read(handle, row))
                .findOne());
    return read.map(this::now);
  }

  /// In order, with their text as the store has it.
  static List<Item> open(Handle handle, LaneRow lane) {
    return handle
        .createQuery(OPEN)
        .bind(0, lane.no())
        .map((row, _) -> read(handle, row).item())
        .list();
  }

  Journal.FieldSlice field(ItemId item, Item.Field field, long from, long to) {
    record Stored(LaneId lane, boolean open, Journal.FieldSlice slice) {}
    Stored stored =
        db.read(handle ->
            handle
                .createQuery(ONE)
                .bind(0, item.value())
                .map((row, _) ->
                    new Stored(
                        new LaneId(row.getString(3)),
                        row.getBoolean(4),
                        texts(handle, row).slice(field, row.getString(column(field)), from, to)))
                .findOne()
                .orElseThrow(() -> unknown(item)));
    LiveLane live = stored.open() ? lanes.find(stored.lane()) : null;
    Journal.FieldSlice newer =
        live == null ? null : live.withOpen(open -> open.slice(item, field, from, to));
    return newer != null ? newer : stored.slice();
  }

  /// An open item has more text in memory.
  private Item now(Read read) {
    LiveLane live = read.open() ? lanes.find(read.item().lane()) : null;
    Grown grown = live == null ? null : live.withOpen(open -> open.shown(read.item().id()));
    return grown == null || grown.isEmpty() ? read.item() : grown.in(read.item());
  }

  private static Read read(Handle handle, ResultSet row) throws SQLException {
    StoredTexts texts = texts(handle, row);
    var grown =
        new Grown(
            texts.shown(Item.Field.TEXT, row.getString(column(Item.Field.TEXT))),
            texts.shown(Item.Field.OUTPUT, row.getString(column(Item.Field.OUTPUT))),
            texts.shown(Item.Field.DIFF, row.getString(column(Item.Field.DIFF))));
    Item item = grown.in(decoded(row));
    return new Read(item, texts.open(), row.getString(6).length() + shownBytes(item));
  }

  private static StoredTexts texts(Handle handle, ResultSet row) throws SQLException {
    return new StoredTexts(
        handle.getConnection(), row.getLong(1), row.getBoolean(4), row.getInt(5));
  }

  private static int column(Item.Field field) {
    return switch (field) {
      case TEXT -> 7;
      case OUTPUT -> 8;
      case DIFF -> 9;
    };
  }

  private static long shownBytes(Item item) {
    long bytes = 0;
    for (Item.Field field : Item.Field.values()) {
      String text = Fields.in(item, field);
      bytes += text == null ? 0 : Characters.utf8(text);
    }
    return bytes;
  }

  /// An item that cannot be read is shown as a notice in its place.
  private static Item decoded(ResultSet row) throws SQLException {
    String body = row.getString(6);
    try {
      return Json.decode(body, Item.class);
    } catch (RuntimeException e) {
      log.warn("event=item_not_read item={}", row.getString(2));
      var notice =
          new Item.Notice(
              "unknown", "warn", "This version cannot read this entry", StringNode.valueOf(body));
      return Item.open(
              new ItemId(row.getString(2)),
              new LaneId(row.getString(3)),
              null,
              null,
              Item.Kind.NOTICE,
              Instant.EPOCH)
          .withStatus(row.getBoolean(4) ? Item.Status.OPEN : Item.Status.DONE, null)
          .withNotice(notice);
    }
  }
}
