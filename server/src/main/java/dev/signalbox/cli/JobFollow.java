package dev.signalbox.cli;

import static dev.signalbox.cli.References.text;

import java.util.Set;
import tools.jackson.databind.JsonNode;

/// Tells a job until it ends. It looks again and again, because a job has no journal.
final class JobFollow {
  private static final long BETWEEN_LOOKS_MILLIS = 250;
  private static final Set<String> ENDED = Set.of("completed", "failed", "cancelled");

  /// From here on an answer may be cut in the middle, and no longer grows at its end.
  private static final int GROWS = 60_000;

  private final RunningServer server;
  private final Screen screen;
  private final String job;
  private final boolean json;
  private String printed = "";
  private String remarked = "";

  JobFollow(RunningServer server, Screen screen, String job, boolean json) {
    this.server = server;
    this.screen = screen;
    this.job = job;
    this.json = json;
  }

  static boolean ended(JsonNode job) {
    return ENDED.contains(text(job, "state"));
  }

  /// @return the exit code: 0 completed, 1 failed, 130 cancelled
  int run() throws InterruptedException {
    screen.remark("job " + job);
    var words =
        "\nThe job goes on. `signalbox run --show %s` shows it, `signalbox run --cancel %s` ends it."
            .formatted(job, job);
    try (var _ = new Parting(screen, words)) {
      while (true) {
        var now = server.rest().get("/api/jobs/" + job);
        boolean over = ended(now);
        tell(now, over);
        if (over) {
          return end(now);
        }
        if (screen.out().checkError()) {
          return Cli.FAILED; // whoever read it has gone
        }
        Thread.sleep(BETWEEN_LOOKS_MILLIS);
      }
    }
  }

  private void tell(JsonNode now, boolean over) {
    waits(now.path("waitsFor"));
    var result = Plain.text(text(now, "result"));
    if (json || (!over && result.length() > GROWS)) {
      return;
    }
    if (result.startsWith(printed)) {
      screen.out().print(result.substring(printed.length()));
    } else {
      screen.out().print("\n" + result); // it begins another answer
    }
    screen.out().flush();
    printed = result;
  }

  private int end(JsonNode now) {
    if (json) {
      screen.json(now);
    } else if (!printed.isEmpty() && !printed.endsWith("\n")) {
      screen.line("");
    }
    now.path("notes").forEach(note -> screen.remark(note.asString("")));
    if (!text(now, "folder").isEmpty()) {
      screen.remark("It left files in " + text(now, "folder"));
    }
    return switch (text(now, "state")) {
      case "completed" -> 0;
      case "cancelled" -> {
        screen.remark("The job was cancelled.");
        yield Cli.INTERRUPTED;
      }
      default -> {
        screen.remark("The job failed: " + ItemLine.problem(now.path("error")));
        yield Cli.FAILED;
      }
    };
  }

  private void waits(JsonNode waitsFor) {
    var reason = text(waitsFor, "reason");
    if (!reason.isEmpty() && !reason.equals(remarked)) {
      screen.remark(
          reason.equals("turn-limit")
              ? "The job waits until fewer turns are in flight."
              : "The job waits until nobody else writes to the folder.");
    }
    remarked = reason;
  }
}
