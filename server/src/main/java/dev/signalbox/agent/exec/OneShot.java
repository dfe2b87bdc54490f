package dev.signalbox.agent.exec;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.signalbox.agent.Agent;
import dev.signalbox.agent.AgentDriver;
import dev.signalbox.agent.AgentEvents;
import dev.signalbox.agent.AgentProcess;
import dev.signalbox.agent.AgentThread;
import dev.signalbox.agent.AgentUnavailable;
import dev.signalbox.agent.Launch;
import dev.signalbox.agent.Prompt;
import dev.signalbox.agent.ThreadSettings;
import dev.signalbox.agent.TurnResult;
import dev.signalbox.agent.TurnSettings;
import dev.signalbox.event.Usage;
import dev.signalbox.id.TurnId;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/// One turn with an agent in a process of its own, whatever its driver: start, open, one prompt,
/// gone. Every ask is declined. For one [#run]; [#interrupt] may come from any thread, at any time.
public final class OneShot {
  private static final Duration GRACE = Duration.ofSeconds(5);

  /// What is to be done.
  ///
  /// @param turn any id that is used once
  public record Order(
      Agent agent,
      Launch launch,
      ThreadSettings thread,
      TurnId turn,
      Prompt prompt,
      TurnSettings settings) {}

  private final AgentDriver driver;
  private final Order order;
  private final Duration grace;
  private final ReentrantLock lock = new ReentrantLock();

  @GuardedBy("lock")
  private boolean stopped;

  /// Who is starting the process; null before and after.
  @GuardedBy("lock")
  private @Nullable Thread starting;

  @GuardedBy("lock")
  private @Nullable AgentProcess process;

  @GuardedBy("lock")
  private @Nullable AgentThread thread;

  public OneShot(AgentDriver driver, Order order) {
    this(driver, order, GRACE);
  }

  /// @param grace how long an agent may take to obey an interrupt before its process is killed
  OneShot(AgentDriver driver, Order order, Duration grace) {
    this.driver = driver;
    this.order = order;
    this.grace = grace;
  }

  /// Runs the turn and returns when its process is gone. Blocks for as long as that takes. Events
  /// go to `out` as in [AgentThread#prompt], but for asks, in whose place a notice
  /// `denied-unattended` is told.
  ///
  /// @return failed when the agent could not be started or ended in between; cancelled when it was
  ///   interrupted, however it said that it ended
  /// @throws InterruptedException when the calling thread was interrupted; the process is gone
  public TurnResult run(AgentEvents out) throws InterruptedException {
    try {
      var result = started() ? prompted(out) : new TurnResult.Cancelled(null);
      return isStopped() ? new TurnResult.Cancelled(usage(result)) : result;
    } catch (AgentUnavailable e) {
      return isStopped()
          ? new TurnResult.Cancelled(null)
          : new TurnResult.Failed(e.problem(), null);
    } finally {
      end();
    }
  }

  /// Ends the turn: before it began, while the process starts, or in the middle. Never blocks.
  public void interrupt() {
    AgentThread opened;
    lock.lock();
    try {
      if (stopped) {
        return;
      }
      stopped = true;
      if (starting != null) {
        starting.interrupt();
      }
      opened = thread;
    } finally {
      lock.unlock();
    }
    if (opened != null) {
      opened.interrupt(order.turn());
    }
    Thread.ofVirtual().name("one-shot-grace").start(this::killAfterGrace);
  }

  /// @return false when it was interrupted before the process was up
  private boolean started() throws InterruptedException {
    if (!mayStart()) {
      return false;
    }
    @Nullable AgentProcess up = null;
    try {
      up = driver.start(order.agent(), order.launch());
    } catch (InterruptedException e) {
      if (!isStopped()) {
        throw e;
      }
    }
    return began(up);
  }

  private boolean mayStart() {
    lock.lock();
    try {
      starting = Thread.currentThread();
      return !stopped;
    } finally {
      lock.unlock();
    }
  }

  private boolean began(@Nullable AgentProcess up) {
    lock.lock();
    try {
      starting = null;
      process = up;
      if (stopped) {
        Thread.interrupted(); // it was meant for the start
      }
      return !stopped && up != null;
    } finally {
      lock.unlock();
    }
  }

  private TurnResult prompted(AgentEvents out) throws InterruptedException {
    var opened = Objects.requireNonNull(process()).open(order.thread());
    lock.lock();
    try {
      thread = opened;
      if (stopped) {
        return new TurnResult.Cancelled(null);
      }
    } finally {
      lock.unlock();
    }
    return opened.prompt(order.turn(), order.prompt(), order.settings(), new Unattended(out));
  }

  private void killAfterGrace() {
    try {
      Thread.sleep(grace);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    var late = process();
    if (late != null) {
      late.kill();
    }
  }

  private void end() {
    var up = process();
    if (up != null) {
      up.close();
    }
  }

  private @Nullable AgentProcess process() {
    lock.lock();
    try {
      return process;
    } finally {
      lock.unlock();
    }
  }

  private boolean isStopped() {
    lock.lock();
    try {
      return stopped;
    } finally {
      lock.unlock();
    }
  }

  private static @Nullable Usage usage(TurnResult result) {
    return switch (result) {
      case TurnResult.Completed completed -> completed.usage();
      case TurnResult.Failed failed -> failed.usage();
      case TurnResult.Cancelled cancelled -> cancelled.usage();
    };
  }
}
