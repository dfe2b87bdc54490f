package dev.signalbox.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.signalbox.process.Child;
import dev.signalbox.process.Children;
import dev.signalbox.process.Command;
import dev.signalbox.process.StartFailed;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;

/// The programs that Signalbox uses, and how it keeps hold of them on this computer. Tries the
/// life-line itself, in a folder of its own that is gone afterwards.
final class Tools implements AutoCloseable {
  private static final String VERSIONS = "versions";
  private static final String LIFE_LINE = "life-line";
  private static final Duration LONGEST = Duration.ofSeconds(10);
  private static final int MOST = 4_096;
  private static final Path NOWHERE = Path.of("/");

  // Held, because a logger that nobody holds forgets its level.
  private final Logger log = Logger.getLogger("dev.signalbox.process");
  private final Map<String, String> environment;
  private final Path folder;
  private final @Nullable Children children;
  private final String refusal;

  private Tools(
      Map<String, String> environment, Path folder, @Nullable Children children, String refusal) {
    this.environment = environment;
    this.folder = folder;
    this.children = children;
    this.refusal = refusal;
    log.setLevel(Level.OFF); // what it would say is in the report
  }

  /// Never fails: that nothing can be started is a finding.
  static Tools open(Map<String, String> environment) {
    Path folder;
    try {
      folder = Files.createTempDirectory("signalbox-doctor");
    } catch (IOException e) {
      return new Tools(environment, NOWHERE, null, "no temporary folder: " + e.getMessage());
    }
    try {
      return new Tools(environment, folder, Children.open(folder, environment), "");
    } catch (StartFailed e) {
      return new Tools(environment, folder, null, String.valueOf(e.getMessage()));
    }
  }

  void versions(Report report) throws InterruptedException {
    version(report, "git", true);
    version(report, "node", false);
    version(report, "bwrap", false);
  }

  private void version(Report report, String program, boolean needed) throws InterruptedException {
    var children = this.children;
    if (children == null) {
      report.problem(VERSIONS, program, "not tried: " + refusal);
      return;
    }
    try (var child =
        children.start(new Command(List.of(program, "--version"), folder, environment))) {
      var watchdog = Thread.ofVirtual().start(() -> endLater(child));
      var said = new String(child.stdout().readNBytes(MOST), UTF_8).strip();
      var exit = child.waitFor();
      watchdog.interrupt();
      var version = said.lines().findFirst().orElse("");
      if (exit.code() == 0 && !version.isEmpty()) {
        report.fact(VERSIONS, program, version);
      } else {
        report.problem(VERSIONS, program, "does not tell its version");
      }
    } catch (StartFailed | IOException e) {
      missing(report, program, needed, String.valueOf(e.getMessage()));
    }
  }

  private static void endLater(Child child) {
    try {
      Thread.sleep(LONGEST);
      child.close();
    } catch (InterruptedException e) {
      // it has answered
    }
  }

  private static void missing(Report report, String program, boolean needed, String why) {
    if (needed) {
      report.problem(VERSIONS, program, why);
    } else {
      report.fact(VERSIONS, program, why);
    }
  }

  void lifeLine(Report report) {
    var children = this.children;
    if (children == null) {
      report.problem(LIFE_LINE, "guard", "cannot be started: " + refusal);
      return;
    }
    report.fact(LIFE_LINE, "guard", "works: what the server started ends with it");
    if (children.namespaced()) {
      report.fact(
          LIFE_LINE,
          "bubblewrap",
          "works: the kernel ends whatever an agent started, however it hides");
    } else {
      report.problem(
          LIFE_LINE,
          "bubblewrap",
          "not usable (missing, or user namespaces are refused): a program of an agent that clears its environment and detaches itself may outlive the server");
    }
  }

  @Override
  public void close() {
    if (children != null) {
      children.close();
    }
    if (!folder.equals(NOWHERE)) {
      Leftovers.delete(folder);
    }
  }
}
