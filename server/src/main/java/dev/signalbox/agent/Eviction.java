package dev.signalbox.agent;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Which processes and threads have to go. Pure: a function of what there is and of the time.
///
/// Never one that is busy (a turn runs in it, with or without an open ask), never one that is kept
/// warm. What has idled too long goes; beyond a ceiling, whoever was used longest ago goes first.
final class Eviction {
  private Eviction() {}

  enum Reason {
    IDLE,
    TOO_MANY,
    MEMORY
  }

  /// @param idleSince null while it is busy or starting
  /// @param idle how long it may idle
  /// @param memory in bytes, 0 when unknown
  record Entry(String id, @Nullable Instant idleSince, boolean pinned, Duration idle, long memory) {
    boolean mayGo() {
      return idleSince != null && !pinned;
    }

    /// When it will have idled too long; null when it will not.
    @Nullable Instant evictsAt() {
      return idleSince == null || pinned ? null : idleSince.plus(idle);
    }
  }

  record Verdict(String id, Reason reason) {}

  /// @param most how many may stay
  /// @param memory how many bytes those that stay may have together
  static List<Verdict> decide(List<Entry> entries, int most, long memory, Instant now) {
    var verdicts = new ArrayList<Verdict>();
    var staying = new ArrayList<Entry>();
    for (var entry : entries) {
      var end = entry.evictsAt();
      if (end != null && !end.isAfter(now)) {
        verdicts.add(new Verdict(entry.id(), Reason.IDLE));
      } else {
        staying.add(entry);
      }
    }
    for (var entry : staying.stream().filter(Entry::mayGo).sorted(longestUnused()).toList()) {
      if (staying.size() > most) {
        verdicts.add(new Verdict(entry.id(), Reason.TOO_MANY));
        staying.remove(entry);
      } else if (sum(staying) > memory) {
        verdicts.add(new Verdict(entry.id(), Reason.MEMORY));
        staying.remove(entry);
      }
    }
    return verdicts;
  }

  private static Comparator<Entry> longestUnused() {
    return Comparator.comparing(
        entry -> entry.idleSince() == null ? Instant.MAX : entry.idleSince());
  }

  private static long sum(List<Entry> entries) {
    return entries.stream().mapToLong(Entry::memory).sum();
  }
}
