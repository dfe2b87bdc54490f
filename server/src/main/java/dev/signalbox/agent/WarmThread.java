package dev.signalbox.agent;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.signalbox.id.TurnId;
import java.time.Instant;
import java.time.InstantSource;
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
  private final InstantSource clock;
  private volatile Instant lastUsed;
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

  WarmThread(AgentThread thread, WarmProcess process, InstantSource clock, Reopening reopening) {
    this.clock = clock;
    this.lastUsed = clock.instant();
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

  /// Whether this thread sits in a process of that key.
  boolean fits(WarmProcess.Key key) {
    return warmProcess().key().equals(key);
  }

  /// When its last turn ended, or when it was opened.
  Instant lastUsed() {
    return lastUsed;
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
    boolean anew = false;
    while (!warmProcess().up() || !warmProcess().enter()) {
      anew |= move();
    }
    var sitsIn = warmProcess();
    running.incrementAndGet();
    try {
      return current().prompt(turn, anew ? begunAnew(prompt, out) : prompt, settings, out);
    } finally {
      lastUsed = clock.instant();
      running.decrementAndGet();
      sitsIn.leave();
    }
  }

  @Override
  public boolean steer(TurnId turn, Prompt prompt) throws InterruptedException {
    return current().steer(turn, prompt);
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

  private static Prompt begunAnew(Prompt prompt, AgentEvents out) throws InterruptedException {
    var anew = prompt.begunAnew();
    out.accept(
        new AgentEvent.Notice(
            "memory-lost",
            "warn",
            "The agent ended and could not take up its earlier conversation."));
    return anew;
  }

  /// @return whether the conversation had to be begun anew
  private boolean move() throws InterruptedException {
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
    if (late) {
      opened.thread().close();
    }
    return opened.origin().equals("new");
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
