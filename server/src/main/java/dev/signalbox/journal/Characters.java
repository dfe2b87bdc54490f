package dev.signalbox.journal;

/// What has to be known of UTF-16 and UTF-8 to measure and cut text without breaking a character.
final class Characters {
  private Characters() {}

  /// Length in UTF-8. A surrogate without its other half counts 1: it is written as `?`.
  static long utf8(CharSequence text) {
    long bytes = 0;
    for (int i = 0; i < text.length(); i++) {
      int one = utf8(text, i);
      bytes += one;
      i += one == 4 ? 1 : 0;
    }
    return bytes;
  }

  /// Of the one character that begins at `index`; 4 when it is a pair.
  private static int utf8(CharSequence text, int index) {
    char c = text.charAt(index);
    if (c < 0x80) {
      return 1;
    }
    if (c < 0x800) {
      return 2;
    }
    if (!Character.isSurrogate(c)) {
      return 3;
    }
    return isPair(text, index) ? 4 : 1;
  }

  /// Whether a surrogate pair begins at `index`.
  static boolean isPair(CharSequence text, int index) {
    return index >= 0
        && index + 1 < text.length()
        && Character.isHighSurrogate(text.charAt(index))
        && Character.isLowSurrogate(text.charAt(index + 1));
  }

  /// `index`, or one less when a cut there would split a pair.
  static int before(CharSequence text, int index) {
    return isPair(text, index - 1) ? index - 1 : index;
  }

  /// `index`, or one more when a cut there would split a pair.
  static int after(CharSequence text, int index) {
    return isPair(text, index - 1) ? index + 1 : index;
  }

  /// The longest beginning of at most `most` bytes in UTF-8: its length in UTF-16 units.
  static int headOf(CharSequence text, int most) {
    int left = most;
    int i = 0;
    while (i < text.length()) {
      int one = utf8(text, i);
      if (one > left) {
        break;
      }
      left -= one;
      i += one == 4 ? 2 : 1;
    }
    return i;
  }

  /// The longest ending of at most `most` bytes in UTF-8: where it begins.
  static int tailOf(CharSequence text, int most) {
    int left = most;
    int i = text.length();
    while (i > 0) {
      int begin = isPair(text, i - 2) ? i - 2 : i - 1;
      int one = utf8(text, begin);
      if (one > left) {
        break;
      }
      left -= one;
      i = begin;
    }
    return i;
  }
}
