package dev.signalbox.agent.opencode;

import java.time.InstantSource;
import java.util.HexFormat;
import java.util.concurrent.atomic.AtomicLong;

/// Makes ids of messages as opencode makes them: they sort by the time they were made, which its
/// loop and our fence both rely on. The low 48 bits of milliseconds times 4096 plus a counter, in
/// hexadecimal, then letters that keep it apart from others. Safe for any thread.
final class MessageIds {
  private static final long MASK = (1L << 48) - 1;
  private static final HexFormat HEX = HexFormat.of();

  private final InstantSource clock;
  private final AtomicLong last = new AtomicLong();
  private final String tail;

  /// @param tail 14 letters or digits
  MessageIds(InstantSource clock, String tail) {
    this.clock = clock;
    this.tail = tail;
  }

  /// Greater than every id that was made before, here or by a server on this machine.
  String next() {
    long now = clock.millis() * 4096;
    long value = last.updateAndGet(before -> Math.max(before + 1, now));
    return "msg_" + HEX.toHexDigits(value & MASK, 12) + tail;
  }
}
