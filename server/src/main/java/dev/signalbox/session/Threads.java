package dev.signalbox.session;

import dev.signalbox.event.ThreadState;
import dev.signalbox.event.Usage;
import dev.signalbox.id.LaneId;
import dev.signalbox.id.TurnId;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// The agents' own conversations behind one lane, one per agent, as last known. Runs on the lane's
/// thread; the lane stores what [#changed] returns.
final class Threads {
  private final LaneId lane;
  private final InstantSource clock;
  private final Map<String, ThreadState> byAgent = new LinkedHashMap<>();

  /// The last turn each agent knows of.
  private final Map<String, TurnId> seen = new HashMap<>();

  /// The last turn of the lane that had an answer, when it was in this life of the server.
  private @Nullable TurnId last;

  Threads(LaneId lane, InstantSource clock, List<ThreadRows.Stored> stored) {
    this.lane = lane;
    this.clock = clock;
    for (var row : stored) {
      byAgent.put(row.thread().agent(), asAfterRestart(row.thread()));
      if (row.seen() != null) {
        seen.put(row.thread().agent(), row.seen());
      }
    }
  }

  /// What an agent knows of the lane.
  ///
  /// @param seen the last turn it knows of, null when it knows of none
  /// @param all whether that is known to be all there is
  record Knowledge(@Nullable TurnId seen, boolean all) {}

  Knowledge knowledge(String agent) {
    var known = seen.get(agent);
    return new Knowledge(known, known != null && known.equals(last));
  }

  @Nullable TurnId seen(String agent) {
    return seen.get(agent);
  }

  /// A turn of this agent ended.
  ///
  /// @param informed whether the agent knows of it, and of all before it
  void ended(String agent, TurnId turn, boolean informed) {
    last = turn;
    if (informed) {
      seen.put(agent, turn);
    }
  }

  /// The agent's conversation was begun anew in the middle of a turn.
  @Nullable ThreadState begunAnew(String agent, String origin) {
    var t = byAgent.get(agent);
    return t == null ? null : put(t.withOrigin(origin));
  }

  /// Nothing is up at first, whatever the row says.
  private static ThreadState asAfterRestart(ThreadState t) {
    var status = t.status().equals("active") || t.status().equals("idle") ? "idle" : t.status();
    return new ThreadState(
        t.lane(),
        t.agent(),
        t.driver(),
        t.nativeId(),
        status,
        t.hasThread(),
        t.origin(),
        t.model(),
        t.mode(),
        t.lastActiveAt(),
        t.usage(),
        null);
  }

  List<ThreadState> all() {
    return List.copyOf(byAgent.values());
  }

  Optional<ThreadState> find(String agent) {
    return Optional.ofNullable(byAgent.get(agent));
  }

  ThreadState opened(String agent, String driver, String nativeId, String origin, long pid) {
    var known = byAgent.get(agent);
    // "warm" is how it was reached, not how it came to be.
    var since = origin.equals("warm") && known != null ? known.origin() : origin;
    return put(
        new ThreadState(
            lane,
            agent,
            driver,
            nativeId,
            "active",
            true,
            since,
            known == null ? null : known.model(),
            known == null ? null : known.mode(),
            clock.instant(),
            isNew(origin) || known == null ? null : known.usage(),
            pid));
  }

  private static boolean isNew(String origin) {
    return origin.equals("new") || origin.equals("handed-over");
  }

  @Nullable ThreadState status(String agent, String status) {
    var t = byAgent.get(agent);
    if (t == null || t.status().equals(status)) {
      return null;
    }
    boolean up = status.equals("active") || status.equals("idle");
    return put(now(t, status, up ? t.pid() : null));
  }

  /// The process is gone, and with it nothing of the conversation.
  @Nullable ThreadState gone(String agent, String status) {
    var t = byAgent.get(agent);
    if (t == null || (t.status().equals(status) && t.pid() == null)) {
      return null;
    }
    return put(now(t, status, null));
  }

  private ThreadState now(ThreadState t, String status, @Nullable Long pid) {
    return new ThreadState(
        lane,
        t.agent(),
        t.driver(),
        t.nativeId(),
        status,
        t.hasThread(),
        t.origin(),
        t.model(),
        t.mode(),
        clock.instant(),
        t.usage(),
        pid);
  }

  /// What the agent's thread is by now; null when that is what was known.
  @Nullable ThreadState known(
      String agent,
      String nativeId,
      @Nullable Long pid,
      @Nullable String mode,
      @Nullable String model) {
    var t = byAgent.get(agent);
    if (t == null) {
      return null;
    }
    var now =
        new ThreadState(
            lane,
            agent,
            t.driver(),
            nativeId,
            t.status(),
            t.hasThread(),
            nativeId.equals(t.nativeId()) ? t.origin() : "new",
            model != null ? model : t.model(),
            mode != null ? mode : t.mode(),
            t.lastActiveAt(),
            t.usage(),
            pid);
    return now.equals(t) ? null : put(now);
  }

  @Nullable ThreadState chosen(String agent, @Nullable String mode, @Nullable String model) {
    var t = byAgent.get(agent);
    if (t == null) {
      return null;
    }
    return put(
        new ThreadState(
            lane,
            agent,
            t.driver(),
            t.nativeId(),
            t.status(),
            t.hasThread(),
            t.origin(),
            model != null ? model : t.model(),
            mode != null ? mode : t.mode(),
            t.lastActiveAt(),
            t.usage(),
            t.pid()));
  }

  @Nullable ThreadState used(String agent, Usage usage) {
    var t = byAgent.get(agent);
    if (t == null) {
      return null;
    }
    var sum = t.usage() == null ? usage : t.usage().plus(usage);
    return put(
        new ThreadState(
            lane,
            agent,
            t.driver(),
            t.nativeId(),
            t.status(),
            t.hasThread(),
            t.origin(),
            t.model(),
            t.mode(),
            t.lastActiveAt(),
            sum,
            t.pid()));
  }

  void clear() {
    byAgent.clear();
    seen.clear();
    last = null;
  }

  private ThreadState put(ThreadState thread) {
    byAgent.put(thread.agent(), thread);
    return thread;
  }

  static @Nullable Instant lastActive(List<ThreadState> threads) {
    Instant last = null;
    for (var thread : threads) {
      var at = thread.lastActiveAt();
      if (at != null && (last == null || at.isAfter(last))) {
        last = at;
      }
    }
    return last;
  }
}
