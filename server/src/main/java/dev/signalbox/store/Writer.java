package dev.signalbox.store;

import dev.signalbox.refusal.Refused;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The one thread that writes. It takes all that waits, runs it in one transaction, each in a
/// savepoint of its own, flushes once, and hands the outcomes to the publisher.
///
/// When a whole group is lost (the disk is full, the commit fails), each of its writes is tried
/// again alone, so that one that is too big does not fail its neighbours.
final class Writer {
  private static final Logger log = LoggerFactory.getLogger(Writer.class);

  /// Bounds how long a group takes, and so how long the next one waits.
  private static final int MOST_IN_GROUP = 256;

  private static final long IDLE_NANOS = TimeUnit.MILLISECONDS.toNanos(500);

  private final WriteQueue queue;
  private final Publisher publisher;
  private final WriteTransaction transaction;
  private final Checkpoints checkpoints;
  private final Pace pace = new Pace();
  private final Thread thread;
  private volatile Database.Health health = new Database.Health.Ok();

  Writer(WriteQueue queue, Publisher publisher, WriteTransaction transaction) {
    this.queue = queue;
    this.publisher = publisher;
    this.transaction = transaction;
    this.checkpoints = new Checkpoints(transaction);
    this.thread = Thread.ofPlatform().name("signalbox-store-writer").daemon().unstarted(this::loop);
  }

  void start() {
    thread.start();
  }

  void join() throws InterruptedException {
    if (!thread.equals(Thread.currentThread())) {
      thread.join();
    }
  }

  Database.Health health() {
    return health;
  }

  private void loop() {
    try {
      while (!queue.ended()) {
        List<WriteQueue.Job> jobs = queue.take(MOST_IN_GROUP, IDLE_NANOS);
        if (jobs.isEmpty()) {
          idle();
        } else {
          pace.await();
          commit(jobs);
          checkpoints.afterCommit(queue.isEmpty());
        }
      }
    } catch (RuntimeException | Error e) {
      log.error("event=writer_ended", e);
      throw e;
    } finally {
      queue.close();
      refuseRest();
      checkpoints.last();
      transaction.close();
    }
  }

  /// Nobody may wait for ever for a writer that has ended.
  private void refuseRest() {
    var rest = new ArrayList<Publisher.Result>();
    for (WriteQueue.Job job : queue.take(Integer.MAX_VALUE, 0)) {
      rest.add(new Publisher.Result(job, WriteQueue.closing()));
    }
    publisher.tell(rest);
  }

  private void idle() {
    if (health instanceof Database.Health.Failing) {
      probe();
    }
  }

  private void commit(List<WriteQueue.Job> jobs) {
    List<Publisher.Result> results;
    try {
      results = together(jobs);
      healthy();
    } catch (GroupLost e) {
      results = new ArrayList<>(jobs.size());
      for (WriteQueue.Job job : jobs) {
        results.add(alone(job));
      }
    }
    publisher.tell(results);
  }

  /// @throws GroupLost when nothing of it was stored
  private List<Publisher.Result> together(List<WriteQueue.Job> jobs) throws GroupLost {
    var results = new ArrayList<Publisher.Result>(jobs.size());
    transaction.begin(jobs.stream().anyMatch(WriteQueue.Job::durable));
    for (WriteQueue.Job job : jobs) {
      results.add(new Publisher.Result(job, transaction.inSavepoint(job.work())));
    }
    transaction.commit();
    return results;
  }

  private Publisher.Result alone(WriteQueue.Job job) {
    try {
      transaction.begin(job.durable());
      Exception failure = transaction.inSavepoint(job.work());
      transaction.commit();
      healthy();
      return new Publisher.Result(job, failure);
    } catch (GroupLost e) {
      Refused fault = DiskFault.of(e.reason());
      if (fault != null) {
        failing(fault);
      }
      return new Publisher.Result(job, fault != null ? fault : e.reason());
    }
  }

  /// Tries whether the disk takes something again, so that nobody has to write to find out.
  private void probe() {
    try {
      transaction.begin(true);
      transaction.probe();
      transaction.commit();
      healthy();
    } catch (GroupLost e) {
      Refused fault = DiskFault.of(e.reason());
      if (fault != null) {
        failing(fault);
      }
    }
  }

  private void healthy() {
    if (health instanceof Database.Health.Failing) {
      change(new Database.Health.Ok());
    }
  }

  private void failing(Refused fault) {
    var now = new Database.Health.Failing(fault.code(), fault.detail());
    if (!now.equals(health)) {
      change(now);
    }
  }

  private void change(Database.Health now) {
    health = now;
    publisher.tell(now);
  }

  /// A transaction that did not come to its end; nothing of it was stored.
  static final class GroupLost extends Exception {
    private static final long serialVersionUID = 1L;
    private final Exception reason;

    GroupLost(Exception reason) {
      super(reason);
      this.reason = reason;
    }

    Exception reason() {
      return reason;
    }
  }

  /// Used by the writer's thread to say what it could not do.
  static void logQuietly(String event, @Nullable Exception e) {
    log.warn("event={} reason={}", event, e == null ? "" : e.getMessage());
  }
}
