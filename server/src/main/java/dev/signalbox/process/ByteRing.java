package dev.signalbox.process;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/// Hands bytes from one thread to another, at most 64 KB at a time. Whoever waits here parks: a
/// virtual thread gives its carrier back.
final class ByteRing {
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();

  @GuardedBy("lock")
  private final byte[] bytes = new byte[64 * 1024];

  @GuardedBy("lock")
  private int start;

  @GuardedBy("lock")
  private int count;

  @GuardedBy("lock")
  private boolean ended;

  @GuardedBy("lock")
  private boolean abandoned;

  /// Gives all of it, waiting for room.
  ///
  /// @return false when it was not taken: after [#end], or when nobody takes any more
  boolean put(byte[] from, int offset, int length) throws InterruptedException {
    lock.lockInterruptibly();
    try {
      int given = 0;
      while (given < length && !ended && !abandoned) {
        if (count == bytes.length) {
          changed.await();
        } else {
          given += fillLocked(from, offset + given, length - given);
        }
      }
      return given == length && !abandoned;
    } finally {
      lock.unlock();
    }
  }

  @GuardedBy("lock")
  private int fillLocked(byte[] from, int offset, int length) {
    int at = (start + count) % bytes.length;
    int n = Math.min(length, Math.min(bytes.length - count, bytes.length - at));
    System.arraycopy(from, offset, bytes, at, n);
    count += n;
    changed.signalAll();
    return n;
  }

  /// Waits for at least one byte.
  ///
  /// @return how many, or -1 when no more will come
  int take(byte[] to, int offset, int length) throws InterruptedException {
    lock.lockInterruptibly();
    try {
      while (count == 0 && !ended && !abandoned && length > 0) {
        changed.await();
      }
      if (abandoned || (count == 0 && length > 0)) {
        return -1;
      }
      int n = Math.min(length, Math.min(count, bytes.length - start));
      System.arraycopy(bytes, start, to, offset, n);
      start = (start + n) % bytes.length;
      count -= n;
      changed.signalAll();
      return n;
    } finally {
      lock.unlock();
    }
  }

  int available() {
    lock.lock();
    try {
      return count;
    } finally {
      lock.unlock();
    }
  }

  /// No more is given; what was given can still be taken.
  void end() {
    lock.lock();
    try {
      ended = true;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /// Nobody takes any more; what is inside is lost.
  void abandon() {
    lock.lock();
    try {
      abandoned = true;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }
}
