package dev.signalbox.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.signalbox.config.DataFolder;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import picocli.CommandLine.Command;

/// `signalbox rehearse`: what a first minute does, in a folder of its own and without a word, so
/// that the JVM can note which classes that takes (the AOT cache of `./signalbox`). Not for people.
@Command(name = "rehearse", hidden = true, description = "Prepares fast starts; not for people.")
final class Rehearse implements Callable<Integer> {
  private static final Duration LONGEST = Duration.ofSeconds(60);

  private final Cli.Host host;

  Rehearse(Cli.Host host) {
    this.host = host;
  }

  @Override
  public Integer call() throws InterruptedException, IOException {
    var folder = Files.createTempDirectory("signalbox-rehearsal");
    var exit = new int[] {Cli.FAILED};
    var rehearsal = Thread.ofVirtual().unstarted(() -> exit[0] = quietly(folder));
    rehearsal.start();
    rehearsal.join(LONGEST);
    Leftovers.delete(folder);
    return rehearsal.isAlive() ? Cli.FAILED : exit[0];
  }

  private int quietly(Path folder) {
    try {
      return rehearse(folder);
    } catch (InterruptedException e) {
      return Cli.INTERRUPTED;
    } catch (IOException | RuntimeException e) {
      e.printStackTrace(host.err()); // goes to the log of the build
      return Cli.FAILED;
    }
  }

  private int rehearse(Path folder) throws InterruptedException, IOException {
    var data = folder.resolve("data").toString();
    var project = Files.createDirectory(folder.resolve("project")).toString();
    var context = DataFolder.locate(data, environment()).context("main");
    var server = new FutureTask<>(() -> run("up", "--port", "0", "--no-open", "--data", data));
    Thread.ofPlatform().daemon().start(server);
    int exit;
    try (var running = Up.awaitOther(context)) {
      var rest = running.rest();
      rest.page("/");
      exit =
          run("agents", "--data", data)
              + run(
                  "send",
                  "--data",
                  data,
                  "--project",
                  project,
                  "--agent",
                  "practice",
                  "--follow",
                  "help")
              + run("ls", "--data", data);
      rest.post("/api/server/stop", Rest.object());
    }
    try {
      return exit + server.get();
    } catch (ExecutionException e) {
      throw new IllegalStateException("the server did not end well", e.getCause());
    }
  }

  private int run(String... args) {
    var silence = new PrintStream(OutputStream.nullOutputStream(), true, UTF_8);
    return Cli.run(
        new Cli.Host(
            environment(),
            new ByteArrayInputStream(new byte[0]),
            silence,
            host.err(),
            host.launcher(),
            host.mainClass()),
        args);
  }

  /// Without what would lead out of the folder, or to a display.
  private Map<String, String> environment() {
    var environment = new HashMap<>(host.environment());
    environment
        .keySet()
        .removeIf(name -> name.startsWith("SIGNALBOX_") || name.contains("DISPLAY"));
    return environment;
  }
}
