package dev.signalbox.session;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class TitlesTest {
  @Test
  void aTitleIsTheFirstLineOfThePrompt() {
    assertThat(Titles.of("\n  Fix the login  \nand more")).isEqualTo("Fix the login");
  }

  @Test
  void aLongOneIsCutAtAWord() {
    assertThat(Titles.of("word ".repeat(40))).endsWith("word…").hasSizeLessThan(62);
  }

  @Test
  void R_UI_10_aSurrogatePairIsNeverCutInTwo() {
    var title = Titles.of("\uD83D\uDE00".repeat(80));

    assertThat(title).isEqualTo("\uD83D\uDE00".repeat(60) + "…");
  }
}
