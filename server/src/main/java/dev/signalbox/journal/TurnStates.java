package dev.signalbox.journal;

import dev.signalbox.event.Turn;

/// What the column `turn.state` holds; below 3 a turn has not ended.
final class TurnStates {
  private static final Turn.State[] BY_CODE = {
    Turn.State.QUEUED,
    Turn.State.RUNNING,
    Turn.State.WAITING,
    Turn.State.COMPLETED,
    Turn.State.FAILED,
    Turn.State.INTERRUPTED,
    Turn.State.WITHDRAWN
  };

  private TurnStates() {}

  static int code(Turn.State state) {
    return switch (state) {
      case QUEUED -> 0;
      case RUNNING -> 1;
      case WAITING -> 2;
      case COMPLETED -> 3;
      case FAILED -> 4;
      case INTERRUPTED -> 5;
      case WITHDRAWN -> 6;
    };
  }

  static Turn.State of(int code) {
    return BY_CODE[code];
  }
}
