package dev.signalbox.journal;

import dev.signalbox.id.LaneId;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/// The lanes that are held in memory: each as long as something uses it (an append on its way, an
/// open item, a cursor).
final class Lanes {
  /// Its count is touched inside the map's own atomic operations only.
  private static final class Held {
    private final LiveLane lane;
    private int uses;

    Held(LaneId id) {
      this.lane = new LiveLane(id);
    }
  }

  private final ConcurrentHashMap<LaneId, Held> held = new ConcurrentHashMap<>();

  /// Null when nothing is going on in the lane.
  @Nullable LiveLane find(LaneId id) {
    Held there = held.get(id);
    return there == null ? null : there.lane;
  }

  /// The lane, which stays until as many [#release]s.
  LiveLane use(LaneId id) {
    Held used =
        held.compute(
            id,
            (_, there) -> {
              Held one = there == null ? new Held(id) : there;
              one.uses++;
              return one;
            });
    return used.lane;
  }

  void release(LaneId id, int uses) {
    held.computeIfPresent(
        id,
        (_, there) -> {
          there.uses -= uses;
          return there.uses > 0 ? there : null;
        });
  }

  int size() {
    return held.size();
  }
}
