package dev.signalbox.store;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.signalbox.refusal.Refused;
import java.sql.SQLException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/// A few platform threads with a connection each: a native call would pin a virtual thread's
/// carrier, and two hundred readers at once are slower than three. When all are busy and many reads
/// wait already, the next caller waits for a place.
final class Readers {
  private static final int THREADS = 3;
  private static final int MOST_WAITING = 256;

  /// A read that waits for a thread; the thread puts its handle where the work finds it.
  private static final class Job<T extends @Nullable Object> {
    private @Nullable Handle handle;
    private @Nullable SQLException unopened;
    private final FutureTask<T> task;

    Job(Database.Read<T> work) {
      task = new FutureTask<>(() -> work.run(handle()));
    }

    private Handle handle() throws SQLException {
      if (handle == null) {
        throw unopened != null ? unopened : new SQLException("no connection");
      }
      return handle;
    }
  }

  private final Connections connections;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition arrived = lock.newCondition();
  private final Condition room = lock.newCondition();
  private final List<Thread> threads = new ArrayList<>();

  @GuardedBy("lock")
  private final ArrayDeque<Job<?>> jobs = new ArrayDeque<>();

  @GuardedBy("lock")
  private boolean closed;

  Readers(Connections connections) {
    this.connections = connections;
    for (int i = 1; i <= THREADS; i++) {
      String name = "signalbox-store-reader-" + i;
      threads.add(Thread.ofPlatform().name(name).daemon().unstarted(this::loop));
    }
  }

  void start() {
    threads.forEach(Thread::start);
  }

  <T extends @Nullable Object> T read(Database.Read<T> work) {
    var job = new Job<T>(work);
    put(job);
    return await(job.task);
  }

  /// The result of a task that is sure to be run, or what it threw.
  static <T extends @Nullable Object> T await(FutureTask<T> task) {
    try {
      return task.get();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw Refused.unavailable("closing", "Interrupted while waiting for the database");
    } catch (ExecutionException e) {
      throw thrown(e.getCause());
    }
  }

  private static RuntimeException thrown(@Nullable Throwable cause) {
    if (cause instanceof Error error) {
      throw error;
    }
    Refused fault = cause == null ? null : DiskFault.of(cause);
    if (fault != null) {
      return fault;
    }
    return cause instanceof RuntimeException e ? e : new IllegalStateException(cause);
  }

  private void put(Job<?> job) {
    lock.lock();
    try {
      while (!closed && jobs.size() >= MOST_WAITING) {
        room.awaitUninterruptibly();
      }
      if (closed) {
        throw WriteQueue.closing();
      }
      jobs.add(job);
      arrived.signal();
    } finally {
      lock.unlock();
    }
  }

  /// Null at the end.
  private @Nullable Job<?> take() {
    lock.lock();
    try {
      while (jobs.isEmpty() && !closed) {
        arrived.awaitUninterruptibly();
      }
      room.signal();
      return jobs.poll();
    } finally {
      lock.unlock();
    }
  }

  private void loop() {
    Handle handle = null; // opened with the first job: a start has no time for it
    try {
      for (Job<?> job = take(); job != null; job = take()) {
        handle = run(job, handle);
      }
    } finally {
      close(handle);
    }
  }

  /// The handle for the next job; null when this one is no good any more.
  private @Nullable Handle run(Job<?> job, @Nullable Handle open) {
    Handle handle = open;
    try {
      if (handle == null) {
        handle = Connections.handle(connections.reader());
      }
      handle.getConnection().setAutoCommit(false);
      job.handle = handle;
    } catch (SQLException e) {
      job.unopened = e;
    }
    job.task.run();
    try {
      if (handle != null && job.handle != null) {
        handle.getConnection().setAutoCommit(true);
        return handle;
      }
    } catch (SQLException e) {
      // The snapshot could not be ended: its connection ends instead.
    }
    close(handle);
    return null;
  }

  private static void close(@Nullable Handle handle) {
    if (handle != null) {
      handle.close();
    }
  }

  /// Runs what waits, then ends the threads and waits for them.
  void close() throws InterruptedException {
    lock.lock();
    try {
      closed = true;
      arrived.signalAll();
      room.signalAll();
    } finally {
      lock.unlock();
    }
    for (Thread thread : threads) {
      if (!thread.equals(Thread.currentThread())) {
        thread.join();
      }
    }
  }
}
