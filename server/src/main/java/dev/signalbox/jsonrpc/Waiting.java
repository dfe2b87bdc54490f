package dev.signalbox.jsonrpc;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// A request of ours whose answer is awaited by one thread.
final class Waiting {
  private final Consumer<Reply> onReply;
  private final CountDownLatch done = new CountDownLatch(1);
  private final AtomicReference<@Nullable Reply> reply = new AtomicReference<>();

  Waiting(Consumer<Reply> onReply) {
    this.onReply = onReply;
  }

  /// Hands the reply over; the first one counts.
  void complete(Reply value) {
    if (reply.compareAndSet(null, value)) {
      try {
        onReply.accept(value);
      } finally {
        done.countDown();
      }
    }
  }

  /// Waits for the reply, without limit when `limit` is null.
  Reply await(@Nullable Duration limit) throws InterruptedException {
    if (limit == null) {
      done.await();
    } else if (!done.await(limit.toNanos(), TimeUnit.NANOSECONDS)) {
      complete(new Reply.TimedOut(limit));
      done.await(); // whoever was first is at most inside `onReply`
    }
    var value = reply.get();
    if (value == null) {
      throw new IllegalStateException("released without a reply");
    }
    return value;
  }
}
