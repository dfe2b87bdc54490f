package dev.signalbox.process;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class StderrTailTest {
  private static String tail(String written) {
    var tail = new StderrTail(Redaction.knowing(Map.of("A_KEY", "canary words")));
    tail.drain(new ByteArrayInputStream(written.getBytes(StandardCharsets.UTF_8)));
    return tail.text();
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 1023, 1024, 1025, 9000, 65_535, 65_536})
  void whatFitsIsKeptWhole(int length) {
    String text = "ab\nc".repeat(length / 4 + 1).substring(0, length);

    assertThat(tail(text)).isEqualTo(text);
  }

  @ParameterizedTest
  @ValueSource(ints = {65_537, 70_000, 131_072, 1_000_000})
  void ofMoreTheEndIsKept(int length) {
    String text = "0123456\n".repeat(length / 8 + 1).substring(0, length);

    assertThat(text).endsWith(tail(text));
    assertThat(tail(text)).startsWith("0123456\n").hasSizeGreaterThan(StderrTail.SIZE - 16);
  }

  @Test
  void R_SEC_5_aSecretThatIsCutInTwoIsLeftOutWhole() {
    for (int cut = 0; cut < 40; cut++) {
      String secret = "line\nsk-canary0123456789canary0123456789 ";
      String after = "x\n".repeat((StderrTail.SIZE - cut) / 2);

      assertThat(tail(secret + after)).doesNotContain("canary").doesNotContain("0123");
    }
  }

  @Test
  void R_SEC_5_evenWithoutASpaceInSight() {
    assertThat(tail("a".repeat(100_000))).hasSize(StderrTail.SIZE - 4096);
  }

  @Test
  void R_SEC_5_colourDoesNotHideASecret() {
    assertThat(tail("\u001b[31mfailed\u001b[0m: canary\u001b[1m words\u0007\r\n"))
        .isEqualTo("failed: ***\n");
  }
}
