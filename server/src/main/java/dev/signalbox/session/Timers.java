package dev.signalbox.session;

import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;

/// Rings alarms. What is rung only puts a letter in a mailbox, so one thread serves all lanes.
final class Timers implements AutoCloseable {
  private final ScheduledExecutorService executor =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().name("lane-timers").daemon().factory());

  /// A ring that can be called off; calling off twice is harmless.
  interface Timer {
    void cancel();
  }

  Timer after(Duration delay, Runnable ring) {
    ScheduledFuture<?> future = executor.schedule(ring, delay.toMillis(), TimeUnit.MILLISECONDS);
    return () -> future.cancel(false);
  }

  @Override
  public void close() {
    executor.shutdownNow();
  }
}
