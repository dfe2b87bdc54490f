package dev.signalbox.agent.launch;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.signalbox.process.Child;
import dev.signalbox.process.Offspring;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Ends the commands that an interrupted turn left running: an agent may cancel a turn and forget
/// its shell (goose). Which of an agent's processes are commands of that turn is known only when it
/// was alone: those that appeared while it ran, that the agent does not talk to, and that no other
/// turn of the same agent process can have started. Safe for any thread.
public final class Leftovers {
  private static final Logger log = LoggerFactory.getLogger(Leftovers.class);

  private final Child child;
  private final ReentrantLock lock = new ReentrantLock();

  @GuardedBy("lock")
  private final List<Watch> running = new ArrayList<>();

  public Leftovers(Child child) {
    this.child = child;
  }

  /// A turn begins in the process.
  public Watch begin() {
    var watch = new Watch();
    lock.lock();
    try {
      running.add(watch);
      if (running.size() > 1) {
        running.forEach(one -> one.accompanied = true);
      }
    } finally {
      lock.unlock();
    }
    return watch;
  }

  private boolean alone(Watch watch) {
    lock.lock();
    try {
      return !watch.accompanied;
    } finally {
      lock.unlock();
    }
  }

  /// One turn, from before its prompt to its end.
  public final class Watch implements AutoCloseable {
    /// Another turn ran in the process for a part of the time. Under the lock.
    private boolean accompanied;

    private @Nullable Offspring before;

    private Watch() {}

    /// Looks who is there already. To be called once the prompt is on its way, so that it costs the
    /// turn no time; a command that was quicker is left alone.
    public void look() {
      if (before == null) {
        before = child.offspring();
      }
    }

    /// The turn was interrupted, and the agent says that it is over. Ends what is left, when that
    /// is sure; blocks for as long, at most a second.
    public void end() throws InterruptedException {
      var there = before;
      if (there != null && alone(this)) {
        int ended = child.endSince(there, () -> alone(this));
        if (ended > 0) {
          log.info("event=agent.leftovers pid={} ended={}", child.pid(), ended);
        }
      }
    }

    /// The turn is over.
    @Override
    public void close() {
      lock.lock();
      try {
        running.remove(this);
      } finally {
        lock.unlock();
      }
    }
  }
}
