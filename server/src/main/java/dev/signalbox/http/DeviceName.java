package dev.signalbox.http;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// What people call the browser behind a `User-Agent`, as far as it can be told.
final class DeviceName {
  // The order matters: each later browser says that it is the earlier ones too.
  private static final List<Map.Entry<String, String>> BROWSERS =
      List.of(
          Map.entry("Edg/", "Edge"),
          Map.entry("OPR/", "Opera"),
          Map.entry("Firefox/", "Firefox"),
          Map.entry("Chrome/", "Chrome"),
          Map.entry("Safari/", "Safari"));
  private static final List<Map.Entry<String, String>> SYSTEMS =
      List.of(
          Map.entry("Android", "Android"),
          Map.entry("iPhone", "iPhone"),
          Map.entry("iPad", "iPad"),
          Map.entry("Mac OS X", "macOS"),
          Map.entry("Windows", "Windows"),
          Map.entry("Linux", "Linux"));

  private DeviceName() {}

  static String of(@Nullable String userAgent) {
    var agent = userAgent == null ? "" : userAgent;
    return first(BROWSERS, agent, "Browser") + " on " + first(SYSTEMS, agent, "an unknown system");
  }

  private static String first(List<Map.Entry<String, String>> marks, String agent, String other) {
    return marks.stream()
        .filter(mark -> agent.contains(mark.getKey()))
        .map(Map.Entry::getValue)
        .findFirst()
        .orElse(other);
  }
}
