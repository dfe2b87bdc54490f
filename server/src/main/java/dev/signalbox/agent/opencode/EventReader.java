package dev.signalbox.agent.opencode;

import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.MissingNode;

/// Cuts a stream of server-sent events into messages. A line longer than the limit is read and
/// forgotten, so that memory stays bounded whatever comes. For one thread.
final class EventReader {
  static final int LONGEST_LINE = 16 * 1024 * 1024;
  private static final int CHUNK = 64 * 1024;
  private static final byte[] DATA = {'d', 'a', 't', 'a', ':'};

  private final InputStream in;
  private final int limit;
  private final byte[] chunk = new byte[CHUNK];
  private int from;
  private int to;
  private byte[] line = new byte[CHUNK];
  private int length;
  private boolean oversized;

  EventReader(InputStream in, int limit) {
    this.in = in;
    this.limit = limit;
  }

  /// The next message; a missing node for one that was too long or no JSON; null at the end.
  /// opencode writes each message as one line of data, so lines are not put together.
  @Nullable JsonNode next() throws IOException {
    while (nextLine()) {
      if (oversized) {
        return MissingNode.getInstance();
      }
      if (length > DATA.length && Arrays.equals(line, 0, DATA.length, DATA, 0, DATA.length)) {
        try {
          return OpencodeServer.JSON.readTree(line, DATA.length, length - DATA.length);
        } catch (JacksonException e) {
          return MissingNode.getInstance();
        }
      }
    }
    return null;
  }

  private boolean nextLine() throws IOException {
    length = 0;
    oversized = false;
    if (line.length > CHUNK) {
      line = new byte[CHUNK]; // one huge line must not hold its memory for ever
    }
    while (true) {
      if (from == to) {
        from = 0;
        to = Math.max(in.read(chunk), 0);
        if (to == 0) {
          return false; // what came without its end is no line
        }
      }
      int end = newline();
      take(end < 0 ? to : end);
      from = end < 0 ? to : end + 1;
      if (end >= 0) {
        return true;
      }
    }
  }

  private int newline() {
    for (int i = from; i < to; i++) {
      if (chunk[i] == '\n') {
        return i;
      }
    }
    return -1;
  }

  private void take(int end) {
    int count = end - from;
    if (oversized || length + count > limit) {
      oversized = true;
      return;
    }
    if (length + count > line.length) {
      line = Arrays.copyOf(line, Math.max(length + count, Math.min(limit, line.length * 2)));
    }
    System.arraycopy(chunk, from, line, length, count);
    length += count;
  }
}
