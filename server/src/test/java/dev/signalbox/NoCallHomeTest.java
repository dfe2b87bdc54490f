package dev.signalbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// There is no telemetry and no call home, so nothing is missed where there is no network at all.
class NoCallHomeTest {
  private static final String SCRIPT =
      """
      set -e
      "$JAVA" -cp "$CLASSES" dev.signalbox.Main up --port 0 --no-open --detach --data "$DATA"
      "$JAVA" -cp "$CLASSES" dev.signalbox.Main send list --project "$PROJECT" --agent practice --lane worker --follow --data "$DATA"
      "$JAVA" -cp "$CLASSES" dev.signalbox.Main down --data "$DATA"
      """;

  @TempDir Path folder;

  @Test
  void R_THR_5_theServerAndATurnWorkInAnEmptyNetworkNamespace()
      throws IOException, InterruptedException {
    assumeTrue(canMakeANamespace(), "bubblewrap is not there or may not make namespaces");
    var project = Files.createDirectory(folder.resolve("project"));
    Files.writeString(project.resolve("only-file.txt"), "x");

    var builder = new ProcessBuilder(namespace("sh", "-c", SCRIPT));
    builder.environment().put("JAVA", Path.of(System.getProperty("java.home"), "bin/java") + "");
    builder.environment().put("CLASSES", mainClassPath());
    builder.environment().put("DATA", folder.resolve("data").toString());
    builder.environment().put("PROJECT", project.toString());
    builder.environment().put("HOME", Files.createDirectory(folder.resolve("home")).toString());
    builder.redirectErrorStream(true);
    var process = builder.start();
    var said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

    assertThat(process.waitFor(10, TimeUnit.SECONDS)).isTrue();
    assertThat(process.exitValue()).as(said).isZero();
    assertThat(said).contains("only-file.txt");
  }

  private static boolean canMakeANamespace() throws InterruptedException {
    try {
      return new ProcessBuilder(namespace("true")).start().waitFor() == 0;
    } catch (IOException e) {
      return false;
    }
  }

  /// bubblewrap brings the loopback interface up in the namespace it makes.
  private static List<String> namespace(String... command) {
    var argv =
        Arrays.asList(
            "bwrap --bind / / --dev-bind /dev /dev --unshare-net --die-with-parent --".split(" "));
    return java.util.stream.Stream.concat(argv.stream(), Arrays.stream(command)).toList();
  }

  private static String mainClassPath() {
    return Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
        .filter(entry -> !entry.contains("test-classes"))
        .collect(Collectors.joining(File.pathSeparator));
  }
}
