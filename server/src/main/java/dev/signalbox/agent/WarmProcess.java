package dev.signalbox.agent;

import dev.signalbox.event.Problem;
import dev.signalbox.id.LaneId;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// An agent process of the pool, from the wish for it to its end. Started once by whoever wished
/// first; everybody waits for the same start and gets the same failure. Any thread may call.
final class WarmProcess implements AutoCloseable {
  /// What must be equal for lanes to share a process. Readers share whatever folder they read.
  ///
  /// @param lane whose process it is, where the agent's processes hold one conversation each
  record Key(
      Agent agent,
      @Nullable LaneId lane,
      @Nullable Path home,
      Map<String, String> environment,
      boolean network,
      @Nullable Path writeRoot,
      String sandbox) {}

  /// So far below zero that no number of turns lifts it: nobody is let in any more.
  private static final int SHUT = Integer.MIN_VALUE / 2;

  private final String id;
  private final Key key;
  private final InstantSource clock;
  private final Consumer<WarmProcess> idle;
  private final CountDownLatch started = new CountDownLatch(1);
  private final AtomicInteger busy = new AtomicInteger();
  private volatile @Nullable AgentProcess process;
  private volatile @Nullable AgentUnavailable failure;
  private volatile boolean ended;
  private volatile @Nullable String crash;
  private volatile @Nullable String found;
  private volatile boolean pinned;
  private volatile Instant idleSince;
  private volatile long memory;

  /// Only the watch over it touches this.
  private Pulse pulse = Pulse.GOOD;

  /// @param found the version that was found before it started, or null
  /// @param idle told whenever a turn in this process ended
  WarmProcess(
      String id, Key key, @Nullable String found, InstantSource clock, Consumer<WarmProcess> idle) {
    this.found = found;
    this.idle = idle;
    this.id = id;
    this.key = key;
    this.clock = clock;
    this.idleSince = clock.instant();
  }

  /// Called once. Blocks while the agent starts.
  ///
  /// @param gone told when the start failed or the process ended
  void start(AgentDriver driver, Launch launch, Consumer<WarmProcess> gone)
      throws InterruptedException {
    boolean begun = false;
    try {
      var fresh = driver.start(agent(), launch);
      process = fresh;
      begun = true;
      fresh.onEnd(end -> {
        crash = end.intended() ? null : end.reason();
        over(gone);
      });
      if (ended) {
        fresh.close(); // closed while it started
      }
    } catch (AgentUnavailable e) {
      failure = e;
    } catch (RuntimeException e) {
      failure = unavailable("could not be started: " + e);
      failure.addSuppressed(e);
    } finally {
      if (!begun) {
        over(gone);
      }
      started.countDown();
    }
  }

  private void over(Consumer<WarmProcess> gone) {
    ended = true;
    gone.accept(this);
  }

  /// The process once it is up.
  ///
  /// @throws AgentUnavailable as the start did
  AgentProcess await() throws InterruptedException {
    started.await();
    var failed = failure;
    var up = process;
    if (failed != null || up == null) {
      throw failed != null ? new AgentUnavailable(failed.problem()) : unavailable("is gone.");
    }
    return up;
  }

  private AgentUnavailable unavailable(String what) {
    return new AgentUnavailable(
        new Problem("agent-unavailable", agent().title() + " " + what, null, "retry", null));
  }

  /// Whether the agent was found to have another version by now. A version that is not known yet is
  /// learnt: it is this one's.
  boolean outdated(@Nullable String now) {
    var mine = version();
    if (mine == null) {
      found = now;
      return false;
    }
    return now != null && !now.equals(mine);
  }

  private @Nullable String version() {
    var up = process;
    return up == null || up.version() == null ? found : up.version();
  }

  String id() {
    return id;
  }

  Key key() {
    return key;
  }

  Agent agent() {
    return key.agent();
  }

  /// How it ended when nobody meant it to; else null.
  @Nullable String crash() {
    return crash;
  }

  boolean ended() {
    return ended;
  }

  boolean up() {
    var up = process;
    return up != null && !ended && up.alive();
  }

  /// How many turns and openings are under way in it.
  int busy() {
    return Math.max(0, busy.get());
  }

  /// From here on it counts as busy, until [#leave].
  ///
  /// @return false when it is being ended: whoever wants in needs another one
  boolean enter() {
    int before = busy.getAndUpdate(n -> n < 0 ? n : n + 1);
    return before >= 0;
  }

  void leave() {
    idleSince = clock.instant();
    busy.updateAndGet(n -> n < 0 ? n : n - 1);
    idle.accept(this);
  }

  /// Lets nobody in any more, when nobody is in.
  ///
  /// @return whether that is so now
  boolean shut() {
    return busy.compareAndSet(0, SHUT);
  }

  boolean pinned() {
    return pinned;
  }

  void pin(boolean pinned) {
    this.pinned = pinned;
  }

  /// Looks how much memory it uses, for [#entry].
  void measure() {
    var up = process;
    memory = up == null ? 0 : up.residentBytes();
  }

  /// Asks it whether it answers. For one thread at a time; blocks, a few seconds at most.
  ///
  /// @param most how often it may fail to
  /// @return whether it has to be replaced
  boolean failsTooOften(int most) throws InterruptedException {
    var up = process;
    if (up == null || ended) {
      return false;
    }
    pulse = pulse.after(up.healthy());
    return pulse.lost(most);
  }

  /// @param usual how long it may idle, where the agent has no time of its own
  Eviction.Entry entry(Duration usual) {
    boolean idles = busy.get() == 0 && process != null;
    var own = agent().idle();
    return new Eviction.Entry(
        id, idles ? idleSince : null, pinned, own == null ? usual : own, memory);
  }

  ProcessView view(List<LaneId> lanes, boolean draining, Duration usual) {
    var up = process;
    var now = entry(usual);
    var state = up == null ? "starting" : ended ? "down" : draining ? "draining" : "up";
    return new ProcessView(
        id,
        agent().name(),
        up == null ? 0 : up.pid(),
        lanes,
        up == null ? 0 : up.residentBytes(),
        now.idleSince(),
        pinned,
        key.sandbox(),
        state,
        version(),
        busy(),
        now.evictsAt());
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
