package dev.signalbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The closing line of `./check`.
class SumOfChecksTest {
  @TempDir private Path folder;

  @BeforeEach
  void needsNode() {
    assumeTrue(isOnPath("node"), "Node.js is not on the PATH");
  }

  @Test
  void sumsUpJavaAndBrowserTestsAndNamesWhatFailed() throws Exception {
    surefire(
        """
        <testsuite tests="4">
          <testcase name="a" classname="T" time="0.1"/>
          <testcase name="b &lt;3&gt;" classname="T" time="0.1"><failure message="x">y</failure></testcase>
          <testcase name="c" classname="T" time="0.1"><skipped message="no bwrap"/></testcase>
          <testcase name="d" classname="T" time="0.1">
            <system-out><![CDATA[<failure/> <testcase name="fake">]]></system-out>
          </testcase>
        </testsuite>
        """);
    vitest(
        """
        {"testResults": [
          {"name": "a.test.ts", "status": "passed", "assertionResults":
            [{"status": "passed", "fullName": "p"}, {"status": "pending", "fullName": "q"}]},
          {"name": "broken.test.ts", "status": "failed", "assertionResults": []}]}
        """);

    var ran = sum();

    assertThat(ran.out())
        .contains("FAILED T.b <3>\n", "FAILED broken.test.ts\n")
        .endsWith("\n3 passed, 2 failed, 2 skipped\n");
    assertThat(ran.exit()).isOne();
  }

  @Test
  void aRunThatFailedWithoutATestCountsAsOneFailure() throws Exception {
    vitest("{\"success\": false, \"testResults\": []}");

    assertThat(sum().out()).endsWith("\n0 passed, 1 failed, 0 skipped\n");
  }

  @Test
  void aStepThatFailedCountsAlthoughNoTestDid() throws Exception {
    surefire("<testsuite><testcase name='a' classname='T'/></testsuite>".replace('\'', '"'));

    assertThat(sum().out()).isEqualTo("1 passed, 0 failed, 0 skipped\n");
    assertThat(sum("Java").out()).isEqualTo("FAILED step: Java\n1 passed, 1 failed, 0 skipped\n");
    assertThat(sum("Java").exit()).isOne();
  }

  @Test
  void nothingThatRanIsNoSuccess() throws Exception {
    assertThat(sum().exit()).isOne();
  }

  private void surefire(String xml) throws IOException {
    var reports = Files.createDirectories(folder.resolve("server/target/surefire-reports"));
    Files.writeString(reports.resolve("TEST-T.xml"), xml);
  }

  private void vitest(String json) throws IOException {
    Files.writeString(folder.resolve("web.json"), json);
  }

  private Checkout.Ran sum(String... broken) throws IOException, InterruptedException {
    var script = Path.of("../bin/count-tests.mjs").toAbsolutePath().toString();
    var command = new ArrayList<>(List.of("node", script, "."));
    command.addAll(List.of(broken));
    return Checkout.await(new ProcessBuilder(command).directory(folder.toFile()).start());
  }

  private static boolean isOnPath(String program) {
    return List.of(System.getenv("PATH").split(":", -1)).stream()
        .anyMatch(at -> Files.isExecutable(Path.of(at, program)));
  }
}
