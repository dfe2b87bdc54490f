package dev.signalbox.agent;

import com.google.errorprone.annotations.concurrent.GuardedBy;
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

  WarmProcesses(Registry registry, InstantSource clock) {
    this.registry = registry;
    this.clock = clock;
  }

  /// The process for this agent and launch once it is up; whoever comes first starts it, the others
  /// wait for the same start and get the same failure.
  ///
  /// @throws AgentUnavailable as the start did
  WarmProcess obtain(Agent agent, Launch launch) throws InterruptedException {
    var driver = registry.driver(agent);
    var key = WarmProcess.Key.of(agent, launch);
    WarmProcess fresh;
    lock.lock();
    try {
      if (closed) {
        throw Refused.unavailable("closing", "Signalbox is stopping.");
      }
      var known = byKey.get(key);
      fresh = known != null && !known.ended() ? known : null;
      if (fresh == null) {
        fresh = new WarmProcess("a_" + ++numbers, key, agent, clock, this::idle);
        byKey.put(key, fresh);
      } else {
        driver = null;
      }
    } finally {
      lock.unlock();
    }
    if (driver != null) {
      var started = fresh;
      started.start(driver, launch, () -> forget(started));
    }
    fresh.await();
    return fresh;
  }

  /// Whether this process is up and takes new threads.
  boolean current(WarmProcess process) {
    lock.lock();
    try {
      return byKey.get(process.key()) == process && process.up();
    } finally {
      lock.unlock();
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
      if (!alone) {
        draining.add(process);
      }
      return alone;
    } finally {
      lock.unlock();
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

  List<WarmProcess> up() {
    return all().stream().filter(WarmProcess::up).toList();
  }

  /// @throws Refused not found
  WarmProcess find(String id) {
    return all().stream()
        .filter(process -> process.id().equals(id))
        .findFirst()
        .orElseThrow(() -> Refused.notFound("unknown_process", "There is no process " + id + "."));
  }

  private List<WarmProcess> all() {
    lock.lock();
    try {
      return Stream.concat(byKey.values().stream(), draining.stream()).toList();
    } finally {
      lock.unlock();
    }
  }

  /// Ends all of them, side by side; idempotent.
  @Override
  public void close() {
    List<WarmProcess> all;
    lock.lock();
    try {
      closed = true;
      all = Stream.concat(byKey.values().stream(), draining.stream()).toList();
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
