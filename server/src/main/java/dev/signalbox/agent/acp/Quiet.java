package dev.signalbox.agent.acp;

import java.time.Duration;
import java.util.function.BooleanSupplier;

/// When the agent last told something in a conversation. ACP puts no turn on its updates, so that
/// late ones of a turn can only be told from those of the next by the quiet between them.
final class Quiet {
  private static final long QUIET_NANOS = Duration.ofMillis(150).toNanos();
  private static final long LONGEST_NANOS = Duration.ofSeconds(1).toNanos();

  private volatile long last = System.nanoTime();

  void broken() {
    last = System.nanoTime();
  }

  /// Waits until nothing was heard for 150 ms, at most 1 s and no longer than the process lives.
  void await(BooleanSupplier alive) throws InterruptedException {
    long began = System.nanoTime();
    while (alive.getAsBoolean()) {
      long now = System.nanoTime();
      long left = Math.min(QUIET_NANOS - (now - last), LONGEST_NANOS - (now - began));
      if (left <= 0) {
        return;
      }
      Thread.sleep(Duration.ofNanos(left));
    }
  }
}
