package dev.signalbox.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class PlainTest {
  @Test
  void ordinaryTextOfAnyLanguageStaysAsItIs() {
    var text = "Grüße, 你好 👩‍👩‍👧\n\tx";

    assertThat(Plain.text(text)).isEqualTo(text);
    assertThat(Plain.exact("Grüße, 你好")).isEqualTo("Grüße, 你好");
  }

  @Test
  void whatATerminalWouldObeyIsShownInstead() {
    assertThat(Plain.text("\u001b]52;c;AAAA\u0007\u001b[2J")).isEqualTo("␛]52;c;AAAA␇␛[2J");
    assertThat(Plain.text("a\u009bb\u007f")).isEqualTo("a<U+009B>b<U+007F>");
    assertThat(Plain.text("good\rbad")).isEqualTo("goodbad");
    assertThat(Plain.text("line\r\nnext")).isEqualTo("line\nnext");
  }

  @Test
  void whatTurnsOrHidesTextIsWrittenOutWhereSomebodyIsAboutToAllowIt() {
    assertThat(Plain.text("gnp.\u202eexe")).isEqualTo("gnp.<U+202E>exe");
    assertThat(Plain.exact("rm\u200b -rf\r")).isEqualTo("rm<U+200B> -rf<U+000D>");
  }

  @Test
  void aLineHasNoLineEnds() {
    assertThat(Plain.line("  one\n\n two\tthree ")).isEqualTo("one two three");
  }
}
