package dev.signalbox.http;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/// What waits for a connection's writer: answers to its client, a sign that there is something new,
/// the wish to end. Any thread may call; only [#say] and [#sleep] wait.
final class Pending {
  private static final int REPLIES = 64;

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();

  @GuardedBy("lock")
  private boolean woken;

  @GuardedBy("lock")
  private final ArrayDeque<String> replies = new ArrayDeque<>();

  @GuardedBy("lock")
  private @Nullable Hangup hangup;

  @GuardedBy("lock")
  private @Nullable Outbox outbox;

  /// The socket is open.
  void opened(Outbox outbox) {
    lock.lock();
    try {
      this.outbox = outbox;
    } finally {
      lock.unlock();
    }
  }

  /// Where to send; null before the socket is open and where there is none.
  ///
  /// @throws Hangup when the connection is to end
  @Nullable Outbox outbox() {
    lock.lock();
    try {
      checkLocked();
      return outbox;
    } finally {
      lock.unlock();
    }
  }

  /// The answers that wait; what is new from now on wakes again.
  ///
  /// @throws Hangup when the connection is to end
  List<String> drain() {
    lock.lock();
    try {
      checkLocked();
      woken = false;
      var waiting = new ArrayList<>(replies);
      replies.clear();
      changed.signalAll();
      return waiting;
    } finally {
      lock.unlock();
    }
  }

  @GuardedBy("lock")
  private void checkLocked() {
    if (hangup != null) {
      throw hangup;
    }
  }

  /// Sleeps until woken, an answer waits, the connection is to end, or the time has come.
  void sleep(long until) throws InterruptedException {
    lock.lockInterruptibly();
    try {
      var left = until - System.nanoTime();
      while (!woken && replies.isEmpty() && hangup == null && left > 0) {
        left = changed.awaitNanos(left);
      }
    } finally {
      lock.unlock();
    }
  }

  /// There may be something new.
  void wake() {
    lock.lock();
    try {
      woken = true;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /// An answer; waits while the client does not take those before.
  void say(String reply) throws InterruptedException {
    lock.lockInterruptibly();
    try {
      while (replies.size() >= REPLIES && hangup == null) {
        changed.await();
      }
      replies.add(reply);
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /// The connection is to end. The first reason holds.
  void end(Hangup why) {
    Outbox out;
    lock.lock();
    try {
      if (hangup == null) {
        hangup = why;
      }
      out = outbox;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
    if (out != null) {
      out.abandon(); // should it be waiting for a client that takes nothing
    }
  }

  /// Why it ends: whoever ended it from outside said why; that the writer lost its client, as it
  /// saw, is what followed.
  Hangup reason(Hangup seen) {
    lock.lock();
    try {
      return hangup == null ? seen : hangup;
    } finally {
      lock.unlock();
    }
  }
}
