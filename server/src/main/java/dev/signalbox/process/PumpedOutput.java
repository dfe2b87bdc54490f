package dev.signalbox.process;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.OutputStream;

/// A pipe that a virtual thread may write, for the reason given at [PumpedInput]. What is written
/// goes on its way at once; an error of the pipe shows at a later write.
final class PumpedOutput extends OutputStream {
  private final OutputStream pipe;
  private final ByteRing ring = new ByteRing();

  PumpedOutput(OutputStream pipe) {
    this.pipe = pipe;
  }

  /// Runs on a platform thread of its own until this stream is closed or the other side is gone.
  void pump() {
    var buffer = new byte[16 * 1024];
    try (pipe) {
      for (int n = ring.take(buffer, 0, buffer.length); n >= 0; ) {
        pipe.write(buffer, 0, n);
        pipe.flush();
        n = ring.take(buffer, 0, buffer.length);
      }
    } catch (IOException e) {
      // Nobody reads any more: the next write will say so.
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      ring.abandon();
    }
  }

  @Override
  public void write(int one) throws IOException {
    write(new byte[] {(byte) one}, 0, 1);
  }

  @Override
  public void write(byte[] from, int offset, int length) throws IOException {
    try {
      if (!ring.put(from, offset, length)) {
        throw new IOException("the child reads no more");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("interrupted while writing to a child");
    }
  }

  /// Never waits: what was written before is still delivered if it is read.
  @Override
  public void close() {
    ring.end();
  }

  /// Never waits, and drops what was not delivered.
  void abandon() {
    ring.abandon();
  }
}
