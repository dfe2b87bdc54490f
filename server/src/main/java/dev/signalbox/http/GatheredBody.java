package dev.signalbox.http;

import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.Semaphore;

/// A long body that came whole. It lies in room that all such bodies share and gives back what was
/// read of it, and the rest when it is closed.
final class GatheredBody extends InputStream {
  static final int CHUNK = 64 << 10;

  private final Semaphore room;
  private final Deque<byte[]> chunks = new ArrayDeque<>();
  private int at; // in the first chunk

  private GatheredBody(Semaphore room) {
    this.room = room;
  }

  /// Reads a body to its end.
  ///
  /// @param room one permit for each [#CHUNK]
  /// @throws HttpRefusal when there is not room enough; waiting for it could be waiting for each
  ///   other
  static GatheredBody of(InputStream body, Semaphore room) throws IOException {
    var gathered = new GatheredBody(room);
    try {
      for (var chunk = body.readNBytes(CHUNK); chunk.length > 0; chunk = body.readNBytes(CHUNK)) {
        if (!room.tryAcquire()) {
          throw new HttpRefusal(
              503,
              "bodies_full",
              "Too much is being sent to Signalbox at once. Try again in a second.");
        }
        gathered.chunks.add(chunk);
      }
      return gathered;
    } catch (IOException | RuntimeException e) {
      gathered.close();
      throw e;
    }
  }

  @Override
  public int read() {
    var one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  @Override
  public int read(byte[] bytes, int from, int count) {
    var first = chunks.peekFirst();
    if (first == null) {
      return -1;
    }
    int n = Math.min(count, first.length - at);
    System.arraycopy(first, at, bytes, from, n);
    at += n;
    if (at == first.length) {
      chunks.removeFirst();
      room.release();
      at = 0;
    }
    return n;
  }

  @Override
  public void close() {
    room.release(chunks.size());
    chunks.clear();
  }
}
