package dev.signalbox.process;

import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicReference;

/// A child's output that any thread may read, one at a time. A platform thread reads the pipe
/// itself, which saves each line the way through another thread. For a virtual one a platform
/// thread does the blocking, from its first read on.
///
/// A virtual thread that blocks in a pipe keeps its carrier. The JDK makes up for it with another
/// carrier, but lets that one go after 30 s without work, and then makes no new one: with as many
/// idle readers as there are processors no virtual thread of the process runs ever again (seen with
/// JDK 25.0.3).
final class PumpedInput extends InputStream {
  private enum Reader {
    NONE,
    PLATFORM,
    PUMP
  }

  private final InputStream pipe;
  private final Executor threads;
  private final ByteRing ring = new ByteRing();
  private final AtomicReference<Reader> reader = new AtomicReference<>(Reader.NONE);

  /// @param threads starts a platform thread
  PumpedInput(InputStream pipe, Executor threads) {
    this.pipe = pipe;
    this.threads = threads;
  }

  /// What nobody wants any more is still read, so that the other side is not held up.
  private void pump() {
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

  private Reader by(Reader wanted) {
    if (reader.compareAndSet(Reader.NONE, wanted) && wanted == Reader.PUMP) {
      threads.execute(this::pump);
    }
    return reader.get();
  }

  @Override
  public int read() throws IOException {
    var one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  @Override
  public int read(byte[] to, int offset, int length) throws IOException {
    var wanted = Thread.currentThread().isVirtual() ? Reader.PUMP : Reader.PLATFORM;
    if (by(wanted) == Reader.PLATFORM) {
      return pipe.read(to, offset, length);
    }
    try {
      return ring.take(to, offset, length);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("interrupted while reading from a child");
    }
  }

  @Override
  public int available() throws IOException {
    return reader.get() == Reader.PUMP ? ring.available() : pipe.available();
  }

  /// A platform thread that reads goes on to the end.
  @Override
  public void close() {
    ring.abandon();
    by(Reader.PUMP);
  }
}
