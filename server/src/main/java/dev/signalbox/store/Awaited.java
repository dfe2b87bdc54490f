package dev.signalbox.store;

import dev.signalbox.refusal.Refused;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/// A write whose caller waits for it, and its value.
final class Awaited<T extends @Nullable Object> implements Database.Write, Database.Outcome {
  private final Database.WriteValue<T> work;
  private final CountDownLatch ended = new CountDownLatch(1);

  /// Set by the writer, and by the publisher before the latch: the latch makes it visible.
  private Callable<T> result =
      () -> {
        throw new IllegalStateException("a write was committed without having been run");
      };

  Awaited(Database.WriteValue<T> work) {
    this.work = work;
  }

  @Override
  public void run(Handle handle) throws Exception {
    T value = work.run(handle);
    result = () -> value;
  }

  @Override
  public void committed() {
    ended.countDown();
  }

  @Override
  public void failed(Exception cause) {
    result =
        () -> {
          throw cause;
        };
    ended.countDown();
  }

  /// Interrupted, it does not wait to the end: the write may still be committed then.
  T await() {
    try {
      ended.await();
      return result.call();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw Refused.unavailable("closing", "Interrupted while waiting for the database");
    } catch (RuntimeException e) {
      throw e;
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }
}
