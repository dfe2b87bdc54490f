package dev.signalbox.process;

import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;

/// A pipe that a virtual thread may read: a platform thread does the blocking.
///
/// A virtual thread that blocks in a pipe keeps its carrier. The JDK makes up for it with another
/// carrier, but lets that one go after 30 s without work, and then makes no new one: with as many
/// idle readers as there are processors no virtual thread of the process runs ever again (seen with
/// JDK 25.0.3).
final class PumpedInput extends InputStream {
  private final InputStream pipe;
  private final ByteRing ring = new ByteRing();

  PumpedInput(InputStream pipe) {
    this.pipe = pipe;
  }

  /// Runs on a platform thread of its own until the pipe ends. What nobody wants any more is still
  /// read, so that the other side is not held up.
  void pump() {
    var buffer = new byte[16 * 1024];
    try (pipe) {
      for (int n = pipe.read(buffer); n >= 0; n = pipe.read(buffer)) {
        var _ = ring.put(buffer, 0, n);
      }
    } catch (IOException e) {
      // The other side is gone, which is an end like any other.
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      ring.end();
    }
  }

  @Override
  public int read() throws IOException {
    var one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  @Override
  public int read(byte[] to, int offset, int length) throws IOException {
    try {
      return ring.take(to, offset, length);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("interrupted while reading from a child");
    }
  }

  @Override
  public int available() {
    return ring.available();
  }

  @Override
  public void close() {
    ring.abandon();
  }
}
