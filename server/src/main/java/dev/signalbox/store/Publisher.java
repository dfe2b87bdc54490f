package dev.signalbox.store;

import java.util.List;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The thread that tells outcomes, in commit order. A platform thread, because everyone waits for
/// what it tells and a busy virtual thread is not pre-empted. Its queue is bounded by the bound of
/// [WriteQueue]: what was not told counts there.
final class Publisher {
  /// How a write ended.
  ///
  /// @param failure null when it was committed
  record Result(WriteQueue.Job job, @Nullable Exception failure) {}

  private sealed interface News {
    record Results(List<Result> results) implements News {}

    record Changed(Database.Health health) implements News {}

    record End() implements News {}
  }

  private static final Logger log = LoggerFactory.getLogger(Publisher.class);

  private final LinkedBlockingQueue<News> news = new LinkedBlockingQueue<>();
  private final WriteQueue queue;
  private final Consumer<Database.Health> healthChanged;
  private final Thread thread;

  Publisher(WriteQueue queue, Consumer<Database.Health> healthChanged) {
    this.queue = queue;
    this.healthChanged = healthChanged;
    this.thread =
        Thread.ofPlatform().name("signalbox-store-publisher").daemon().unstarted(this::run);
  }

  void start() {
    thread.start();
  }

  boolean isCurrentThread() {
    return thread.equals(Thread.currentThread());
  }

  void tell(List<Result> results) {
    news.add(new News.Results(results));
  }

  void tell(Database.Health health) {
    news.add(new News.Changed(health));
  }

  /// Ends the thread after everything told before; waits for it unless called on it.
  void close() throws InterruptedException {
    news.add(new News.End());
    if (!isCurrentThread()) {
      thread.join();
    }
  }

  private void run() {
    while (true) {
      News next;
      try {
        next = news.take();
      } catch (InterruptedException e) {
        continue; // its only end is End: an outcome that is never told would be a lost answer
      }
      switch (next) {
        case News.Results(var results) -> tellEach(results);
        case News.Changed(var health) -> guarded(() -> healthChanged.accept(health));
        case News.End() -> {
          return;
        }
      }
    }
  }

  private void tellEach(List<Result> results) {
    for (Result result : results) {
      Exception failure = result.failure();
      if (failure == null) {
        guarded(() -> result.job().outcome().committed());
      } else {
        guarded(() -> result.job().outcome().failed(failure));
      }
    }
    queue.told(results.size());
  }

  private static void guarded(Runnable call) {
    try {
      call.run();
    } catch (RuntimeException | Error e) {
      // One listener's fault must not keep the others from hearing.
      log.error("event=outcome_listener_failed", e);
    }
  }
}
