package dev.signalbox.agent.codex;

import dev.signalbox.agent.wire.Json;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.MissingNode;

/// What Codex told last of the limits of the account's use. Safe for any thread.
final class UseLimits {
  private static final int FULL = 100;

  private record Window(double used, Instant resetsAt) {}

  private volatile JsonNode told = MissingNode.getInstance();

  /// Takes over an `account/rateLimits/updated`; one that tells of no window changes nothing.
  void learn(JsonNode params) {
    var limits = params.path("rateLimits");
    if (!windows(limits).isEmpty()) {
      told = limits;
    }
  }

  /// When work can go on after a limit was hit: the last end of the windows that are used up, or,
  /// when Codex calls none so, of the one that is used most.
  Optional<Instant> resetsAt() {
    var windows = windows(told);
    var full = windows.stream().filter(window -> window.used() >= FULL).toList();
    return full.isEmpty()
        ? windows.stream()
            .reduce((one, other) -> other.used() > one.used() ? other : one)
            .map(Window::resetsAt)
        : full.stream().map(Window::resetsAt).max(Instant::compareTo);
  }

  private static List<Window> windows(JsonNode limits) {
    return Stream.of(limits.path("primary"), limits.path("secondary"))
        .filter(window -> Json.number(window, "resetsAt") != null)
        .map(window ->
            new Window(
                window.path("usedPercent").asDouble(0),
                Instant.ofEpochSecond(window.path("resetsAt").asLong(0))))
        .toList();
  }
}
