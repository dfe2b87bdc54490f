package dev.signalbox.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.io.PrintStream;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;

/// Somebody at a terminal who calls `signalbox`, in this process. It starts no server: `up` finds
/// its context taken.
final class Terminal {
  private final Map<String, String> environment;
  private final byte[] typed;

  private Terminal(Map<String, String> environment, byte[] typed) {
    this.environment = Map.copyOf(environment);
    this.typed = typed;
  }

  static Terminal with(Map<String, String> environment) {
    return new Terminal(environment, new byte[0]);
  }

  /// What comes in on standard input.
  Terminal typing(byte[] bytes) {
    return new Terminal(environment, bytes.clone());
  }

  /// How a call ended.
  record Called(int exit, String out, String err) {
    List<String> errLines() {
      return err.lines().toList();
    }
  }

  Called call(String... args) {
    return start(args).end();
  }

  /// A call that goes on while others look at what it says.
  Running start(String... args) {
    return new Running(environment, new ByteArrayInputStream(typed), args);
  }

  static final class Running {
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();
    private final AtomicReference<Integer> exit = new AtomicReference<>();
    private final Thread thread;

    private Running(Map<String, String> environment, InputStream in, String... args) {
      var host =
          new Cli.Host(
              environment,
              in,
              new PrintStream(out, true, UTF_8),
              new PrintStream(err, true, UTF_8),
              options -> Optional.empty(),
              "dev.signalbox.Main");
      thread = Thread.ofVirtual().start(() -> exit.set(Cli.run(host, args)));
    }

    String out() {
      return out.toString(UTF_8);
    }

    String err() {
      return err.toString(UTF_8);
    }

    boolean isAlive() {
      return thread.isAlive();
    }

    /// Waits for the end of the call, for a minute at most.
    Called end() {
      try {
        if (!thread.join(java.time.Duration.ofSeconds(60))) {
          throw new AssertionError("the call does not end; it said: " + out() + err());
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
      return new Called(exit.get(), out(), err());
    }
  }
}
