package dev.signalbox.cli;

import static dev.signalbox.cli.References.text;

import java.time.Duration;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import tools.jackson.databind.JsonNode;

/// Tells a turn until it ends or needs an answer.
final class TurnFollow {
  static final int NEEDS_ANSWER = 3;

  /// An ask that is answered within this time by something else (a device that looks on) needs
  /// nobody here.
  private static final Duration QUIET = Duration.ofMillis(300);

  private static final Duration LOOK = Duration.ofSeconds(1);

  private final LaneStream stream;
  private final String turn;
  private final Telling telling;
  private final Screen screen;
  private final Set<String> asks = new HashSet<>();
  private String remarked = "";

  TurnFollow(LaneStream stream, String turn, Telling telling, Screen screen) {
    this.stream = stream;
    this.turn = turn;
    this.telling = telling;
    this.screen = screen;
  }

  /// @return the exit code: 0 completed, 1 failed, 130 interrupted, 3 needs an answer
  int run() throws InterruptedException {
    while (true) {
      var frame = stream.next(asks.isEmpty() ? LOOK : QUIET);
      if (frame.isPresent()) {
        telling.tell(frame.get());
        var end = end(frame.get());
        if (end.isPresent()) {
          return end.get();
        }
      } else if (!asks.isEmpty()) {
        telling.endLine();
        remark("The turn waits for an answer; it goes on when it has one.");
        return NEEDS_ANSWER;
      }
      if (screen.out().checkError()) {
        return Cli.FAILED; // whoever read it has gone
      }
    }
  }

  private Optional<Integer> end(JsonNode frame) {
    var ask = frame.path("ask");
    switch (text(frame, "type")) {
      case "ask.opened" -> {
        if (text(ask, "turn").equals(turn)) {
          asks.add(text(ask, "id"));
        }
      }
      case "ask.closed" -> asks.remove(text(ask, "id"));
      case "welcome", "queue.changed" -> held(frame.path("queue"));
      case "lane.changed" -> waits(frame);
      case "turn.withdrawn" -> {
        return text(frame, "turn").equals(turn) ? Optional.of(withdrawn()) : Optional.empty();
      }
      case "turn.ended" -> {
        return text(frame, "turn").equals(turn) ? Optional.of(ended(frame)) : Optional.empty();
      }
      case "reset" -> {
        remark("The lane was reset, and the turn with it.");
        return Optional.of(Cli.FAILED);
      }
      default -> {}
    }
    return Optional.empty();
  }

  private int ended(JsonNode frame) {
    telling.endLine();
    return switch (text(frame, "state")) {
      case "completed" -> 0;
      case "interrupted" -> {
        remark("The turn was interrupted (%s).".formatted(text(frame, "reason")));
        yield Cli.INTERRUPTED;
      }
      default -> {
        var problem = ItemLine.problem(frame.path("error"));
        remark("The turn failed: " + (problem.isBlank() ? text(frame, "reason") + "." : problem));
        yield Cli.FAILED;
      }
    };
  }

  private int withdrawn() {
    remark("The prompt was taken back before it started.");
    return Cli.INTERRUPTED;
  }

  private void held(JsonNode queue) {
    var mine = queue.path("turns").valueStream().anyMatch(id -> id.asString("").equals(turn));
    if (mine && queue.path("held").asBoolean(false)) {
      remark(
          "The queue of the lane is held (%s): the prompt starts when someone says go on in the browser."
              .formatted(text(queue, "reason")));
    } else if (mine) {
      remark("The prompt is queued.");
    }
  }

  private void waits(JsonNode frame) {
    var waitsFor = frame.path("waitsFor");
    if (text(waitsFor, "reason").equals("turn-limit")) {
      remark("The prompt waits until fewer turns are in flight.");
    } else if (!text(waitsFor, "job").isEmpty()) {
      remark(
          "The prompt waits for the job %s, which writes to the same folder."
              .formatted(text(waitsFor, "job")));
    } else if (waitsFor.isObject()) {
      remark(
          "The prompt waits for a turn of session %s that writes to the same folder."
              .formatted(text(waitsFor, "session")));
    }
  }

  private void remark(String remark) {
    if (!remark.equals(remarked)) {
      telling.endLine();
      screen.remark(remark);
      remarked = remark;
    }
  }
}
