package dev.signalbox;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LogsTest {
  private static final Logger LOG = Logger.getLogger("dev.signalbox.test.Somewhere");

  @TempDir private Path folder;

  @Test
  void writesOneLineForEachRecordIntoTheFolder() throws IOException {
    try (var _ = Logs.into(folder)) {
      LOG.info("path=/api/health status=200");
      LOG.fine("too small to keep");
    }

    assertThat(lines())
        .singleElement()
        .asString()
        .matches("\\S+T\\S+Z INFO test.Somewhere path=/api/health status=200");
  }

  @Test
  void aMessageCannotForgeALineOrMoveTheCursor() throws IOException {
    try (var _ = Logs.into(folder)) {
      LOG.info("name=a\r\n2026-01-01T00:00:00Z INFO forged \u001b[2J\u202e");
    }

    assertThat(lines())
        .singleElement()
        .asString()
        .contains("a\\u{d}\\u{a}2026", "\\u{1b}[2J\\u{202e}");
  }

  @Test
  void aStackTraceBelongsVisiblyToItsLine() throws IOException {
    try (var _ = Logs.into(folder)) {
      LOG.log(Level.INFO, "it broke", new IllegalStateException("first\nsecond"));
    }

    assertThat(lines().getFirst()).endsWith(" it broke");
    assertThat(lines().stream().skip(1)).isNotEmpty().allMatch(line -> line.startsWith("  "));
  }

  @Test
  void librariesSayOnlyWhatIsWrongWhileAServerRuns() throws IOException {
    var library = Logger.getLogger("org.eclipse.jetty.server.Server");
    try (var _ = Logs.into(folder)) {
      library.info("hello");
      library.log(Level.WARNING, "low on threads");
    }

    assertThat(lines()).singleElement().asString().endsWith("low on threads");
    assertThat(library.isLoggable(Level.INFO)).isTrue();
  }

  private List<String> lines() throws IOException {
    return Files.readAllLines(folder.resolve("server.0.log"));
  }
}
