package dev.signalbox.session;

import dev.signalbox.event.ThreadState;
import dev.signalbox.event.Usage;
import dev.signalbox.id.LaneId;
import java.time.Instant;
import java.time.InstantSource;
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

  Threads(LaneId lane, InstantSource clock, List<ThreadState> stored) {
    this.lane = lane;
    this.clock = clock;
    for (var thread : stored) {
      byAgent.put(thread.agent(), asAfterRestart(thread));
    }
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
            origin.equals("new") || known == null ? null : known.usage(),
            pid));
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
