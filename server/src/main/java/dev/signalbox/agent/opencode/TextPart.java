package dev.signalbox.agent.opencode;

/// How much of a part of text was told. Pieces carry no position, so after a gap in the stream they
/// cannot be placed: then the rest is told when the part is whole. For the reader thread.
final class TextPart {
  private final boolean reasoning;
  private int told;
  private boolean unplaced;

  TextPart(boolean reasoning) {
    this.reasoning = reasoning;
  }

  boolean reasoning() {
    return reasoning;
  }

  /// One more piece; what of it is to be told.
  String piece(String delta) {
    if (unplaced) {
      return "";
    }
    told += delta.length();
    return delta;
  }

  /// The part as a whole; what of it is still to be told. opencode trims a finished text, which
  /// takes nothing back.
  ///
  /// @param finished whether no more pieces come
  String whole(String text, boolean finished) {
    if (finished) {
      unplaced = true;
    }
    if (text.length() <= told) {
      return "";
    }
    var rest = text.substring(told);
    told = text.length();
    return rest;
  }

  /// Pieces may have been missed.
  void gap() {
    unplaced = true;
  }
}
