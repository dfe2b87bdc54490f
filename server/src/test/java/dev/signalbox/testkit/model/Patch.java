package dev.signalbox.testkit.model;

import java.util.stream.Collectors;

/// The patches that Codex's `apply_patch` takes. Pure.
final class Patch {

  private Patch() {}

  static String adding(String path, String content) {
    return patch("*** Add File: " + path + "\n" + marked("+", content));
  }

  /// @param oldText whole lines
  static String replacing(String path, String oldText, String newText) {
    return patch(
        "*** Update File: " + path + "\n@@\n" + marked("-", oldText) + marked("+", newText));
  }

  private static String marked(String mark, String text) {
    return text.lines().map(line -> mark + line + "\n").collect(Collectors.joining());
  }

  private static String patch(String body) {
    return "*** Begin Patch\n" + body + "*** End Patch";
  }
}
