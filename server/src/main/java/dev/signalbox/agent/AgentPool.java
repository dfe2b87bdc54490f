package dev.signalbox.agent;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.signalbox.id.LaneId;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
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

  /// Where a lane sits with an agent.
  record Seat(LaneId lane, String agent) {}

  private final Registry registry;
  private final InstantSource clock;
  private final PoolLimits limits;
  private final WarmProcesses processes;
  private final PoolWatch watch;

  /// One at a time works on a seat; the others wait without holding anything, and find it taken.
  private final ConcurrentHashMap<Seat, Semaphore> doors = new ConcurrentHashMap<>();

  private final ReentrantLock lock = new ReentrantLock();

  @GuardedBy("lock")
  private final Map<Seat, WarmThread> seats = new LinkedHashMap<>();

  public AgentPool(Registry registry, InstantSource clock, PoolLimits limits) {
    this.registry = registry;
    this.clock = clock;
    this.limits = limits;
    this.processes = new WarmProcesses(registry, clock, limits);
    this.watch = new PoolWatch(processes, limits, this::leave);
  }

  /// Begins to look after the processes: every now and then [#sweep] and whether they answer.
  public void watch() {
    watch.start(this::sweep);
  }

  /// Tells `listener` what everybody should know: that a server many lanes use was replaced.
  public void onNotice(Consumer<AgentEvent.Notice> listener) {
    watch.onNotice(listener);
  }

  /// What it keeps to.
  public PoolLimits limits() {
    return limits;
  }

  /// Ends what has idled too long, processes and threads, and what is beyond the limits.
  /// Idempotent.
  public void sweep() {
    processes.sweep();
    var before = clock.instant().minus(limits.idle());
    var gone = new ArrayList<WarmThread>();
    lock.lock();
    try {
      for (var thread : seats.values()) {
        var process = thread.warmProcess();
        if (process.ended()
            || (!thread.running() && !process.pinned() && thread.lastUsed().isBefore(before))) {
          gone.add(thread);
        }
      }
      seats.values().removeAll(gone);
    } finally {
      lock.unlock();
    }
    gone.forEach(AgentThread::close);
  }

  /// Asks every process whether it answers, and replaces those that have not too often. Blocks, a
  /// few seconds at most.
  public void checkHealth() throws InterruptedException {
    watch.checkHealth();
  }

  /// The lane's thread with this agent: the one that is open, else resumed, else new; starts a
  /// process when none fits. Blocks; of several that come for one lane at once, one opens it and
  /// the others get the same. A thread whose process died is replaced by a resumed or new one.
  ///
  /// @param nativeId of the thread the lane had, or null
  /// @throws AgentUnavailable with the reason; another call tries again
  public PooledThread thread(
      LaneId lane, Agent agent, Launch launch, ThreadSettings settings, @Nullable String nativeId)
      throws InterruptedException {
    registry.refuseIfTooOld(agent);
    var key = key(lane, agent, launch);
    var seat = new Seat(lane, agent.name());
    var door = doors.computeIfAbsent(seat, any -> new Semaphore(1));
    door.acquire();
    try {
      var before = seated(seat);
      if (before != null && before.fits(key) && processes.current(before.warmProcess())) {
        // Where nothing is kept but the agent's files, each turn takes the conversation up anew.
        var path = TurnPath.of(true, true, registry.driver(agent).keeping());
        return new PooledThread(before, path == TurnPath.ONE_SHOT ? "resumed" : "warm");
      }
      var opened = open(key, launch, settings, nativeId);
      var thread =
          new WarmThread(
              opened.thread(),
              opened.process(),
              clock,
              // Its process may die between its opening and its prompt.
              known -> open(key(lane, agent, launch), launch, settings, known));
      take(seat, thread);
      if (before != null) {
        before.close(); // it sat in a process that does not fit any more
      }
      return new PooledThread(thread, opened.origin());
    } finally {
      door.release();
    }
  }

  private WarmProcess.Key key(LaneId lane, Agent agent, Launch launch) {
    return new WarmProcess.Key(
        agent,
        registry.driver(agent).shares() ? null : lane,
        launch.home(),
        launch.environment(),
        launch.network(),
        launch.writeRoot(),
        launch.sandbox());
  }

  private WarmThread.Opened open(
      WarmProcess.Key key, Launch launch, ThreadSettings settings, @Nullable String nativeId)
      throws InterruptedException {
    var first = processes.enter(key, launch);
    if (!first.up()) { // it ended in the moment it was entered, which is no fault of a conversation
      first.leave();
      processes.forget(first);
      first = processes.enter(key, launch);
    }
    try {
      return opened(first, settings, nativeId);
    } catch (AgentUnavailable e) {
      if (first.up()) {
        registry.failed(key.agent(), e.problem());
        throw e;
      }
      // It died under our hands. Should taking up the conversation be what kills it, then the lane
      // would never come back: so the second try begins a new one.
      processes.forget(first);
    } finally {
      first.leave();
    }
    var second = processes.enter(key, launch);
    try {
      return opened(second, settings, null);
    } finally {
      second.leave();
    }
  }

  private WarmThread.Opened opened(
      WarmProcess warm, ThreadSettings settings, @Nullable String nativeId)
      throws InterruptedException {
    var agent = warm.agent();
    var process = warm.await();
    var can = process.capabilities();
    if (nativeId != null && (can.resume() || can.load())) {
      try {
        var resumed = process.resume(nativeId, settings);
        registry.learned(agent, can, resumed.offers());
        return new WarmThread.Opened(resumed, warm, "resumed");
      } catch (AgentUnavailable e) {
        if (!process.alive()) {
          throw e;
        }
        // The agent does not know it any more, or took too long: a new one, and the lane says so.
      }
    }
    var thread = process.open(settings);
    registry.learned(agent, can, thread.offers());
    return new WarmThread.Opened(thread, warm, "new");
  }

  /// Replaces the process of a thread that does not obey: ended at once when no other lane's turn
  /// runs in it, else drained (this lane moves to a new one, its neighbours' turns go on). The
  /// prompt of `thread` comes back with [AgentUnavailable]. Blocks for a moment.
  public void replace(AgentThread thread) {
    if (!(thread instanceof WarmThread warm)) {
      throw new IllegalArgumentException("not a thread of this pool: " + thread);
    }
    var process = warm.warmProcess();
    leave(process);
    if (processes.retire(process, warm.running() ? 1 : 0)) {
      process.kill();
    } else {
      warm.close();
    }
  }

  /// Closes all threads of a lane; its processes stay warm for others. Idempotent.
  public void closeLane(LaneId lane) {
    var gone = new ArrayList<WarmThread>();
    lock.lock();
    try {
      seats.forEach((seat, thread) -> {
        if (seat.lane().equals(lane)) {
          gone.add(thread);
        }
      });
      seats.values().removeAll(gone);
    } finally {
      lock.unlock();
    }
    doors.keySet().removeIf(seat -> seat.lane().equals(lane));
    gone.forEach(AgentThread::close);
  }

  /// Processes that are starting, up or drained.
  public List<ProcessView> processes() {
    var lanes = new LinkedHashMap<WarmProcess, List<LaneId>>();
    lock.lock();
    try {
      seats.forEach((seat, thread) ->
          lanes.computeIfAbsent(thread.warmProcess(), key -> new ArrayList<>()).add(seat.lane()));
    } finally {
      lock.unlock();
    }
    return processes.all().stream()
        .filter(process -> !process.ended())
        .map(process ->
            process.view(
                lanes.getOrDefault(process, List.of()), processes.draining(process), limits.idle()))
        .toList();
  }

  /// Keeps a process however long it idles, or no longer.
  ///
  /// @throws Refused not found
  public void pin(String id, boolean pinned) {
    processes.find(id).pin(pinned);
  }

  /// Ends a process; its lanes' next turns start another. Blocks.
  ///
  /// @throws Refused not found
  public void stop(String id) {
    var process = processes.find(id);
    leave(process);
    processes.forget(process);
    process.close();
  }

  /// Ends all processes, side by side; idempotent.
  @Override
  public void close() {
    watch.close();
    lock.lock();
    try {
      seats.clear();
    } finally {
      lock.unlock();
    }
    processes.close();
  }

  private @Nullable WarmThread seated(Seat seat) {
    lock.lock();
    try {
      return seats.get(seat);
    } finally {
      lock.unlock();
    }
  }

  private void take(Seat seat, WarmThread thread) {
    lock.lock();
    try {
      seats.put(seat, thread);
    } finally {
      lock.unlock();
    }
  }

  private void leave(WarmProcess process) {
    lock.lock();
    try {
      seats.values().removeIf(thread -> thread.warmProcess() == process);
    } finally {
      lock.unlock();
    }
  }
}
