package dev.signalbox.cli;

import static dev.signalbox.cli.References.text;

import java.time.Duration;
import tools.jackson.databind.JsonNode;

/// Tells a lane for as long as somebody looks, or until nothing goes on in it any more.
final class LaneWatch {
  private static final Duration QUIET = Duration.ofMillis(300);

  private final LaneStream stream;
  private final Telling telling;
  private final Screen screen;
  private final boolean untilIdle;
  private String state;
  private boolean welcome;
  private int exit;

  /// @param state of the lane when it was last looked at
  LaneWatch(LaneStream stream, Telling telling, Screen screen, boolean untilIdle, String state) {
    this.stream = stream;
    this.telling = telling;
    this.screen = screen;
    this.untilIdle = untilIdle;
    this.state = state;
  }

  /// @return the exit code of the last turn that ended, 0 when none did
  int run() throws InterruptedException {
    while (true) {
      var frame = stream.next(QUIET);
      if (frame.isPresent()) {
        telling.tell(frame.get());
        note(frame.get());
      } else if (untilIdle && welcome && (state.equals("idle") || state.equals("error"))) {
        telling.endLine();
        return exit;
      }
      if (screen.out().checkError()) {
        return Cli.FAILED; // whoever read it has gone
      }
    }
  }

  private void note(JsonNode frame) {
    switch (text(frame, "type")) {
      case "welcome" -> welcomed(frame);
      case "lane.changed" -> state = text(frame, "state");
      case "turn.ended" -> ended(frame);
      default -> {}
    }
  }

  /// The state we began with may be older than the facts we began with.
  private void welcomed(JsonNode frame) {
    welcome = true;
    if (frame.path("running").isObject() || frame.path("running").isString()) {
      state = "running";
    } else if (!frame.path("queue").path("turns").isEmpty()) {
      state = "queued";
    }
  }

  private void ended(JsonNode frame) {
    telling.endLine();
    exit =
        switch (text(frame, "state")) {
          case "completed" -> 0;
          case "interrupted" -> {
            screen.remark("The turn was interrupted (%s).".formatted(text(frame, "reason")));
            yield Cli.INTERRUPTED;
          }
          default -> {
            screen.remark("The turn failed: " + ItemLine.problem(frame.path("error")));
            yield Cli.FAILED;
          }
        };
  }
}
