package dev.signalbox.agent;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.signalbox.id.TurnId;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// A thread of the pool: the driver's own, and beside it the process it sits in. A prompt that
/// finds the process dead moves the thread to a new one first.
final class WarmThread implements AgentThread {
  /// Opens the thread anew.
  interface Reopening {
    /// @param nativeId the conversation to go on with
    Opened again(String nativeId) throws InterruptedException;
  }

  /// @param origin `new` or `resumed`
  record Opened(AgentThread thread, WarmProcess process, String origin) {}

  private final Reopening reopening;
  private final AtomicInteger running = new AtomicInteger();
  private final ReentrantLock lock = new ReentrantLock();

  @GuardedBy("lock")
  private AgentThread thread;

  @GuardedBy("lock")
  private WarmProcess process;

  @GuardedBy("lock")
  private @Nullable Consumer<AgentEvent> listener;

  @GuardedBy("lock")
  private boolean closed;

  WarmThread(AgentThread thread, WarmProcess process, Reopening reopening) {
    this.thread = thread;
    this.process = process;
    this.reopening = reopening;
  }

  WarmProcess warmProcess() {
    lock.lock();
    try {
      return process;
    } finally {
      lock.unlock();
    }
  }

  /// Whether this thread could be in use for that agent and launch.
  boolean fits(Agent agent, Launch launch) {
    return warmProcess().key().equals(WarmProcess.Key.of(agent, launch));
  }

  /// Whether a prompt of this thread is under way.
  boolean running() {
    return running.get() > 0;
  }

  @Override
  public String nativeId() {
    return current().nativeId();
  }

  @Override
  public AgentProcess process() {
    return current().process();
  }

  @Override
  public Offers offers() {
    return current().offers();
  }

  @Override
  public TurnResult prompt(TurnId turn, Prompt prompt, TurnSettings settings, AgentEvents out)
      throws InterruptedException {
    if (!warmProcess().up()) {
      move(out);
    }
    var sitsIn = warmProcess();
    sitsIn.turnBegins();
    running.incrementAndGet();
    try {
      return current().prompt(turn, prompt, settings, out);
    } finally {
      running.decrementAndGet();
      sitsIn.turnEnds();
    }
  }

  @Override
  public void interrupt(TurnId turn) {
    current().interrupt(turn);
  }

  @Override
  public void settle() throws InterruptedException {
    current().settle();
  }

  @Override
  public void outside(Consumer<AgentEvent> listener) {
    AgentThread told;
    lock.lock();
    try {
      this.listener = listener;
      told = thread;
    } finally {
      lock.unlock();
    }
    told.outside(listener);
  }

  @Override
  public void close() {
    AgentThread gone;
    lock.lock();
    try {
      closed = true;
      gone = thread;
    } finally {
      lock.unlock();
    }
    gone.close();
  }

  private void move(AgentEvents out) throws InterruptedException {
    var opened = reopening.again(nativeId());
    Consumer<AgentEvent> told;
    boolean late;
    lock.lock();
    try {
      thread = opened.thread();
      process = opened.process();
      told = listener;
      late = closed;
    } finally {
      lock.unlock();
    }
    if (told != null) {
      opened.thread().outside(told);
    }
    if (opened.origin().equals("new")) {
      out.accept(
          new AgentEvent.Notice(
              "memory-lost",
              "warn",
              "The agent ended and could not take up its earlier conversation; it starts without"
                  + " memory of it."));
    }
    if (late) {
      opened.thread().close();
    }
  }

  private AgentThread current() {
    lock.lock();
    try {
      return thread;
    } finally {
      lock.unlock();
    }
  }
}
