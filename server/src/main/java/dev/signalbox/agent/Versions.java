package dev.signalbox.agent;

import dev.signalbox.event.Problem;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Compares the version of an agent with what its registry entry needs and knows.
public final class Versions {
  private Versions() {}

  /// Whether the version is below the least that works. A version nobody could find out is not.
  public static boolean tooOld(Agent agent, @Nullable String version) {
    return version != null && agent.least() != null && compare(version, agent.least()) < 0;
  }

  /// Says that a version is too old, with the way out.
  public static AgentUnavailable refusal(Agent agent, @Nullable String version) {
    return new AgentUnavailable(
        new Problem(
            "agent-outdated",
            "%s %s is too old; Signalbox needs at least %s."
                .formatted(agent.title(), version, agent.least()),
            agent.install() == null ? "Upgrade it." : "Upgrade it: " + agent.install(),
            "install",
            null));
  }

  public static boolean atLeast(String version, String least) {
    return compare(version, least) >= 0;
  }

  /// What to say of a version that is newer than the newest that was tried: a later major version,
  /// or a later minor one of an agent that is still at 0. Null when there is nothing to say.
  public static @Nullable String notice(Agent agent, @Nullable String version) {
    var tried = agent.tried();
    if (version == null || tried == null || !isUnknown(numbers(version), numbers(tried))) {
      return null;
    }
    return "%s %s is newer than %s, the newest that Signalbox was tried with."
        .formatted(agent.title(), version, tried);
  }

  private static boolean isUnknown(List<Integer> version, List<Integer> tried) {
    int count = at(tried, 0) == 0 ? 2 : 1;
    return compare(version.subList(0, Math.min(count, version.size())), tried.subList(0, count))
        > 0;
  }

  static int compare(String one, String other) {
    return compare(numbers(one), numbers(other));
  }

  private static int compare(List<Integer> one, List<Integer> other) {
    for (int i = 0; i < Math.max(one.size(), other.size()); i++) {
      int order = Integer.compare(at(one, i), at(other, i));
      if (order != 0) {
        return order;
      }
    }
    return 0;
  }

  private static int at(List<Integer> numbers, int index) {
    return index < numbers.size() ? numbers.get(index) : 0;
  }

  /// The leading numbers: `1.2.3-rc.1` is 1, 2, 3.
  private static List<Integer> numbers(String version) {
    var numbers = new ArrayList<Integer>();
    for (var part : version.split("[.+-]", -1)) {
      if (part.isEmpty() || part.length() > 9 || !part.chars().allMatch(Character::isDigit)) {
        break;
      }
      numbers.add(Integer.valueOf(part));
    }
    return numbers;
  }
}
