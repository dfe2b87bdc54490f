package dev.signalbox.journal;

import dev.signalbox.event.Turn;

/// A turn's text in its lengths: whole, as events show it, and not at all.
final class Prompts {
  /// So much of a prompt is shown in events and lists, in UTF-8.
  static final int SHOWN_BYTES = 64 << 10;

  private Prompts() {}

  static boolean isWhole(Turn turn) {
    return Characters.utf8(turn.text()) == turn.bytes();
  }

  static Turn without(Turn turn) {
    return with(turn, "");
  }

  static Turn shortened(Turn turn) {
    int end = Characters.headOf(turn.text(), SHOWN_BYTES);
    return end == turn.text().length() ? turn : with(turn, turn.text().substring(0, end));
  }

  static Turn with(Turn turn, String text) {
    return new Turn(
        turn.id(),
        turn.lane(),
        turn.state(),
        text,
        turn.bytes(),
        turn.agent(),
        turn.model(),
        turn.mode(),
        turn.effort(),
        turn.attachments(),
        turn.clientId(),
        turn.queuedAt(),
        turn.notBefore(),
        turn.startedAt(),
        turn.endedAt(),
        turn.reason(),
        turn.error(),
        turn.usage());
  }
}
