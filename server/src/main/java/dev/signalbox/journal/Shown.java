package dev.signalbox.journal;

import dev.signalbox.event.Item;
import org.jspecify.annotations.Nullable;

/// A growing field as it is shown: whole, or cut to its head and tail.
///
/// @param text what is shown
/// @param length of the whole field in UTF-16 units
/// @param bytes of the whole field in UTF-8
/// @param cut where something is missing; null when it is whole
record Shown(String text, long length, long bytes, Item.@Nullable Cut cut) {
  /// A field up to this size is shown (and stored in its row) whole.
  static final int WHOLE_BYTES = 64 << 10;

  /// So much of either end is shown of a longer one; in UTF-16 units never more.
  static final int END_BYTES = WHOLE_BYTES / 2;

  static Shown of(String whole) {
    long bytes = Characters.utf8(whole);
    return bytes <= WHOLE_BYTES
        ? new Shown(whole, whole.length(), bytes, null)
        : ofEnds(whole, whole, whole.length(), bytes);
  }

  /// @param head at least the first [#END_BYTES] units
  /// @param tail at least the last [#END_BYTES] units
  static Shown ofEnds(String head, String tail, long length, long bytes) {
    String first = head.substring(0, Characters.headOf(head, END_BYTES));
    String last = tail.substring(Characters.tailOf(tail, END_BYTES));
    long omitted = length - first.length() - last.length();
    return new Shown(first + last, length, bytes, new Item.Cut(first.length(), omitted));
  }
}
