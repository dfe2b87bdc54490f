package dev.signalbox.agent;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.logging.Level;
import java.util.logging.Logger;

/// Looks after the processes of the pool as time goes by. What goes wrong once is logged and tried
/// again the next time.
final class PoolWatch implements AutoCloseable {
  private static final Logger LOG = Logger.getLogger(PoolWatch.class.getName());

  private final WarmProcesses processes;
  private final PoolLimits limits;
  private final Consumer<WarmProcess> leave;
  private final List<Consumer<AgentEvent.Notice>> listeners = new CopyOnWriteArrayList<>();
  private final List<Thread> rounds = new CopyOnWriteArrayList<>();
  private final AtomicBoolean started = new AtomicBoolean();

  private interface Round {
    void run() throws InterruptedException;
  }

  /// @param leave takes all lanes out of a process
  PoolWatch(WarmProcesses processes, PoolLimits limits, Consumer<WarmProcess> leave) {
    this.processes = processes;
    this.limits = limits;
    this.leave = leave;
  }

  void start(Runnable sweep) {
    if (started.compareAndSet(false, true)) {
      rounds.add(every("sweep", limits.sweep(), sweep::run));
      rounds.add(every("health", limits.health(), this::checkHealth));
    }
  }

  void onNotice(Consumer<AgentEvent.Notice> listener) {
    listeners.add(listener);
  }

  /// Asks every process, side by side, and replaces those that have not answered too often.
  void checkHealth() throws InterruptedException {
    var asked =
        processes.all().stream()
            .map(process -> Thread.ofVirtual().name("health").start(() -> check(process)))
            .toList();
    for (var thread : asked) {
      thread.join();
    }
  }

  private void check(WarmProcess process) {
    try {
      if (process.failsTooOften(limits.failures())) {
        replace(process);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (RuntimeException e) {
      LOG.log(Level.WARNING, "process=" + process.id() + " not asked", e);
    }
  }

  /// Its turns fail by its end; the next one of each lane starts another process, which may then
  /// have the port of this one.
  private void replace(WarmProcess process) {
    leave.accept(process);
    processes.forget(process);
    process.kill();
    var notice =
        new AgentEvent.Notice(
            "agent-restarted",
            "warn",
            process.agent().title()
                + " did not answer any more, so its process was ended. The next message starts it"
                + " again.");
    listeners.forEach(listener -> listener.accept(notice));
  }

  private static Thread every(String name, Duration period, Round round) {
    return Thread.ofVirtual()
        .name("pool-" + name)
        .start(() -> {
          try {
            while (true) {
              Thread.sleep(period);
              once(name, round);
            }
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          }
        });
  }

  private static void once(String name, Round round) throws InterruptedException {
    try {
      round.run();
    } catch (RuntimeException e) {
      LOG.log(Level.WARNING, "round=" + name + " failed", e);
    }
  }

  @Override
  public void close() {
    rounds.forEach(Thread::interrupt);
  }
}
