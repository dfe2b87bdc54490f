package dev.signalbox.agent.claude;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.signalbox.agent.Agent;
import dev.signalbox.agent.launch.Problems;
import dev.signalbox.id.TurnId;
import java.util.ArrayDeque;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/// Which turn of a conversation runs, and which will not. Safe for any thread.
final class Turns {
  private static final int REMEMBERED_INTERRUPTS = 16;

  /// Makes the run of a turn.
  interface Making {
    /// @param foreign whether the agent works on something of its own just now
    RunningTurn make(boolean foreign);
  }

  private final Agent agent;
  private final ReentrantLock lock = new ReentrantLock();

  @GuardedBy("lock")
  private @Nullable RunningTurn running;

  /// The agent works without a prompt of ours: it tells of something it left in the background.
  @GuardedBy("lock")
  private boolean foreign;

  /// Turns that were interrupted before they were prompted.
  @GuardedBy("lock")
  private final ArrayDeque<TurnId> interrupted = new ArrayDeque<>();

  @GuardedBy("lock")
  private boolean closed;

  Turns(Agent agent) {
    this.agent = agent;
  }

  /// @return null when the turn was interrupted before it began
  /// @throws dev.signalbox.agent.AgentUnavailable when the conversation is closed
  @Nullable RunningTurn begin(TurnId turn, Making making) {
    lock.lock();
    try {
      if (running != null) {
        throw new IllegalStateException("turn " + running.id() + " runs in this conversation");
      }
      if (closed) {
        throw Problems.replaced(agent);
      }
      if (interrupted.remove(turn)) {
        return null;
      }
      running = making.make(foreign);
      foreign = false;
      return running;
    } finally {
      lock.unlock();
    }
  }

  void finish(RunningTurn run) {
    lock.lock();
    try {
      if (running == run) {
        running = null;
      }
    } finally {
      lock.unlock();
    }
  }

  /// The turn to interrupt; one that does not run is remembered instead.
  @Nullable RunningTurn interrupted(TurnId turn) {
    lock.lock();
    try {
      if (running != null && running.id().equals(turn)) {
        return running;
      }
      interrupted.addLast(turn);
      if (interrupted.size() > REMEMBERED_INTERRUPTS) {
        interrupted.removeFirst();
      }
      return null;
    } finally {
      lock.unlock();
    }
  }

  /// The turn that takes what comes, or null when it is over already.
  @Nullable RunningTurn current() {
    var run = running();
    return run == null || run.life().over() ? null : run;
  }

  /// The turn whose prompt has not returned.
  @Nullable RunningTurn running() {
    lock.lock();
    try {
      return running;
    } finally {
      lock.unlock();
    }
  }

  /// A pass began, or ended, that belongs to no turn.
  void alone(boolean begins) {
    lock.lock();
    try {
      foreign = begins;
    } finally {
      lock.unlock();
    }
  }

  /// No turn begins any more.
  ///
  /// @return false when that was so before
  boolean close() {
    lock.lock();
    try {
      boolean first = !closed;
      closed = true;
      return first;
    } finally {
      lock.unlock();
    }
  }

  boolean closed() {
    lock.lock();
    try {
      return closed;
    } finally {
      lock.unlock();
    }
  }
}
