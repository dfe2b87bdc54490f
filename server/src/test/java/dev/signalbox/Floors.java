package dev.signalbox;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;

/// The floors of the house, as the plan of the house draws them: a room uses rooms on lower floors
/// only. A room is a package with everything below it, but each driver below `agent` is a room of
/// its own.
final class Floors {
  private static final String HOUSE = "dev.signalbox";

  private static final Set<String> DRIVERS =
      Set.of(
          "agent.acp", "agent.codex", "agent.claude", "agent.opencode", "agent.exec", "agent.tui");

  /// What the drivers have in common.
  private static final Set<String> SHARED = Set.of("agent", "agent.launch", "agent.wire");

  private static final List<Set<String>> FLOORS =
      List.of(
          Set.of("store", "jsonrpc", "id", "event", "refusal"),
          Set.of("journal", "config", "process"),
          Set.of(
              "agent",
              "agent.launch",
              "agent.wire",
              "agent.conformance",
              "agent.acp",
              "agent.codex",
              "agent.claude",
              "agent.opencode",
              "agent.exec",
              "agent.tui",
              "git",
              "practice"),
          Set.of("session", "change"),
          Set.of("review", "observe", "job", "notify", "search"),
          Set.of("http", "cli"),
          Set.of(""));

  private Floors() {}

  /// Which room a package belongs to; empty when the plan does not know it. The composition root is
  /// the room without a name.
  static Optional<String> room(String packageName) {
    var inside = packageName.equals(HOUSE) ? "" : packageName.substring(HOUSE.length() + 1);
    return FLOORS.stream()
        .flatMap(Set::stream)
        .filter(room -> inside.equals(room) || (!room.isEmpty() && inside.startsWith(room + ".")))
        .max((a, b) -> Integer.compare(a.length(), b.length()));
  }

  /// Whether code in one room may use another, both as [#room] names them.
  static boolean mayUse(String from, String to) {
    if (from.equals("practice")) {
      return to.equals("practice") || to.equals("jsonrpc");
    }
    return from.equals(to) || floor(to) < floor(from) || isStatedException(from, to);
  }

  private static boolean isStatedException(String from, String to) {
    return (from.equals("event") && to.equals("id"))
        // Every room may refuse, the lowest ones too.
        || to.equals("refusal")
        || (DRIVERS.contains(from) && SHARED.contains(to))
        || (SHARED.contains(from) && to.equals("agent"))
        || (from.equals("agent.conformance") && to.equals("agent"))
        || (from.equals("agent.launch") && to.equals("agent.wire"))
        || (from.equals("agent.exec") && DRIVERS.contains(to));
  }

  private static int floor(String room) {
    return IntStream.range(0, FLOORS.size())
        .filter(n -> FLOORS.get(n).contains(room))
        .findFirst()
        .orElseThrow(() -> new IllegalArgumentException("no room named " + room));
  }
}
