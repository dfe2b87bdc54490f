package dev.signalbox.agent.acp;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.signalbox.agent.Agent;
import dev.signalbox.agent.launch.Problems;
import dev.signalbox.id.TurnId;
import java.util.ArrayDeque;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/// Which turn of a conversation runs, which were interrupted before they ran, and whether the
/// conversation is over. Safe for any thread.
final class TurnSlot {
  private static final int REMEMBERED_INTERRUPTS = 16;

  private final Agent agent;
  private final ReentrantLock lock = new ReentrantLock();

  @GuardedBy("lock")
  private @Nullable RunningTurn running;

  /// Turns that were interrupted before they were prompted.
  @GuardedBy("lock")
  private final ArrayDeque<TurnId> interrupted = new ArrayDeque<>();

  @GuardedBy("lock")
  private boolean closed;

  TurnSlot(Agent agent) {
    this.agent = agent;
  }

  /// @return false when the turn was interrupted before it began
  /// @throws dev.signalbox.agent.AgentUnavailable when the conversation is over
  boolean begin(RunningTurn run) {
    lock.lock();
    try {
      if (running != null) {
        throw new IllegalStateException("turn " + running.id() + " runs in this conversation");
      }
      if (closed) {
        throw Problems.replaced(agent);
      }
      if (interrupted.remove(run.id())) {
        return false;
      }
      running = run;
      return true;
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

  /// The turn to be interrupted; null when it does not run, which is remembered.
  @Nullable RunningTurn interrupt(TurnId turn) {
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

  /// The turn that takes updates, or null when there is none or its answer came already.
  @Nullable RunningTurn current() {
    lock.lock();
    try {
      return running == null || running.over() ? null : running;
    } finally {
      lock.unlock();
    }
  }

  /// The turn whose prompt has not returned yet, or null.
  @Nullable RunningTurn running() {
    lock.lock();
    try {
      return running;
    } finally {
      lock.unlock();
    }
  }

  /// @return false when the conversation was over already
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
