package dev.signalbox.jsonrpc;

import java.io.IOException;
import java.io.OutputStream;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// The lines that wait to be written, and the loop that writes them. The stream is touched by the
/// writing thread alone, because closing it elsewhere would wait for a write that blocks.
final class Outbox {
  private static final byte[] END = new byte[0];

  private final OutputStream out;
  private final ArrayBlockingQueue<byte[]> queue;
  private final @Nullable WireLog log;
  private volatile boolean closed;

  Outbox(OutputStream out, int capacity, @Nullable WireLog log) {
    this.out = out;
    this.queue = new ArrayBlockingQueue<>(capacity);
    this.log = log;
  }

  /// Waits for room.
  ///
  /// @return false when the outbox is closed
  boolean put(byte[] line) throws InterruptedException {
    while (!closed) {
      if (queue.offer(line, 100, TimeUnit.MILLISECONDS)) {
        return true;
      }
    }
    return false;
  }

  /// @return false when there is no room; true also when it is closed, where nothing matters
  boolean offer(byte[] line) {
    return closed || queue.offer(line);
  }

  /// Takes nothing more; what is queued is still written.
  void close() {
    closed = true;
    var _ = queue.offer(END); // wakes a writer that waits for something to do
  }

  boolean open() {
    return !closed;
  }

  /// Writes until closed and empty, or until the stream breaks, then closes the stream.
  void run() {
    try (out) {
      while (!closed || !queue.isEmpty()) {
        var line = queue.take();
        if (line.length > 0) {
          write(line);
        }
        if (queue.isEmpty()) {
          out.flush();
        }
      }
    } catch (IOException e) {
      // Nobody reads any more. What the other side had to say before is still being read, so that
      // the end comes from there.
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      closed = true;
    }
  }

  private void write(byte[] line) throws IOException {
    if (log != null) {
      log.add(">", line, line.length);
    }
    out.write(line);
    out.write('\n');
  }
}
