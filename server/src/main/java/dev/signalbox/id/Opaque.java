package dev.signalbox.id;

final class Opaque {
  private static final int LONGEST = 64;

  private Opaque() {}

  /// Refuses what can never be an identifier of ours, so that nonsense from a client stops at the
  /// edge.
  static void require(String value, String kind) {
    if (value.isEmpty() || value.length() > LONGEST) {
      throw new IllegalArgumentException(
          "not a " + kind + " id: " + value.length() + " characters, expected 1 to " + LONGEST);
    }
    for (int i = 0; i < value.length(); i++) {
      char c = value.charAt(i);
      if (c != '_' && c != '-' && !(c >= '0' && c <= '9') && !(c >= 'a' && c <= 'z')) {
        throw new IllegalArgumentException(
            "not a " + kind + " id: character " + (int) c + " at " + i);
      }
    }
  }
}
