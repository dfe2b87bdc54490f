package dev.signalbox.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.InputStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class PromptTextTest {
  @Test
  @Tag("R-SEND-4")
  void R_SEND_4_whatIsPipedInIsTakenExactlyAsItIs() {
    var text = " first\r\n\n第二行\t👩‍👩‍👧 \n";

    assertThat(PromptText.of("-", in(text.getBytes(UTF_8)))).isEqualTo(text);
    assertThat(PromptText.of(" as typed\n", in())).isEqualTo(" as typed\n");
  }

  @Test
  void aMegabyteArrivesWhole() {
    var text = "x".repeat(1 << 20);

    assertThat(PromptText.of("-", in(text.getBytes(UTF_8)))).isEqualTo(text);
  }

  @Test
  void whatIsNoTextIsRefusedRatherThanChanged() {
    assertThatThrownBy(() -> PromptText.of("-", in((byte) 0xC3, (byte) 0x28)))
        .isInstanceOf(WrongCall.class)
        .hasMessageContaining("not UTF-8");
  }

  @Test
  void nothingIsNoPrompt() {
    assertThatThrownBy(() -> PromptText.of("-", in())).isInstanceOf(WrongCall.class);
    assertThatThrownBy(() -> PromptText.of("", in())).isInstanceOf(WrongCall.class);
  }

  private static InputStream in(byte... bytes) {
    return new ByteArrayInputStream(bytes);
  }
}
