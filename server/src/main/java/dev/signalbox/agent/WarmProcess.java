package dev.signalbox.agent;

import dev.signalbox.event.Problem;
import dev.signalbox.id.LaneId;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// An agent process of the pool, from the wish for it to its end. Started once by whoever wished
/// first; everybody waits for the same start and gets the same failure.
final class WarmProcess implements AutoCloseable {
  /// What must be equal for lanes to share a process. Readers share whatever folder they read.
  record Key(Agent agent, @Nullable Path writeRoot, Map<String, String> environment) {
    static Key of(Agent agent, Launch launch) {
      return new Key(agent, launch.writeRoot(), launch.environment());
    }
  }

  private final String id;
  private final Key key;
  private final Agent agent;
  private final InstantSource clock;
  private final Consumer<WarmProcess> idle;
  private final CountDownLatch started = new CountDownLatch(1);
  private final AtomicInteger busy = new AtomicInteger();
  private volatile @Nullable AgentProcess process;
  private volatile @Nullable AgentUnavailable failure;
  private volatile boolean ended;
  private volatile boolean pinned;
  private volatile Instant idleSince;

  /// @param idle told after every turn in this process
  WarmProcess(String id, Key key, Agent agent, InstantSource clock, Consumer<WarmProcess> idle) {
    this.idle = idle;
    this.id = id;
    this.key = key;
    this.agent = agent;
    this.clock = clock;
    this.idleSince = clock.instant();
  }

  /// Called once. Blocks while the agent starts.
  ///
  /// @param gone told when the start failed or the process ended
  void start(AgentDriver driver, Launch launch, Runnable gone) throws InterruptedException {
    try {
      var fresh = driver.start(agent, launch);
      process = fresh;
      fresh.onEnd(end -> {
        ended = true;
        gone.run();
      });
      if (ended) {
        fresh.close(); // closed while it started
      }
    } catch (AgentUnavailable e) {
      failure = e;
      ended = true;
      gone.run();
    } catch (RuntimeException e) {
      failure =
          new AgentUnavailable(
              new Problem(
                  "agent-unavailable",
                  agent.title() + " could not be started: " + e,
                  null,
                  "retry",
                  null));
      failure.addSuppressed(e);
      ended = true;
      gone.run();
    } catch (InterruptedException e) {
      ended = true;
      gone.run();
      throw e;
    } finally {
      started.countDown();
    }
  }

  /// The process once it is up.
  ///
  /// @throws AgentUnavailable as the start did
  AgentProcess await() throws InterruptedException {
    started.await();
    var failed = failure;
    var up = process;
    if (failed != null || up == null) {
      throw failed != null
          ? new AgentUnavailable(failed.problem())
          : new AgentUnavailable(
              new Problem("agent-unavailable", agent.title() + " is gone.", null, "retry", null));
    }
    return up;
  }

  String id() {
    return id;
  }

  Key key() {
    return key;
  }

  Agent agent() {
    return agent;
  }

  boolean ended() {
    return ended;
  }

  boolean up() {
    var up = process;
    return up != null && !ended && up.alive();
  }

  int busy() {
    return busy.get();
  }

  void turnBegins() {
    busy.incrementAndGet();
  }

  void turnEnds() {
    idleSince = clock.instant();
    busy.decrementAndGet();
    idle.accept(this);
  }

  void pin(boolean pinned) {
    this.pinned = pinned;
  }

  ProcessView view(List<LaneId> lanes) {
    var up = process;
    return new ProcessView(
        id,
        agent.name(),
        up == null ? 0 : up.pid(),
        lanes,
        up == null ? 0 : up.residentBytes(),
        busy.get() > 0 ? null : idleSince,
        pinned,
        "none");
  }

  /// Ends it at once.
  void kill() {
    ended = true;
    var up = process;
    if (up != null) {
      up.kill();
    }
  }

  @Override
  public void close() {
    ended = true;
    var up = process;
    if (up != null) {
      up.close();
    }
  }
}
