package dev.signalbox.journal;

import dev.signalbox.event.Item;
import dev.signalbox.id.ItemId;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// One growing field of an open item: its head, the end of it, and how much of it is stored.
/// Guarded by the lock of its lane.
final class GrowingText {
  /// A piece of text and where it begins.
  record Piece(long at, String text) {}

  /// What is to be stored now: pieces in order, instead of all that begins at `from` or later.
  record Saving(long from, List<Piece> pieces, long end, long merged) {}

  /// The end of the field, to be stored when its item is completed: pieces before `from` stay.
  record Ending(long from, String text) {}

  /// @param end where it ends
  record Delta(long at, long end, String frame) {}

  /// How much of the end is kept for clients, and how much more may pile up before it is cut back.
  static final int WINDOW = 256 << 10;

  private static final int SLACK = 64 << 10;

  /// Small pieces are merged into large ones of this size once there are two of it.
  static final int SEGMENT = 64 << 10;

  private String head = "";
  private final StringBuilder tail = new StringBuilder();
  private long start;
  private long bytes;
  private long saved;
  private long merged;
  private @Nullable Delta last;

  long length() {
    return start + tail.length();
  }

  long unsaved() {
    return length() - saved;
  }

  /// @return false when it would get too long to be stored
  boolean append(String text) {
    if (length() + text.length() >= Fields.MOST_UNITS) {
      return false;
    }
    int at = tail.length();
    tail.append(text);
    bytes += Characters.utf8(text);
    if (Characters.isPair(tail, at - 1)) {
      bytes += 2; // two halves counted 1 each make a whole of 4
    }
    if (tail.length() > WINDOW + SLACK) {
      forgetBeginning();
    }
    return true;
  }

  /// What is not merged yet must stay: it will be stored again from here.
  private void forgetBeginning() {
    int cut = (int) Math.min(tail.length() - WINDOW, merged - start);
    if (cut < SLACK) {
      return;
    }
    if (start == 0) {
      head = tail.substring(0, Shown.END_BYTES);
    }
    cut = Characters.before(tail, cut);
    tail.delete(0, cut);
    start += cut;
  }

  Shown shown() {
    if (start == 0) {
      return Shown.of(tail.toString());
    }
    String end = tail.substring(tail.length() - Shown.END_BYTES);
    return Shown.ofEnds(head, end, length(), bytes);
  }

  /// The text from `from` on, at most `most` units; null when there is nothing. It begins later
  /// when that is forgotten, and never ends within a character.
  @Nullable Delta delta(ItemId item, Item.Field field, long from, int most) {
    int begin = (int) Math.max(Math.max(from, length() - WINDOW) - start, 0);
    begin = Characters.after(tail, begin);
    int end = Characters.before(tail, (int) Math.min(whole(), (long) begin + most));
    if (end <= begin) {
      return null;
    }
    Delta made = last;
    if (made == null || made.at() != start + begin || made.end() != start + end) {
      made = new Delta(start + begin, start + end, frame(item, field, begin, end));
      last = made;
    }
    return made;
  }

  private String frame(ItemId item, Item.Field field, int begin, int end) {
    var out = new StringBuilder(end - begin + 100);
    out.append("{\"type\":\"delta\",\"item\":\"").append(item.value());
    out.append("\",\"field\":\"").append(Fields.name(field));
    out.append("\",\"at\":").append(start + begin).append(",\"text\":");
    Json.quote(out, tail.substring(begin, end));
    return out.append('}').toString();
  }

  /// The end of the last whole character: the other half of a pair may be on its way.
  private int whole() {
    int length = tail.length();
    return length > 0 && Character.isHighSurrogate(tail.charAt(length - 1)) ? length - 1 : length;
  }

  /// What should be stored now; null when there is nothing new.
  @Nullable Saving unsavedPieces() {
    long end = start + whole();
    if (end <= saved) {
      return null;
    }
    if (end - merged < 2 * SEGMENT) {
      return new Saving(saved, List.of(new Piece(saved, text(saved, end))), end, merged);
    }
    var pieces = new ArrayList<Piece>();
    long at = merged;
    while (end - at >= SEGMENT) {
      long next = start + Characters.before(tail, (int) (at - start) + SEGMENT);
      pieces.add(new Piece(at, text(at, next)));
      at = next;
    }
    if (at < end) {
      pieces.add(new Piece(at, text(at, end)));
    }
    return new Saving(merged, pieces, end, at);
  }

  void saved(Saving saving) {
    saved = Math.max(saved, saving.end());
    merged = Math.max(merged, saving.merged());
  }

  Ending ending() {
    return new Ending(merged, text(merged, length()));
  }

  /// A part, or null when its beginning is forgotten.
  @Nullable String slice(long from, long to) {
    return from < start ? null : text(from, Math.min(to, length()));
  }

  private String text(long from, long to) {
    return tail.substring((int) (from - start), (int) (to - start));
  }

  /// Cuts a whole text into pieces to be stored.
  static List<Piece> pieces(long at, String text) {
    var pieces = new ArrayList<Piece>();
    int begin = 0;
    while (begin < text.length()) {
      int end = Characters.before(text, Math.min(text.length(), begin + SEGMENT));
      pieces.add(new Piece(at + begin, text.substring(begin, end)));
      begin = end;
    }
    return pieces;
  }
}
