package dev.signalbox.process;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.regex.Pattern;

/// Drains a child's standard error for as long as it lives and keeps the last 64 KB of it.
///
/// The raw bytes stay in here: the only way out is [#text], which is masked. Draining never stops
/// early, so a flood neither blocks the child nor grows the memory.
final class StderrTail {
  static final int SIZE = 64 * 1024;

  /// No secret is longer; where the tail was cut, so much is left out that none is cut in two.
  private static final int LONGEST_SECRET = 4096;

  private static final Pattern TERMINAL_CODES =
      Pattern.compile(
          "\u001B\\[[0-?]*[ -/]*[@-~]|\u001B\\][^\u0007\u001B]*(?:\u0007|\u001B\\\\)|\u001B."
              + "|[\\x00-\\x08\\x0B-\\x1F\\x7F]");

  private final Redaction redaction;
  private final CountDownLatch drained = new CountDownLatch(1);
  private final ReentrantLock lock = new ReentrantLock();

  @GuardedBy("lock")
  private byte[] ring = new byte[1024];

  @GuardedBy("lock")
  private long total;

  StderrTail(Redaction redaction) {
    this.redaction = redaction;
  }

  /// Reads to the end; runs on a platform thread of its own.
  void drain(InputStream stderr) {
    var buffer = new byte[8192];
    try {
      for (int n = stderr.read(buffer); n >= 0; n = stderr.read(buffer)) {
        append(buffer, n);
      }
    } catch (IOException e) {
      // The stream was closed under the reader: the child is gone and there is no more to read.
    } finally {
      drained.countDown();
    }
  }

  boolean awaitDrained(long millis) throws InterruptedException {
    return drained.await(millis, TimeUnit.MILLISECONDS);
  }

  String text() {
    byte[] bytes;
    boolean cut;
    lock.lock();
    try {
      bytes = contentLocked();
      cut = total > SIZE;
    } finally {
      lock.unlock();
    }
    String text =
        new String(bytes, StandardCharsets.UTF_8).replace("\r\n", "\n").replace('\r', '\n');
    text = TERMINAL_CODES.matcher(text).replaceAll("");
    return redaction.mask(cut ? withoutTornStart(text) : text);
  }

  private static String withoutTornStart(String text) {
    for (int i = 0; i < Math.min(LONGEST_SECRET, text.length()); i++) {
      if (Character.isWhitespace(text.charAt(i))) {
        return text.substring(i + 1);
      }
    }
    return text.substring(Math.min(LONGEST_SECRET, text.length()));
  }

  private void append(byte[] bytes, int length) {
    lock.lock();
    try {
      growLocked(total + length);
      for (int copied = 0; copied < length; ) {
        int at = (int) (total % ring.length);
        int n = Math.min(length - copied, ring.length - at);
        System.arraycopy(bytes, copied, ring, at, n);
        copied += n;
        total += n;
      }
    } finally {
      lock.unlock();
    }
  }

  /// Most children write next to nothing; the ring grows until it is full and only then wraps.
  @GuardedBy("lock")
  private void growLocked(long wanted) {
    if (wanted > ring.length && ring.length < SIZE) {
      var larger = new byte[(int) Math.min(SIZE, Math.max(wanted, 2L * ring.length))];
      System.arraycopy(ring, 0, larger, 0, (int) total);
      ring = larger;
    }
  }

  @GuardedBy("lock")
  private byte[] contentLocked() {
    int length = (int) Math.min(total, ring.length);
    var content = new byte[length];
    int start = (int) ((total - length) % ring.length);
    int first = Math.min(length, ring.length - start);
    System.arraycopy(ring, start, content, 0, first);
    System.arraycopy(ring, 0, content, first, length - first);
    return content;
  }
}
