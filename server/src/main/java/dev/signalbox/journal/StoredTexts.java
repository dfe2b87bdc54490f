package dev.signalbox.journal;

import dev.signalbox.event.Item;
import java.sql.Connection;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/// The growing text of one item as the store has it: in the row, or in pieces.
///
/// @param no of the item
/// @param open whether the item is open
/// @param longFields see `item.long`
record StoredTexts(Connection connection, long no, boolean open, int longFields) {

  private boolean inPieces(Item.Field field) {
    return open || (longFields & Fields.bit(field)) != 0;
  }

  /// @param inRow what the row holds
  @Nullable Shown shown(Item.Field field, @Nullable String inRow) throws SQLException {
    if (inPieces(field)) {
      return new Chunks(connection, no, field).shown();
    }
    return inRow == null ? null : Shown.of(inRow);
  }

  /// A part of a field; empty when there is nothing.
  Journal.FieldSlice slice(Item.Field field, @Nullable String inRow, long from, long to)
      throws SQLException {
    if (inPieces(field)) {
      var chunks = new Chunks(connection, no, field);
      long length = chunks.length();
      long begin = Math.min(from, length);
      return new Journal.FieldSlice(chunks.slice(begin, to), begin, length);
    }
    String text = inRow == null ? "" : inRow;
    int begin = (int) Math.min(from, text.length());
    int end = Math.clamp(to, begin, text.length());
    return new Journal.FieldSlice(text.substring(begin, end), begin, text.length());
  }
}
