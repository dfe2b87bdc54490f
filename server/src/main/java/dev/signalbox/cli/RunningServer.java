package dev.signalbox.cli;

import dev.signalbox.config.RuntimeContext;
import dev.signalbox.config.RuntimeContext.ServerNote;
import dev.signalbox.refusal.Refused;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// The server of a context that runs now.
///
/// @param note as the server published it
/// @param rest what it is called through
record RunningServer(ServerNote note, Rest rest) implements AutoCloseable {
  private static final Duration LONGEST_START = Duration.ofSeconds(30);
  private static final long BETWEEN_LOOKS_MILLIS = 50;

  /// Finds it by its note and asks it whether it is up; waits for one that is starting.
  ///
  /// @return empty when there is none
  /// @throws Refused when there is one that does not answer
  static Optional<RunningServer> find(RuntimeContext context) throws InterruptedException {
    var note = context.lastServer().orElse(null);
    if (note == null || !isAlive(note)) {
      return Optional.empty();
    }
    // The token is shown to nobody but the process that the note names.
    var rest = new Rest(note.url(), context.data().existingToken());
    var end = System.nanoTime() + LONGEST_START.toNanos();
    while (true) {
      var status = rest.status();
      if (status.equals("up")) {
        return Optional.of(new RunningServer(note, rest));
      }
      if (status.isEmpty() || System.nanoTime() > end || !isAlive(note)) {
        rest.close();
        if (status.isEmpty()) {
          return Optional.empty();
        }
        throw Refused.unavailable(
            "server_starting",
            "The server (pid %d) has been starting for more than %d s; look at it, or end it and start again."
                .formatted(note.pid(), LONGEST_START.toSeconds()));
      }
      Thread.sleep(BETWEEN_LOOKS_MILLIS);
    }
  }

  /// @throws Refused when there is none
  static RunningServer require(RuntimeContext context) throws InterruptedException {
    return find(context)
        .orElseThrow(() ->
            Refused.unavailable(
                "not_running",
                "Signalbox is not running%s: start it with `signalbox up`."
                    .formatted(where(context))));
  }

  private static String where(RuntimeContext context) {
    return context.name().equals("main")
        ? " (data folder " + context.data().root() + ")"
        : " in the context %s (data folder %s)".formatted(context.name(), context.data().root());
  }

  /// A process of that number that is not younger than the note, as far as can be seen.
  static boolean isAlive(ServerNote note) {
    return ProcessHandle.of(note.pid())
        .filter(ProcessHandle::isAlive)
        .filter(process -> !isYounger(process.info().startInstant().orElse(null), note.startedAt()))
        .isPresent();
  }

  // The operating system tells start times in steps of some milliseconds.
  private static boolean isYounger(@Nullable Instant started, Instant noted) {
    return started != null && started.isAfter(noted.plusSeconds(2));
  }

  @Override
  public void close() {
    rest.close();
  }
}
