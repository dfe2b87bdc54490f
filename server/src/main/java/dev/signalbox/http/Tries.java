package dev.signalbox.http;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.function.LongSupplier;

/// Counts wrong tries of the last minute. Its owner's lock guards it.
final class Tries {
  private static final long WINDOW = Duration.ofMinutes(1).toNanos();

  private final int most;
  private final LongSupplier nanos;
  private final ArrayDeque<Long> at = new ArrayDeque<>();

  /// @param most so many within a minute are too many
  Tries(int most, LongSupplier nanos) {
    this.most = most;
    this.nanos = nanos;
  }

  void count() {
    forget();
    if (at.size() == most) {
      at.removeFirst();
    }
    at.addLast(nanos.getAsLong());
  }

  boolean exhausted() {
    forget();
    return at.size() >= most;
  }

  boolean isEmpty() {
    forget();
    return at.isEmpty();
  }

  private void forget() {
    while (!at.isEmpty() && nanos.getAsLong() - at.getFirst() > WINDOW) {
      at.removeFirst();
    }
  }
}
