package dev.signalbox.agent;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.signalbox.id.LaneId;
import dev.signalbox.refusal.Refused;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/// Who is warm: the agent processes that are up and the threads that lanes have in them. A process
/// belongs to the pool, never to a request or a socket: it starts when a lane first needs it and is
/// shared by all lanes for which agent, environment and writable root are the same. Any thread may
/// call; nothing here holds a lock while it waits for an agent.
public final class AgentPool implements AutoCloseable {
  /// A lane's thread with an agent.
  ///
  /// @param origin `new`, `resumed`, or `warm` when it was open already
  public record PooledThread(AgentThread thread, String origin) {}

  private record Seat(LaneId lane, String agent) {}

  private record Taken(WarmProcess process, WarmThread thread) {}

  private final Registry registry;
  private final InstantSource clock;
  private final ReentrantLock lock = new ReentrantLock();

  @GuardedBy("lock")
  private final Map<WarmProcess.Key, WarmProcess> processes = new LinkedHashMap<>();

  /// Replaced while others still worked in them; they end with their last turn.
  @GuardedBy("lock")
  private final List<WarmProcess> draining = new ArrayList<>();

  @GuardedBy("lock")
  private final Map<Seat, Taken> seats = new LinkedHashMap<>();

  @GuardedBy("lock")
  private long numbers;

  @GuardedBy("lock")
  private boolean closed;

  public AgentPool(Registry registry, InstantSource clock) {
    this.registry = registry;
    this.clock = clock;
  }

  /// The lane's thread with this agent: the one that is open, else resumed, else new; starts a
  /// process when none fits. Blocks. A thread whose process died is replaced by a resumed or new
  /// one.
  ///
  /// @param nativeId of the thread the lane had, or null
  /// @throws AgentUnavailable with the reason; another call tries again
  public PooledThread thread(
      LaneId lane, Agent agent, Launch launch, ThreadSettings settings, @Nullable String nativeId)
      throws InterruptedException {
    var seat = new Seat(lane, agent.name());
    var key = WarmProcess.Key.of(agent, launch);
    var open = seated(seat, key);
    if (open != null) {
      return new PooledThread(open, "warm");
    }
    AgentUnavailable last = null;
    for (int attempt = 0; attempt < 2; attempt++) {
      var warm = warm(key, agent, launch);
      var process = warm.await();
      try {
        return sit(seat, warm, process, settings, nativeId);
      } catch (AgentUnavailable e) {
        if (process.alive()) {
          throw e;
        }
        last = e; // it died under our hands: one more try, with a new one
        forget(warm);
      }
    }
    throw last;
  }

  private PooledThread sit(
      Seat seat,
      WarmProcess warm,
      AgentProcess process,
      ThreadSettings settings,
      @Nullable String nativeId)
      throws InterruptedException {
    AgentThread thread = null;
    var origin = "new";
    var can = process.capabilities();
    if (nativeId != null && (can.resume() || can.load())) {
      thread = resumed(process, nativeId, settings);
      origin = thread == null ? "new" : "resumed";
    }
    if (thread == null) {
      thread = process.open(settings);
    }
    registry.learned(warm.agent(), thread.offers());
    var pooled = new WarmThread(thread, warm, this::idle);
    lock.lock();
    try {
      seats.put(seat, new Taken(warm, pooled));
    } finally {
      lock.unlock();
    }
    return new PooledThread(pooled, origin);
  }

  private static @Nullable AgentThread resumed(
      AgentProcess process, String nativeId, ThreadSettings settings) throws InterruptedException {
    try {
      return process.resume(nativeId, settings);
    } catch (AgentUnavailable e) {
      if (!process.alive()) {
        throw e;
      }
      return null; // the agent does not know it any more: a new one, and the lane says so
    }
  }

  private @Nullable WarmThread seated(Seat seat, WarmProcess.Key key) {
    lock.lock();
    try {
      var taken = seats.get(seat);
      if (taken == null || !taken.process.up() || processes.get(key) != taken.process) {
        return null;
      }
      return taken.thread;
    } finally {
      lock.unlock();
    }
  }

  /// The process for this key, which may still be starting; whoever comes first starts it.
  private WarmProcess warm(WarmProcess.Key key, Agent agent, Launch launch)
      throws InterruptedException {
    WarmProcess fresh;
    lock.lock();
    try {
      if (closed) {
        throw Refused.unavailable("closing", "Signalbox is stopping.");
      }
      var known = processes.get(key);
      if (known != null && !known.ended()) {
        return known;
      }
      fresh = new WarmProcess("a_" + ++numbers, key, agent, clock);
      processes.put(key, fresh);
    } finally {
      lock.unlock();
    }
    fresh.start(registry.driver(agent), launch, () -> forget(fresh));
    return fresh;
  }

  private void forget(WarmProcess process) {
    lock.lock();
    try {
      processes.remove(process.key(), process);
      draining.remove(process);
      seats.values().removeIf(taken -> taken.process == process);
    } finally {
      lock.unlock();
    }
  }

  /// Replaces the process of a thread that does not obey: ended when no other lane works in it,
  /// else drained (this lane moves to a new one, its neighbours' turns go on). Blocks.
  public void replace(AgentThread thread) {
    if (!(thread instanceof WarmThread warm)) {
      throw new IllegalArgumentException("not a thread of this pool: " + thread);
    }
    var process = warm.warmProcess();
    boolean shared;
    lock.lock();
    try {
      processes.remove(process.key(), process);
      seats.values().removeIf(taken -> taken.process == process);
      shared = process.busy() > 1;
      if (shared) {
        draining.add(process);
      }
    } finally {
      lock.unlock();
    }
    if (shared) {
      thread.close();
    } else {
      process.close();
    }
  }

  /// A turn in this process ended.
  private void idle(WarmProcess process) {
    boolean over;
    lock.lock();
    try {
      over = process.busy() == 0 && draining.remove(process);
    } finally {
      lock.unlock();
    }
    if (over) {
      Thread.ofVirtual().name("drained").start(process::close);
    }
  }

  /// Closes all threads of a lane; its processes stay warm for others. Idempotent.
  public void closeLane(LaneId lane) {
    var gone = new ArrayList<WarmThread>();
    lock.lock();
    try {
      seats
          .entrySet()
          .removeIf(entry -> {
            boolean its = entry.getKey().lane().equals(lane);
            if (its) {
              gone.add(entry.getValue().thread);
            }
            return its;
          });
    } finally {
      lock.unlock();
    }
    gone.forEach(AgentThread::close);
  }

  /// Processes that are up.
  public List<ProcessView> processes() {
    var lanes = new LinkedHashMap<WarmProcess, List<LaneId>>();
    lock.lock();
    try {
      processes.values().forEach(process -> lanes.put(process, new ArrayList<>()));
      draining.forEach(process -> lanes.put(process, new ArrayList<>()));
      seats.forEach((seat, taken) -> {
        var its = lanes.get(taken.process);
        if (its != null) {
          its.add(seat.lane());
        }
      });
    } finally {
      lock.unlock();
    }
    var views = new ArrayList<ProcessView>();
    lanes.forEach((process, its) -> {
      if (process.up()) {
        views.add(process.view(its));
      }
    });
    return views;
  }

  /// Keeps a process however long it idles, or no longer.
  ///
  /// @throws Refused not found
  public void pin(String id, boolean pinned) {
    find(id).pin(pinned);
  }

  /// Ends a process; its lanes' next turns start another. Blocks.
  ///
  /// @throws Refused not found
  public void stop(String id) {
    var process = find(id);
    forget(process);
    process.close();
  }

  private WarmProcess find(String id) {
    lock.lock();
    try {
      return processes.values().stream()
          .filter(process -> process.id().equals(id))
          .findFirst()
          .orElseThrow(
              () -> Refused.notFound("unknown_process", "There is no process " + id + "."));
    } finally {
      lock.unlock();
    }
  }

  /// Ends all processes, side by side; idempotent.
  @Override
  public void close() {
    var all = new ArrayList<WarmProcess>();
    lock.lock();
    try {
      closed = true;
      all.addAll(processes.values());
      all.addAll(draining);
      processes.clear();
      draining.clear();
      seats.clear();
    } finally {
      lock.unlock();
    }
    var threads = all.stream().map(process -> Thread.ofVirtual().start(process::close)).toList();
    for (var thread : threads) {
      try {
        thread.join();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
