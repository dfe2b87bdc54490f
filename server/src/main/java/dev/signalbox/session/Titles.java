package dev.signalbox.session;

/// A session's first title: what its first prompt begins with.
final class Titles {
  private static final int LONGEST = 60;

  private Titles() {}

  static String of(String prompt) {
    var line = prompt.strip().lines().findFirst().orElse("").strip();
    if (line.codePointCount(0, line.length()) <= LONGEST) {
      return line;
    }
    var head = line.substring(0, line.offsetByCodePoints(0, LONGEST));
    int space = head.lastIndexOf(' ');
    return (space > LONGEST / 2 ? head.substring(0, space) : head) + "…";
  }
}
