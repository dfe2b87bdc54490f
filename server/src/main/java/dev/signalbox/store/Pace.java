package dev.signalbox.store;

import java.util.concurrent.locks.LockSupport;

/// Keeps commits a few milliseconds apart under load, so that flushing does not eat the machine,
/// without delaying anyone when little is going on: a few commits may follow each other at once.
/// Used by the writer's thread only.
final class Pace {
  private static final long SPACING_NANOS = 4_000_000;
  private static final double BURST = 6;

  private double credit = BURST;
  private long counted = System.nanoTime();

  /// Returns when the next commit may begin.
  void await() {
    count();
    while (credit < 1) {
      LockSupport.parkNanos((long) ((1 - credit) * SPACING_NANOS));
      count();
    }
    credit -= 1;
  }

  private void count() {
    long now = System.nanoTime();
    credit = Math.min(BURST, credit + (double) (now - counted) / SPACING_NANOS);
    counted = now;
  }
}
