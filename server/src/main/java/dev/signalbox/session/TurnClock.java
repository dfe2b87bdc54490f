package dev.signalbox.session;

import java.time.Duration;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;

/// Counts the time a turn works, leaving out the time it waits for the user, and rings when the
/// limit is reached. Uses the monotonic clock: a jump of the wall clock ends no turn.
final class TurnClock {
  private final @Nullable Duration limit;
  private final Timers timers;
  private final IntConsumer ring;
  private long workedNanos;
  private long since = -1;
  private int round;
  private Timers.@Nullable Timer timer;

  /// @param ring gets the round; one that is not [#round] any more is stale
  TurnClock(@Nullable Duration limit, Timers timers, IntConsumer ring) {
    this.limit = limit;
    this.timers = timers;
    this.ring = ring;
  }

  void run() {
    if (limit == null || since >= 0) {
      return;
    }
    since = System.nanoTime() & Long.MAX_VALUE;
    int now = ++round;
    timer = timers.after(limit.minusNanos(workedNanos), () -> ring.accept(now));
  }

  void pause() {
    if (since >= 0) {
      workedNanos += (System.nanoTime() & Long.MAX_VALUE) - since;
      since = -1;
    }
    round++;
    if (timer != null) {
      timer.cancel();
      timer = null;
    }
  }

  boolean rings(int round) {
    return this.round == round;
  }
}
