package dev.signalbox.cli;

import dev.signalbox.config.RuntimeContext;
import dev.signalbox.config.RuntimeContext.ServerNote;
import dev.signalbox.refusal.Refused;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// `signalbox up`.
@Command(
    name = "up",
    description = {
      "Start the server (the default command), print one line with a link to it and stay until it ends.",
      "When a server of this data folder and context runs already, print a fresh link to that one."
    })
final class Up implements Callable<Integer> {
  static final int USUAL_PORT = 7420;

  private static final Set<String> LOOPBACK = Set.of("127.0.0.1", "::1", "localhost");
  private static final Duration LONGEST_WAIT = Duration.ofSeconds(30);
  private static final long BETWEEN_LOOKS_MILLIS = 100;

  private final Cli.Host host;

  @Mixin private final CommonOptions common;

  @Option(
      names = "--port",
      paramLabel = "N",
      description = "The port to listen on; 0 for any free one (default: ${DEFAULT-VALUE}).")
  int port = USUAL_PORT;

  @Option(
      names = "--host",
      paramLabel = "H",
      description =
          "The address to listen on: 127.0.0.1, ::1 or localhost (default: ${DEFAULT-VALUE}). To use"
              + " Signalbox from elsewhere, forward the port over SSH.")
  String address = "127.0.0.1";

  @Option(names = "--no-open", description = "Do not open the browser.")
  boolean noOpen;

  @Option(
      names = "--detach",
      description = "Start the server in the background and return once it is ready.")
  boolean detach;

  @Option(
      names = "--ready-file",
      paramLabel = "F",
      description = "Write {\"pid\",\"port\",\"url\",\"data\"} to this file once the server is up.")
  @Nullable Path readyFile;

  @Option(
      names = "--control",
      paramLabel = "on|off",
      description =
          "off: everything can be looked at, and nothing started, changed or answered (default:"
              + " ${DEFAULT-VALUE}).")
  String control = "on";

  Up(Cli.Host host) {
    this.host = host;
    this.common = new CommonOptions(host.environment());
  }

  @Override
  public Integer call() throws InterruptedException {
    var options = options();
    var ready = ReadyFile.at(readyFile);
    var running = RunningServer.find(options.context());
    if (running.isPresent()) {
      return present(running.get(), ready);
    }
    if (detach) {
      new Background(host).start(options);
      return present(require(options.context()), ready, false);
    }
    var launched = host.launcher().launch(options);
    return launched.isPresent()
        ? stay(launched.get(), ready)
        : present(awaitOther(options.context()), ready);
  }

  private UpOptions options() {
    if (port < 0 || port > 65_535) {
      throw new WrongCall("The port %d is not possible: use 0 to 65535.".formatted(port));
    }
    if (!LOOPBACK.contains(address)) {
      throw new WrongCall(
          "Signalbox does not listen on %s: whoever reaches it can run programs as you, so in this version it listens on this computer only (127.0.0.1, ::1 or localhost). To use it from elsewhere, forward the port over SSH."
              .formatted(address));
    }
    if (!control.equals("on") && !control.equals("off")) {
      throw new WrongCall("--control is on or off, not \"%s\".".formatted(control));
    }
    return new UpOptions(
        common.context(), address, port, control.equals("on"), Signalbox.Version.own());
  }

  private int stay(Launcher.Running running, ReadyFile ready) throws InterruptedException {
    var note = running.note();
    var link = running.link();
    say(note, link, "Signalbox is ready at " + link);
    ready.write(note);
    open(link);
    running.awaitEnd();
    return 0;
  }

  private int present(RunningServer server, ReadyFile ready) throws InterruptedException {
    return present(server, ready, true);
  }

  private int present(RunningServer running, ReadyFile ready, boolean already)
      throws InterruptedException {
    try (var server = running) {
      var note = server.note();
      var link = Links.fresh(server);
      say(
          note,
          link,
          already
              ? "Signalbox runs already (pid %d): %s".formatted(note.pid(), link)
              : "Signalbox is ready at " + link);
      ready.write(note);
      open(link);
      return 0;
    }
  }

  private void say(ServerNote note, String link, String line) {
    if (common.json) {
      new Screen(host)
          .json(
              Rest.object()
                  .put("pid", note.pid())
                  .put("port", note.port())
                  .put("url", note.url())
                  .put("data", note.data())
                  .put("context", note.context())
                  .put("link", link));
    } else {
      new Screen(host).line(line);
    }
    host.out().flush();
  }

  private void open(String link) {
    if (!noOpen) {
      new Browser(host.environment()).open(link);
    }
  }

  private static RunningServer require(RuntimeContext context) throws InterruptedException {
    return RunningServer.require(context);
  }

  /// The server of a context that another has taken, or is about to take, and that may not be up
  /// yet.
  static RunningServer awaitOther(RuntimeContext context) throws InterruptedException {
    var end = System.nanoTime() + LONGEST_WAIT.toNanos();
    Optional<RunningServer> other = RunningServer.find(context);
    while (other.isEmpty()) {
      if (System.nanoTime() > end) {
        throw Refused.unavailable(
            "context_taken",
            "Another process holds the context %s of %s and is no server that answers; end it, or choose another with --context NAME."
                .formatted(context.name(), context.data().root()));
      }
      Thread.sleep(BETWEEN_LOOKS_MILLIS);
      other = RunningServer.find(context);
    }
    return other.get();
  }
}
