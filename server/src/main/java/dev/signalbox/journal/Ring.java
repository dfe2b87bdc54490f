package dev.signalbox.journal;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// The newest facts of a lane that is watched, encoded, without a gap. When it grows over its bound
/// the oldest go; whoever needs them reads the store. Guarded by the lock of its lane.
final class Ring {
  private static final int MOST_CHARACTERS = 512 << 10;

  private @Nullable String[] frames = new @Nullable String[16];
  private int begin;
  private int count;
  private long first = 1;
  private long characters;

  /// Number of the oldest fact here; when there is none, of the next that will come.
  long first() {
    return first;
  }

  boolean isEmpty() {
    return count == 0;
  }

  void add(long seq, String frame) {
    if (seq != first + count) {
      clear();
      first = seq;
    }
    if (count == frames.length) {
      grow();
    }
    frames[(begin + count) % frames.length] = frame;
    count++;
    characters += frame.length();
    while (characters > MOST_CHARACTERS && count > 1) {
      dropOldest();
    }
  }

  /// Adds the facts after `seq` to `out` while `most` characters are not exceeded (but at least one
  /// when `out` is empty).
  ///
  /// @return number of the last one added, or `seq`
  long copyAfter(long seq, int most, List<String> out) {
    long last = seq;
    int room = most;
    for (int i = (int) Math.max(0, seq + 1 - first); i < count; i++) {
      String frame = frames[(begin + i) % frames.length];
      if (frame == null || (frame.length() > room && !out.isEmpty())) {
        break;
      }
      out.add(frame);
      room -= frame.length();
      last = first + i;
    }
    return last;
  }

  void clear() {
    frames = new @Nullable String[16];
    begin = 0;
    count = 0;
    characters = 0;
  }

  private void dropOldest() {
    String oldest = frames[begin];
    characters -= oldest == null ? 0 : oldest.length();
    frames[begin] = null;
    begin = (begin + 1) % frames.length;
    count--;
    first++;
  }

  private void grow() {
    var larger = new @Nullable String[frames.length * 2];
    for (int i = 0; i < count; i++) {
      larger[i] = frames[(begin + i) % frames.length];
    }
    frames = larger;
    begin = 0;
  }
}
