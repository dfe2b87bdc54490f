package dev.signalbox.session;

import dev.signalbox.event.Queue;
import dev.signalbox.event.Turn;
import dev.signalbox.id.TurnId;
import dev.signalbox.refusal.Refused;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The turns of a lane that have not started, in the order they will run, and whether they may.
/// Runs on the lane's thread.
final class TurnQueue {
  /// More than a person means to queue; a program that does is told.
  static final int MOST = 200;

  /// Each with its whole text.
  private final List<Turn> turns = new ArrayList<>();

  private @Nullable String held;

  /// The first that need not wait for its time.
  @Nullable Turn head(Instant now) {
    return turns.stream().filter(turn -> isDue(turn, now)).findFirst().orElse(null);
  }

  private static boolean isDue(Turn turn, Instant now) {
    return turn.notBefore() == null || !turn.notBefore().isAfter(now);
  }

  /// When the next one is due of those that wait for their time.
  @Nullable Instant nextDue(Instant now) {
    return turns.stream()
        .filter(turn -> !isDue(turn, now))
        .map(Turn::notBefore)
        .min(Comparator.naturalOrder())
        .orElse(null);
  }

  boolean isEmpty() {
    return turns.isEmpty();
  }

  boolean held() {
    return held != null;
  }

  void hold(@Nullable String reason) {
    held = reason;
  }

  void add(Turn turn, boolean first) {
    if (turns.size() >= MOST) {
      throw new Refused(
          Refused.Kind.TOO_LARGE,
          "queue_full",
          "This lane's queue holds " + MOST + " prompts; wait or withdraw some.",
          null);
    }
    turns.add(first ? 0 : turns.size(), turn);
  }

  void clear() {
    turns.clear();
    held = null;
  }

  /// Takes the turn out; null when it is not queued here.
  @Nullable Turn remove(TurnId turn) {
    int at = indexOf(turn);
    return at < 0 ? null : turns.remove(at);
  }

  @Nullable Turn find(TurnId turn) {
    int at = indexOf(turn);
    return at < 0 ? null : turns.get(at);
  }

  void replace(Turn turn) {
    turns.set(indexOf(turn.id()), turn);
  }

  /// @param before null means last
  void move(TurnId turn, @Nullable TurnId before) {
    if (before != null && indexOf(before) < 0) {
      throw Refused.conflict(
          "not_queued", "The turn " + before + " is not queued, so nothing can stand before it.");
    }
    if (turn.equals(before)) {
      return;
    }
    var moved = turns.remove(indexOf(turn));
    turns.add(before == null ? turns.size() : indexOf(before), moved);
  }

  Queue view() {
    return new Queue(held != null, held, turns.stream().map(Turn::id).toList());
  }

  private int indexOf(TurnId turn) {
    for (int i = 0; i < turns.size(); i++) {
      if (turns.get(i).id().equals(turn)) {
        return i;
      }
    }
    return -1;
  }
}
