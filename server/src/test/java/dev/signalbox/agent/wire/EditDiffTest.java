package dev.signalbox.agent.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import java.time.Duration;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class EditDiffTest {
  @Test
  void aNewFileComesFromNothing() {
    assertThat(EditDiff.unified("/w/new.txt", null, "one\ntwo\n"))
        .isEqualTo("--- /dev/null\n+++ b/w/new.txt\n@@ -0,0 +1,2 @@\n+one\n+two\n");
  }

  @Test
  void anUnchangedTextHasNoHunk() {
    assertThat(EditDiff.unified("a", "x\n", "x\n")).isEqualTo("--- a/a\n+++ b/a\n");
  }

  @Test
  void aChangeInALongFileShowsItsSurroundingsOnly() {
    var before = lines(0, 5_000);
    var diff = EditDiff.unified("a", before, before.replace("line 2500\n", "changed\n"));
    assertThat(diff).contains("-line 2500\n+changed\n").contains(" line 2499\n");
    assertThat(diff.lines().count()).isLessThan(15);
  }

  @Test
  void twoHugeTextsWithNothingInCommonTakeNoLongTime() {
    var before = lines(0, 60_000);
    var after = lines(100_000, 60_000);
    var diff =
        assertTimeoutPreemptively(
            Duration.ofSeconds(10), () -> EditDiff.unified("a", before, after));
    assertThat(diff).contains("@@ -1,60000 +1,60000 @@").contains("-line 0\n");
  }

  @Test
  void aTextThatIsTooLargeIsNotCompared() {
    assertThat(EditDiff.unified("a", "", "x".repeat(5_000_000))).contains("too large to show");
  }

  private static String lines(int from, int count) {
    return IntStream.range(from, from + count)
        .mapToObj(i -> "line " + i + "\n")
        .collect(Collectors.joining());
  }
}
