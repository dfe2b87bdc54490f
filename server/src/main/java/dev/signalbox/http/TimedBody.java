package dev.signalbox.http;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.concurrent.TimeoutException;

/// A request's body as it comes. One that is too long or takes too long is refused in the middle.
final class TimedBody extends FilterInputStream {
  private final int longest;
  private final Patience patience;
  private final long began = System.nanoTime();
  private long came;

  /// @param longest in bytes
  TimedBody(InputStream in, int longest, Patience patience) {
    super(in);
    this.longest = longest;
    this.patience = patience;
  }

  @Override
  public int read() throws IOException {
    var one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  @Override
  public int read(byte[] bytes, int from, int count) throws IOException {
    int n = some(bytes, from, count);
    came += Math.max(n, 0);
    if (came > longest) {
      throw Body.tooLong(longest);
    }
    if (n >= 0 && System.nanoTime() - began > patience.body(came).toNanos()) {
      throw tooSlow();
    }
    return n;
  }

  private int some(byte[] bytes, int from, int count) throws IOException {
    try {
      return super.read(bytes, from, count);
    } catch (IOException e) {
      for (Throwable why = e; why != null; why = why.getCause()) {
        if (why instanceof TimeoutException) {
          throw tooSlow(); // nothing came at all, and the connection's patience is at its end
        }
      }
      throw e;
    }
  }

  private static HttpRefusal tooSlow() {
    return new HttpRefusal(
        408, "body_too_slow", "The body did not come in time. Send the request again.");
  }
}
