package dev.signalbox.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.ValueSource;

/// Runs every test of a class with PID namespaces and without, and sees to it that each leaves
/// nothing.
@ParameterizedClass(name = "namespace={0}")
@ValueSource(booleans = {true, false})
abstract class ChildrenFixture {
  static final Path ROOT = Path.of("/");
  static final Exit KILLED_BY_US = new Exit(137, "SIGKILL", true);

  @Parameter boolean namespaces;
  @TempDir Path directory;
  final String nonce = Machine.nonce();
  Path runs;
  Children children;

  @BeforeEach
  void open() {
    runs = directory.resolve("runs");
    children = Children.open(runs, System.getenv(), namespaces, new ProcTable());
    assumeTrue(children.namespaced() == namespaces, "bubblewrap does not work here");
  }

  @AfterEach
  void nothingIsLeftAfterTheEnd() throws IOException {
    children.close();
    assertThat(Machine.alive(nonce)).isEmpty();
    try (var left = Files.list(runs)) {
      assertThat(left).isEmpty();
    }
  }

  /// Runs `script` with `sh`; its `$1` is the nonce.
  Child start(String script) {
    return children.start(Machine.shell(script, nonce));
  }

  Child startAndAwaitFirstLine(String script) throws IOException {
    Child child = start(script);
    assertThat(line(child)).isEqualTo("up");
    return child;
  }

  /// Byte by byte: a reader of its own would take more than the line.
  static String line(Child child) throws IOException {
    var line = new StringBuilder();
    for (int c = child.stdout().read(); c >= 0 && c != '\n'; c = child.stdout().read()) {
      line.append((char) c);
    }
    return line.toString();
  }

  static String output(Child child) throws IOException {
    return new String(child.stdout().readAllBytes(), StandardCharsets.UTF_8);
  }
}
