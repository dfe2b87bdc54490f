package dev.signalbox.store;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.signalbox.refusal.Refused;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/// The writes that wait for a commit. Its bound counts a write from the moment it is given until
/// its outcome was told, so that neither side can run away from the other; whoever gives one more
/// then waits. Only the publisher never waits: it is the one that makes room.
final class WriteQueue {
  record Job(Database.Write work, Database.Outcome outcome, boolean durable) {}

  private static final int MOST_OUTSTANDING = 4096;

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition arrived = lock.newCondition();
  private final Condition room = lock.newCondition();

  @GuardedBy("lock")
  private final ArrayDeque<Job> jobs = new ArrayDeque<>();

  @GuardedBy("lock")
  private int outstanding;

  @GuardedBy("lock")
  private boolean closed;

  void put(Job job, boolean mayWait) {
    lock.lock();
    try {
      while (mayWait && !closed && outstanding >= MOST_OUTSTANDING) {
        room.awaitUninterruptibly();
      }
      if (closed) {
        throw closing();
      }
      outstanding++;
      jobs.add(job);
      arrived.signal();
    } finally {
      lock.unlock();
    }
  }

  /// Takes what waits, in order, at most `most`; waits up to `nanos` for the first. Empty when
  /// nothing came.
  List<Job> take(int most, long nanos) {
    lock.lock();
    try {
      long left = nanos;
      while (jobs.isEmpty() && !closed && left > 0) {
        left = arrived.awaitNanos(left);
      }
      var taken = new ArrayList<Job>(Math.min(most, jobs.size()));
      while (taken.size() < most && !jobs.isEmpty()) {
        taken.add(jobs.remove());
      }
      return taken;
    } catch (InterruptedException e) {
      // Nobody interrupts the writer; its end is the closed queue.
      return List.of();
    } finally {
      lock.unlock();
    }
  }

  boolean isEmpty() {
    lock.lock();
    try {
      return jobs.isEmpty();
    } finally {
      lock.unlock();
    }
  }

  /// `count` outcomes were told.
  void told(int count) {
    lock.lock();
    try {
      outstanding -= count;
      room.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /// Nothing more is taken in; what is there will still be committed.
  void close() {
    lock.lock();
    try {
      closed = true;
      arrived.signalAll();
      room.signalAll();
    } finally {
      lock.unlock();
    }
  }

  boolean ended() {
    lock.lock();
    try {
      return closed && jobs.isEmpty();
    } finally {
      lock.unlock();
    }
  }

  static Refused closing() {
    return Refused.unavailable("closing", "Signalbox is shutting down: try again when it is back");
  }
}
