package dev.signalbox.jsonrpc;

import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// A request of ours under way. Any thread may wait for it or give it up.
public final class Pending {
  private final Consumer<Reply> onReply;
  private final Runnable forget;
  private final CountDownLatch done = new CountDownLatch(1);
  private final AtomicReference<@Nullable Reply> reply = new AtomicReference<>();

  Pending(Consumer<Reply> onReply, Runnable forget) {
    this.onReply = onReply;
    this.forget = forget;
  }

  /// Waits for the reply, without limit when `limit` is null. A thread that is interrupted while it
  /// waits gives the request up.
  public Reply await(@Nullable Duration limit) throws InterruptedException {
    try {
      if (limit == null) {
        done.await();
      } else if (!done.await(limit.toNanos(), TimeUnit.NANOSECONDS)) {
        complete(new Reply.TimedOut(limit));
        done.await(); // whoever was first is at most inside `onReply`
      }
      return Objects.requireNonNull(reply.get(), "released without a reply");
    } finally {
      forget.run();
    }
  }

  /// Gives the request up: whoever waits gets [Reply.Gone], an answer that comes later is an
  /// oddity.
  public void abandon() {
    forget.run();
    complete(new Reply.Gone());
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
}
