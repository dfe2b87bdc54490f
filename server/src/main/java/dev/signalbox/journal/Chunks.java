package dev.signalbox.journal;

import dev.signalbox.event.Item;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/// Reads growing text that is stored in pieces: that of open items, and the long one of completed
/// items. The pieces of a field follow each other without a gap.
final class Chunks {
  static final String SLICE =
      """
      SELECT key, text FROM item_chunk
      WHERE key >= (SELECT max(key) FROM item_chunk WHERE key BETWEEN ? AND ?) AND key < ?
      ORDER BY key\
      """;

  private final Connection connection;
  private final long item;
  private final Item.Field field;

  Chunks(Connection connection, long item, Item.Field field) {
    this.connection = connection;
    this.item = item;
    this.field = field;
  }

  private long first() {
    return Fields.key(item, field, 0);
  }

  private long last() {
    return Fields.key(item, field, Fields.MOST_UNITS);
  }

  /// In UTF-16 units.
  long length() throws SQLException {
    String sql =
        "SELECT key, text FROM item_chunk WHERE key BETWEEN ? AND ? ORDER BY key DESC LIMIT 1";
    try (PreparedStatement statement = query(sql, first(), last());
        ResultSet rows = statement.executeQuery()) {
      return rows.next() ? rows.getLong(1) - first() + rows.getString(2).length() : 0;
    }
  }

  /// In UTF-8; does not read the text.
  long bytes() throws SQLException {
    String sql = "SELECT sum(octet_length(text)) FROM item_chunk WHERE key BETWEEN ? AND ?";
    try (PreparedStatement statement = query(sql, first(), last());
        ResultSet rows = statement.executeQuery()) {
      return rows.next() ? rows.getLong(1) : 0;
    }
  }

  /// The units from `from` (inclusive) to `to` (exclusive), as far as there are.
  String slice(long from, long to) throws SQLException {
    var out = new StringBuilder();
    long end = Math.min(to, Fields.MOST_UNITS);
    long begin = Math.min(from, end);
    try (PreparedStatement statement = query(SLICE, first(), first() + begin, first() + end);
        ResultSet rows = statement.executeQuery()) {
      while (rows.next()) {
        long at = rows.getLong(1) - first();
        String text = rows.getString(2);
        int cutFrom = Math.clamp(begin - at, 0, text.length());
        int cutTo = Math.clamp(end - at, cutFrom, text.length());
        out.append(text, cutFrom, cutTo);
      }
    }
    return out.toString();
  }

  /// As it is shown; null when there is nothing.
  @Nullable Shown shown() throws SQLException {
    long length = length();
    if (length == 0) {
      return null;
    }
    long bytes = bytes();
    return bytes <= Shown.WHOLE_BYTES
        ? Shown.of(slice(0, length))
        : Shown.ofEnds(
            slice(0, Shown.END_BYTES), slice(length - Shown.END_BYTES, length), length, bytes);
  }

  private PreparedStatement query(String sql, long... values) throws SQLException {
    PreparedStatement statement = connection.prepareStatement(sql);
    for (int i = 0; i < values.length; i++) {
      statement.setLong(i + 1, values[i]);
    }
    return statement;
  }
}
