package dev.signalbox.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;

class ArgumentsTest {
  @Test
  void upIsMeantWhenNoCommandIsNamed() {
    assertThat(parse()).isEqualTo(new Arguments("up", List.of()));
    assertThat(parse("--port", "0", "--no-open"))
        .isEqualTo(new Arguments("up", List.of("--port", "0", "--no-open")));
    assertThat(parse("--data", "D")).isEqualTo(new Arguments("up", List.of("--data", "D")));
  }

  @Test
  void optionsOfAllCommandsMayStandBeforeTheName() {
    assertThat(parse("--json", "--data", "D", "--context=c", "ls", "--state", "idle"))
        .isEqualTo(
            new Arguments(
                "ls", List.of("--json", "--data", "D", "--context=c", "--state", "idle")));
  }

  @Test
  void theValueOfAnOptionIsNoCommand() {
    assertThat(parse("--context", "ls")).isEqualTo(new Arguments("up", List.of("--context", "ls")));
  }

  @Test
  void helpAndVersionAreOfSignalboxItselfUnlessACommandIsNamed() {
    assertThat(parse("--help")).isEqualTo(new Arguments(null, List.of("--help")));
    assertThat(parse("-V")).isEqualTo(new Arguments(null, List.of("-V")));
    assertThat(parse("help")).isEqualTo(new Arguments(null, List.of("--help")));
    assertThat(parse("help", "send")).isEqualTo(new Arguments("send", List.of("--help")));
    assertThat(parse("send", "--help")).isEqualTo(new Arguments("send", List.of("--help")));
  }

  @Test
  void anUnknownCommandIsAnsweredWithTheKnownOnes() {
    assertThatThrownBy(() -> parse("lst"))
        .isInstanceOf(WrongCall.class)
        .hasMessageContaining("\"lst\"")
        .hasMessageContaining("up, open, down, send, run, ls, attach, stop, asks, answer, agents");
    assertThatThrownBy(() -> parse("")).isInstanceOf(WrongCall.class);
  }

  private static Arguments parse(String... args) {
    return Arguments.parse(List.of(args));
  }
}
