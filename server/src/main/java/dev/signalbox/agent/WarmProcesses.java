package dev.signalbox.agent;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.signalbox.event.Problem;
import dev.signalbox.refusal.Refused;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Stream;

/// The processes of the pool: at most one for each key that takes new threads, and beside them
/// those that are drained. Safe for any thread.
final class WarmProcesses implements AutoCloseable {
  private final Registry registry;
  private final InstantSource clock;
  private final PoolLimits limits;
  private final ReentrantLock lock = new ReentrantLock();

  @GuardedBy("lock")
  private final Map<WarmProcess.Key, WarmProcess> byKey = new LinkedHashMap<>();

  /// Replaced while others still worked in them; they end with their last turn.
  @GuardedBy("lock")
  private final List<WarmProcess> draining = new ArrayList<>();

  @GuardedBy("lock")
  private long numbers;

  @GuardedBy("lock")
  private boolean closed;

  WarmProcesses(Registry registry, InstantSource clock, PoolLimits limits) {
    this.registry = registry;
    this.clock = clock;
    this.limits = limits;
  }

  /// A process for this key once it is up; whoever comes first starts it, the others wait for the
  /// same start and get the same failure. It was entered: the caller leaves it.
  ///
  /// @throws AgentUnavailable as the start did, or when there are too many processes already
  WarmProcess enter(WarmProcess.Key key, Launch launch) throws InterruptedException {
    while (true) {
      var process = obtain(key, launch);
      boolean up = false;
      if (process.enter()) {
        try {
          process.await();
          up = true;
          return process;
        } finally {
          if (!up) {
            process.leave();
          }
        }
      }
      forget(process); // it is being ended: another one
    }
  }

  private WarmProcess obtain(WarmProcess.Key key, Launch launch) throws InterruptedException {
    var driver = registry.driver(key.agent());
    WarmProcess process;
    lock.lock();
    try {
      if (closed) {
        throw Refused.unavailable("closing", "Signalbox is stopping.");
      }
      var known = byKey.get(key);
      var version = registry.version(key.agent());
      if (known != null && !known.ended() && !known.outdated(version)) {
        return known;
      }
      if (known != null) {
        drainLocked(known);
      }
      makeRoomLocked();
      process = new WarmProcess("a_" + ++numbers, key, version, clock, this::idle);
      byKey.put(key, process);
    } finally {
      lock.unlock();
    }
    process.start(driver, launch, this::gone);
    return process;
  }

  /// One more is about to start: whoever was not used for longest goes when there are too many.
  @GuardedBy("lock")
  private void makeRoomLocked() {
    evictLocked(limits.processes() - 1, Long.MAX_VALUE);
    if (byKey.size() + draining.size() >= limits.processes()) {
      throw new AgentUnavailable(
          new Problem(
              "too-many-processes",
              "%d agent processes are up, as many as may be, and each is busy or kept warm."
                  .formatted(byKey.size() + draining.size()),
              "End one on the page of processes, or raise `processes.most` in the settings.",
              "retry",
              null));
    }
  }

  /// Ends what has idled too long, and what is beyond the limits. Idempotent; blocks while it looks
  /// how much memory is used, not while processes end.
  void sweep() {
    all().forEach(WarmProcess::measure);
    lock.lock();
    try {
      evictLocked(limits.processes(), limits.memory());
    } finally {
      lock.unlock();
    }
  }

  @GuardedBy("lock")
  private void evictLocked(int most, long memory) {
    var entries = allLocked().map(process -> process.entry(limits.idle())).toList();
    for (var verdict : Eviction.decide(entries, most, memory, clock.instant())) {
      allLocked()
          .filter(process -> process.id().equals(verdict.id()))
          .findFirst()
          .filter(WarmProcess::shut) // unless somebody entered it meanwhile
          .ifPresent(process -> {
            byKey.remove(process.key(), process);
            draining.remove(process);
            end(process);
          });
    }
  }

  private static void end(WarmProcess process) {
    Thread.ofVirtual().name("end-" + process.id()).start(process::close);
  }

  /// Whether this process is up and takes new threads.
  boolean current(WarmProcess process) {
    lock.lock();
    try {
      return byKey.get(process.key()) == process
          && process.up()
          && !process.outdated(registry.version(process.agent()));
    } finally {
      lock.unlock();
    }
  }

  private void gone(WarmProcess process) {
    forget(process);
    var crash = process.crash();
    if (crash != null) {
      registry.crashed(process.agent(), crash);
    }
  }

  void forget(WarmProcess process) {
    lock.lock();
    try {
      byKey.remove(process.key(), process);
      draining.remove(process);
    } finally {
      lock.unlock();
    }
  }

  /// Takes a process out of use.
  ///
  /// @param own how many of its running turns are the caller's
  /// @return whether nobody else works in it; otherwise it ends with the last turn
  boolean retire(WarmProcess process, int own) {
    lock.lock();
    try {
      byKey.remove(process.key(), process);
      boolean alone = process.busy() <= own;
      if (!alone && !draining.contains(process)) {
        draining.add(process);
      }
      return alone;
    } finally {
      lock.unlock();
    }
  }

  @GuardedBy("lock")
  private void drainLocked(WarmProcess process) {
    byKey.remove(process.key(), process);
    if (process.shut()) {
      end(process);
    } else {
      draining.add(process);
    }
  }

  /// A turn in this process ended.
  private void idle(WarmProcess process) {
    boolean over;
    lock.lock();
    try {
      over = draining.contains(process) && process.shut() && draining.remove(process);
    } finally {
      lock.unlock();
    }
    if (over) {
      end(process);
    }
  }

  boolean draining(WarmProcess process) {
    lock.lock();
    try {
      return draining.contains(process);
    } finally {
      lock.unlock();
    }
  }

  /// @throws Refused not found
  WarmProcess find(String id) {
    return all().stream()
        .filter(process -> process.id().equals(id))
        .findFirst()
        .orElseThrow(() -> Refused.notFound("unknown_process", "There is no process " + id + "."));
  }

  /// Those that are starting, up or drained.
  List<WarmProcess> all() {
    lock.lock();
    try {
      return allLocked().toList();
    } finally {
      lock.unlock();
    }
  }

  @GuardedBy("lock")
  private Stream<WarmProcess> allLocked() {
    return Stream.concat(byKey.values().stream(), draining.stream());
  }

  /// Ends all of them, side by side; idempotent.
  @Override
  public void close() {
    List<WarmProcess> all;
    lock.lock();
    try {
      closed = true;
      all = allLocked().toList();
      byKey.clear();
      draining.clear();
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
