package dev.signalbox.job;

import static org.assertj.core.api.Assertions.assertThat;

import dev.signalbox.agent.AgentEvent;
import dev.signalbox.event.Usage;
import org.junit.jupiter.api.Test;

class JobAnswerTest {
  private final JobAnswer answer = new JobAnswer();

  @Test
  void nothingSaidIsNoAnswer() {
    assertThat(answer.text()).isNull();
  }

  @Test
  void anotherMessageIsAnotherAnswer() {
    answer.accept(new AgentEvent.Text("first ", "m1"));
    answer.accept(new AgentEvent.Text("second ", "m2"));
    answer.accept(new AgentEvent.Text("on", "m2"));
    assertThat(answer.text()).isEqualTo("second on");
  }

  @Test
  void whatASubagentSaysIsNotTheAnswer() {
    answer.accept(new AgentEvent.Text("mine", null));
    answer.accept(new AgentEvent.Text("its", null, "c1"));
    assertThat(answer.text()).isEqualTo("mine");
  }

  @Test
  void aLongAnswerKeepsItsHeadAndItsTail() {
    answer.accept(new AgentEvent.Text("begin ", null));
    for (int i = 0; i < 100_000; i++) {
      answer.accept(new AgentEvent.Text("😀", null));
    }
    answer.accept(new AgentEvent.Text(" end", null));
    assertThat(answer.text()).startsWith("begin 😀").endsWith("😀 end").contains("\n…\n");
    assertThat(answer.text()).hasSizeLessThanOrEqualTo(64 * 1024 + 3);
    assertThat(answer.text().chars().filter(c -> Character.isHighSurrogate((char) c)).count())
        .isEqualTo(answer.text().chars().filter(c -> Character.isLowSurrogate((char) c)).count());
  }

  @Test
  void anAnswerThatJustFitsIsWhole() {
    answer.accept(new AgentEvent.Text("x".repeat(64 * 1024), null));
    assertThat(answer.text()).isEqualTo("x".repeat(64 * 1024));
    answer.accept(new AgentEvent.Text("y", null));
    assertThat(answer.text()).contains("\n…\n").endsWith("xy");
  }

  @Test
  void usageOfTurnsAddsUpAndUsageOfTheWholeReplaces() {
    answer.accept(new AgentEvent.UsageReported(tokens(5), true));
    answer.accept(new AgentEvent.UsageReported(tokens(7), true));
    assertThat(answer.usage().totalTokens()).isEqualTo(12);
    answer.accept(new AgentEvent.UsageReported(tokens(20), false));
    assertThat(answer.usage().totalTokens()).isEqualTo(20);
  }

  @Test
  void onlyNoticesThatMatterAreNoted() {
    answer.accept(new AgentEvent.Notice("a", "info", "fine"));
    for (int i = 0; i < 30; i++) {
      answer.accept(new AgentEvent.Notice("b", "warn", "denied " + i));
    }
    assertThat(answer.notes()).hasSize(20).contains("denied 0").doesNotContain("fine");
  }

  private static Usage tokens(long total) {
    return new Usage(null, null, null, null, total, null, null, null, null);
  }
}
