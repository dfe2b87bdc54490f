package dev.signalbox.cli;

/// Makes text of others harmless for a terminal: what an agent, a file name or a title contains
/// must not move the cursor, change colours or reach the terminal's own commands.
final class Plain {
  private static final int CONTROL_PICTURES = 0x2400;

  private Plain() {}

  /// Of any length; line ends and tabs stay.
  static String text(String text) {
    return map(text, false);
  }

  /// On one line.
  static String line(String text) {
    return map(text.strip().replaceAll("\\s*[\\r\\n]+\\s*", " "), false).replace('\t', ' ');
  }

  /// As [#text], and what cannot be seen is written out: for what somebody is about to allow.
  static String exact(String text) {
    return map(text, true);
  }

  private static String map(String text, boolean exact) {
    if (text.codePoints().noneMatch(c -> isSpecial(c, exact))) {
      return text;
    }
    var out = new StringBuilder(text.length() + 16);
    text.codePoints().forEach(c -> append(out, c, exact));
    return out.toString();
  }

  private static void append(StringBuilder out, int c, boolean exact) {
    if (!isSpecial(c, exact)) {
      out.appendCodePoint(c);
    } else if (c < 0x20 && !exact) {
      if (c != '\r') { // of a line end, or meant to overwrite the line: neither is wanted
        out.appendCodePoint(CONTROL_PICTURES + c);
      }
    } else {
      out.append("<U+%04X>".formatted(c));
    }
  }

  private static boolean isSpecial(int c, boolean exact) {
    if (c == '\n' || c == '\t') {
      return false;
    }
    return Character.isISOControl(c)
        || isDirection(c)
        || (exact && Character.getType(c) == Character.FORMAT)
        || (c >= 0xD800 && c <= 0xDFFF);
  }

  /// Characters that turn the direction of what follows, so that it reads as something else.
  private static boolean isDirection(int c) {
    return (c >= 0x202A && c <= 0x202E) || (c >= 0x2066 && c <= 0x2069);
  }
}
