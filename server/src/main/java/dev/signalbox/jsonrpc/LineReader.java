package dev.signalbox.jsonrpc;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/// Cuts a stream into lines of bounded length. Of a longer line only the head is kept; its rest is
/// read and forgotten, so that memory stays bounded whatever comes. Not safe for several threads.
final class LineReader {
  static final int HEAD = 1024;
  private static final int CHUNK = 64 * 1024;

  private final InputStream in;
  private final int limit;
  private final byte[] chunk = new byte[CHUNK];
  private int from;
  private int to;
  private byte[] line = new byte[CHUNK];
  private int length;
  private long whole;

  LineReader(InputStream in, int limit) {
    this.in = in;
    this.limit = limit;
  }

  /// Goes to the next line; false at the end of the stream.
  boolean next() throws IOException {
    length = 0;
    whole = 0;
    if (line.length > CHUNK) {
      line = new byte[CHUNK]; // one huge line must not hold its memory for ever
    }
    while (true) {
      if (from == to) {
        from = 0;
        to = Math.max(in.read(chunk), 0);
        if (to == 0) {
          return whole > 0;
        }
      }
      int end = indexOfNewline();
      take(end < 0 ? to : end);
      if (end >= 0) {
        from = end + 1;
        return true;
      }
      from = to;
    }
  }

  /// Whether the line was longer than the limit; its content is then only its head.
  boolean oversized() {
    return whole > length;
  }

  /// The line in the first [#length] bytes, without its end. Valid until the next line.
  byte[] content() {
    return line;
  }

  int length() {
    return length;
  }

  /// The whole length of the line, also when it is oversized.
  long bytes() {
    return whole;
  }

  String head() {
    return new String(line, 0, Math.min(length, HEAD), StandardCharsets.UTF_8);
  }

  private int indexOfNewline() {
    for (int i = from; i < to; i++) {
      if (chunk[i] == '\n') {
        return i;
      }
    }
    return -1;
  }

  private void take(int end) {
    int count = end - from;
    whole += count;
    if (whole > limit) {
      length = Math.min(length, HEAD);
      return;
    }
    if (length + count > line.length) {
      line = Arrays.copyOf(line, Math.max(length + count, Math.min(limit, line.length * 2)));
    }
    System.arraycopy(chunk, from, line, length, count);
    length += count;
  }
}
