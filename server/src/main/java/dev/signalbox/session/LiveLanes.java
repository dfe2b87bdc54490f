package dev.signalbox.session;

import dev.signalbox.id.LaneId;
import dev.signalbox.id.SessionId;
import dev.signalbox.refusal.Refused;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// The lanes that are in memory. One is taken up, with what it finds of its past, when somebody
/// first asks for it, and stays until it is ended. Any thread may call.
final class LiveLanes implements AutoCloseable {
  /// Longer than a turn's grace: an agent that does not obey is replaced within it.
  private static final Duration CLOSING = Duration.ofSeconds(12);

  private final Surroundings around;
  private final Map<LaneId, Lane> lanes = new ConcurrentHashMap<>();

  LiveLanes(Surroundings around) {
    this.around = around;
  }

  /// The lane of that name or id (`main` means worker).
  Lane find(SessionId session, String nameOrId) {
    var name = nameOrId.equals("main") ? "worker" : nameOrId;
    var entries = around.database().read(handle -> Catalogue.lanes(handle, session));
    if (entries.isEmpty()) {
      throw unknownSession(session);
    }
    for (var entry : entries) {
      if (entry.row().name().equals(name) || entry.row().id().value().equals(name)) {
        return lanes.computeIfAbsent(entry.row().id(), id -> takeUp(entry));
      }
    }
    throw Refused.notFound(
        "unknown_lane",
        "The session "
            + session
            + " has no lane '"
            + nameOrId
            + "'; it has: "
            + entries.stream().map(e -> e.row().name()).collect(Collectors.joining(", "))
            + ".");
  }

  Lane find(LaneId lane) {
    var known = lanes.get(lane);
    if (known != null) {
      return known;
    }
    var entry =
        around
            .database()
            .read(handle -> Catalogue.lane(handle, lane))
            .orElseThrow(() -> Refused.notFound("unknown_lane", "There is no lane " + lane + "."));
    return lanes.computeIfAbsent(lane, id -> takeUp(entry));
  }

  private Lane takeUp(Catalogue.LaneEntry entry) {
    var actor = new LaneActor(entry.row(), around, LaneMemory.recall(around, entry));
    actor.start();
    return new Lane(actor, around);
  }

  /// Ends its turn as interrupted for `reason`, its actor and its threads.
  void end(LaneId id, String reason) {
    var lane = lanes.remove(id);
    if (lane != null) {
      quietly(() -> lane.close(reason));
    }
    around.pool().closeLane(id);
  }

  /// Null for a lane that is not in memory.
  @Nullable LaneGlance glance(LaneId id) {
    var lane = lanes.get(id);
    return lane == null ? null : lane.glance();
  }

  /// Ends all of them, side by side; idempotent.
  @Override
  public void close() {
    var threads = new ArrayList<Thread>();
    for (var lane : lanes.values()) {
      threads.add(Thread.ofVirtual().start(() -> quietly(() -> lane.close("shutdown"))));
    }
    for (var thread : threads) {
      try {
        thread.join(CLOSING);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
    lanes.clear();
  }

  private static void quietly(Runnable work) {
    try {
      work.run();
    } catch (Refused e) {
      // it had ended already
    }
  }

  static Refused unknownSession(SessionId session) {
    return Refused.notFound("unknown_session", "There is no session " + session + ".");
  }
}
