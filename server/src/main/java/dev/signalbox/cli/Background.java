package dev.signalbox.cli;

import dev.signalbox.config.RuntimeContext;
import dev.signalbox.process.Bystander;
import dev.signalbox.process.Command;
import dev.signalbox.refusal.Refused;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/// Starts a server in a process of its own, with the same Java and the same flags, that outlives
/// this one and its terminal.
final class Background {
  private static final Duration LONGEST_START = Duration.ofSeconds(60);
  private static final long BETWEEN_LOOKS_MILLIS = 20;

  private final Cli.Host host;

  Background(Cli.Host host) {
    this.host = host;
  }

  /// Returns when a server of the context is up, this one or one that somebody started meanwhile.
  ///
  /// @throws Refused with what the server said when it ended instead
  void start(UpOptions options) throws InterruptedException {
    var context = options.context();
    context.prepare();
    var errors = context.logs().resolve("up.log");
    var process =
        Bystander.start(
            new Command(argv(options), Path.of("").toAbsolutePath(), host.environment()), errors);
    var end = System.nanoTime() + LONGEST_START.toNanos();
    while (!isUp(context)) {
      if (!process.isAlive() && !isUp(context)) {
        throw Refused.unavailable("not_started", said(errors));
      }
      if (System.nanoTime() > end) {
        throw Refused.unavailable(
            "not_started",
            "The server (pid %d) is not up after %d s; what it said is in %s."
                .formatted(process.pid(), LONGEST_START.toSeconds(), errors));
      }
      Thread.sleep(BETWEEN_LOOKS_MILLIS);
    }
  }

  private static boolean isUp(RuntimeContext context) throws InterruptedException {
    var found = RunningServer.find(context);
    found.ifPresent(RunningServer::close);
    return found.isPresent();
  }

  private List<String> argv(UpOptions options) {
    var argv = new ArrayList<String>();
    argv.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    argv.addAll(ManagementFactory.getRuntimeMXBean().getInputArguments());
    argv.addAll(List.of("-cp", System.getProperty("java.class.path"), host.mainClass(), "up"));
    argv.addAll(List.of("--no-open", "--port", "" + options.port(), "--host", options.host()));
    argv.addAll(List.of("--data", options.context().data().root().toString()));
    argv.addAll(List.of("--context", options.context().name()));
    argv.addAll(List.of("--control", options.control() ? "on" : "off"));
    return argv;
  }

  private static String said(Path errors) {
    try {
      var text = Files.readString(errors).strip();
      return text.isEmpty() ? "The server ended at once and said nothing." : text;
    } catch (IOException e) {
      return "The server ended at once; what it said could not be read in " + errors + ".";
    }
  }
}
