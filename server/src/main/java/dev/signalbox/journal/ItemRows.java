package dev.signalbox.journal;

import dev.signalbox.event.Item;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.EnumMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Writes items and their growing text. Used by the writer's thread only, within a transaction.
final class ItemRows {
  private static final Logger log = LoggerFactory.getLogger(ItemRows.class);

  private final Statements statements;

  ItemRows(Statements statements) {
    this.statements = statements;
  }

  /// @return its number
  long start(long lane, Item item, String body) throws SQLException {
    return required(
        statements.number(
            "INSERT INTO item (id, lane, open, body) VALUES (?, ?, 1, ?) RETURNING no",
            item.id().value(),
            lane,
            body));
  }

  void update(Item item, String body) throws SQLException {
    int changed =
        statements.update(
            "UPDATE item SET body = ? WHERE id = ? AND open = 1", body, item.id().value());
    if (changed == 0) {
      log.warn("event=update_of_no_open_item item={}", item.id());
    }
  }

  /// Ends the item; sets what the draft shows when only the store could tell it.
  ///
  /// @return its number
  long complete(Connection connection, long lane, Item item, Draft draft) throws SQLException {
    Draft.Completion completion = draft.completion();
    if (completion == null) {
      throw new IllegalStateException("item.completed without a completion");
    }
    Long there =
        statements.number("SELECT no FROM item WHERE id = ? AND open = 1", item.id().value());
    if (there == null) {
      there = statements.number("SELECT no FROM item WHERE id = ?", item.id().value());
      if (there != null) {
        log.warn("event=completed_twice item={}", item.id());
        return there;
      }
      there = start(lane, item, completion.item());
    }
    var texts = new EnumMap<Item.Field, Shown>(Item.Field.class);
    var inRow = new EnumMap<Item.Field, String>(Item.Field.class);
    int longFields = 0;
    for (Item.Field field : Item.Field.values()) {
      longFields |= end(connection, there, field, completion, texts, inRow);
    }
    var grown = Grown.of(texts);
    close(there, completion.item(), grown, inRow, longFields);
    if (completion.grown() == null) {
      draft.shown(Frames.item(grown.in(completion.item())));
    }
    return there;
  }

  /// @return the field's bit when it is long
  private int end(
      Connection connection,
      long no,
      Item.Field field,
      Draft.Completion completion,
      Map<Item.Field, Shown> texts,
      Map<Item.Field, String> inRow)
      throws SQLException {
    GrowingText.Ending ending = completion.endings().get(field);
    if (ending == null) {
      if (completion.grown() != null) {
        return 0;
      }
      Shown shown = new Chunks(connection, no, field).shown();
      if (shown == null) {
        return 0;
      }
      texts.put(field, shown);
      return keep(no, field, shown, inRow);
    }
    Shown shown = completion.grown() == null ? null : completion.grown().of(field);
    if (shown == null) {
      shown = Shown.of(ending.text()); // the fact brought it whole
    }
    texts.put(field, shown);
    forget(no, field, ending.from());
    if (shown.cut() == null) {
      inRow.put(field, shown.text());
      return 0;
    }
    for (GrowingText.Piece piece : GrowingText.pieces(ending.from(), ending.text())) {
      add(no, field, piece);
    }
    return Fields.bit(field);
  }

  /// What only the store knows: a short field moves into the row, a long one stays where it is.
  private int keep(long no, Item.Field field, Shown shown, Map<Item.Field, String> inRow)
      throws SQLException {
    if (shown.cut() != null) {
      return Fields.bit(field);
    }
    forget(no, field, 0);
    inRow.put(field, shown.text());
    return 0;
  }

  private void close(
      long no, String body, Grown grown, Map<Item.Field, String> inRow, int longFields)
      throws SQLException {
    statements.update(
        """
        UPDATE item SET open = 0, long = ?, bytes = ?, body = ?, text = ?, output = ?, diff = ?
        WHERE no = ?\
        """,
        longFields,
        grown.isEmpty() ? null : grown.bytes(),
        body,
        inRow.get(Item.Field.TEXT),
        inRow.get(Item.Field.OUTPUT),
        inRow.get(Item.Field.DIFF),
        no);
  }

  /// Stores pieces of an open item; ignored when it is not open any more.
  void save(long no, String id, OpenItem.Unsaved unsaved) throws SQLException {
    if (statements.number("SELECT 1 FROM item WHERE no = ? AND id = ? AND open = 1", no, id)
        == null) {
      return;
    }
    forget(no, unsaved.field(), unsaved.saving().from());
    for (GrowingText.Piece piece : unsaved.saving().pieces()) {
      add(no, unsaved.field(), piece);
    }
  }

  private void add(long no, Item.Field field, GrowingText.Piece piece) throws SQLException {
    statements.update(
        "INSERT INTO item_chunk (key, text) VALUES (?, ?)",
        Fields.key(no, field, piece.at()),
        piece.text());
  }

  private void forget(long no, Item.Field field, long from) throws SQLException {
    statements.update(
        "DELETE FROM item_chunk WHERE key BETWEEN ? AND ?",
        Fields.key(no, field, from),
        Fields.key(no, field, Fields.MOST_UNITS));
  }

  static long required(@Nullable Long number) {
    if (number == null) {
      throw new IllegalStateException("a row was expected");
    }
    return number;
  }
}
