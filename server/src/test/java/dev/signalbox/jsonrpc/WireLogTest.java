package dev.signalbox.jsonrpc;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import org.junit.jupiter.api.Test;

class WireLogTest {
  @Test
  void keepsTheNewestEightMegabytes() {
    var log = new WireLog();
    var line = new byte[1024 * 1024];
    Arrays.fill(line, (byte) 'x');
    for (int i = 0; i < 200; i++) {
      line[0] = (byte) ('a' + i % 26);
      log.add("<", line, line.length);
    }
    long kept = log.lines().stream().mapToLong(String::length).sum() * 2;
    assertThat(kept).isBetween(7L * 1024 * 1024, 8L * 1024 * 1024);
    assertThat(log.lines().getLast()).contains(" < " + (char) ('a' + 199 % 26));
  }
}
