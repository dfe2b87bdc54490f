package dev.signalbox.jsonrpc;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;

/// The last lines of both directions, for bug reports: at most 8 MB, the oldest go first; of a line
/// at most 64 KB are kept.
final class WireLog {
  private static final int LARGEST_LINE = 64 * 1024;
  private static final long LARGEST = 8L * 1024 * 1024;

  private final ReentrantLock lock = new ReentrantLock();

  @GuardedBy("lock")
  private final ArrayDeque<String> lines = new ArrayDeque<>();

  @GuardedBy("lock")
  private long size;

  void add(String direction, byte[] bytes, int length) {
    var text = new String(bytes, 0, Math.min(length, LARGEST_LINE), StandardCharsets.UTF_8);
    var line = Instant.now() + " " + direction + " " + text;
    lock.lock();
    try {
      lines.addLast(line);
      size += 2L * line.length();
      while (size > LARGEST) {
        size -= 2L * lines.removeFirst().length();
      }
    } finally {
      lock.unlock();
    }
  }

  List<String> lines() {
    lock.lock();
    try {
      return List.copyOf(lines);
    } finally {
      lock.unlock();
    }
  }
}
