package dev.signalbox.journal;

import dev.signalbox.event.Ask;

/// What the column `ask.state` holds.
final class AskStates {
  private static final Ask.State[] BY_CODE = {
    Ask.State.OPEN, Ask.State.ANSWERED, Ask.State.WITHDRAWN, Ask.State.EXPIRED
  };

  private AskStates() {}

  static int code(Ask.State state) {
    return switch (state) {
      case OPEN -> 0;
      case ANSWERED -> 1;
      case WITHDRAWN -> 2;
      case EXPIRED -> 3;
    };
  }

  static Ask.State of(int code) {
    return BY_CODE[code];
  }
}
