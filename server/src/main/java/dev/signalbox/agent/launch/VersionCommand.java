package dev.signalbox.agent.launch;

import dev.signalbox.process.Child;
import dev.signalbox.process.Children;
import dev.signalbox.process.Command;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicReference;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// Runs a command that prints a version, and finds the version in what it prints.
record VersionCommand(Children children) {
  private static final Duration LIMIT = Duration.ofSeconds(10);
  private static final int MOST = 8 * 1024;
  private static final Pattern VERSION = Pattern.compile("\\d+\\.\\d+[0-9A-Za-z.+-]*");

  /// @return null when the command prints none within 10 s
  /// @throws dev.signalbox.process.StartFailed when it cannot be started
  @Nullable String run(Command command) throws InterruptedException {
    var child = children.start(command);
    try {
      var printed = new AtomicReference<>("");
      var reader = Thread.ofVirtual().start(() -> printed.set(output(child)));
      reader.join(LIMIT);
      return version(printed.get());
    } finally {
      child.kill();
      child.close();
    }
  }

  static @Nullable String version(String printed) {
    var found = VERSION.matcher(printed);
    return found.find() ? found.group() : null;
  }

  private static String output(Child child) {
    try {
      return new String(child.stdout().readNBytes(MOST), StandardCharsets.UTF_8);
    } catch (IOException e) {
      return "";
    }
  }
}
