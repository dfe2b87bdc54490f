package dev.signalbox.session;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/// A lane's letters, in two queues: what people and the server itself want comes first, what agents
/// tell comes after. A full agent queue makes the agent's reader wait, which stops its pipe;
/// commands from outside are refused when theirs is full; letters the lane caused itself (a commit,
/// a timer) always fit, because it causes few of them.
final class Mailbox<T> {
  private static final int COMMANDS = 1_000;
  private static final int EVENTS = 1_024;

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition filled = lock.newCondition();
  private final Condition room = lock.newCondition();

  @GuardedBy("lock")
  private final Queue<T> commands = new ArrayDeque<>();

  @GuardedBy("lock")
  private final Queue<T> events = new ArrayDeque<>();

  @GuardedBy("lock")
  private boolean closed;

  /// A command from outside; false when there are too many waiting or the lane has ended.
  boolean offer(T command) {
    lock.lock();
    try {
      if (closed || commands.size() >= COMMANDS) {
        return false;
      }
      commands.add(command);
      filled.signal();
      return true;
    } finally {
      lock.unlock();
    }
  }

  /// A letter the lane caused itself; dropped only when the lane has ended.
  void post(T letter) {
    lock.lock();
    try {
      if (!closed) {
        commands.add(letter);
        filled.signal();
      }
    } finally {
      lock.unlock();
    }
  }

  /// Something an agent told; waits for room.
  void tell(T event) throws InterruptedException {
    lock.lockInterruptibly();
    try {
      while (!closed && events.size() >= EVENTS) {
        room.await();
      }
      if (!closed) {
        events.add(event);
        filled.signal();
      }
    } finally {
      lock.unlock();
    }
  }

  /// The next letter.
  ///
  /// @param commandsOnly leaves agent events where they are, so that their readers wait
  T take(boolean commandsOnly) throws InterruptedException {
    lock.lockInterruptibly();
    try {
      while (true) {
        var command = commands.poll();
        if (command != null) {
          return command;
        }
        var event = commandsOnly ? null : events.poll();
        if (event != null) {
          room.signal();
          return event;
        }
        filled.await();
      }
    } finally {
      lock.unlock();
    }
  }

  /// Nothing more is taken in; returns what was left, so that nobody waits for ever for a reply.
  Queue<T> close() {
    lock.lock();
    try {
      closed = true;
      var left = new ArrayDeque<T>(commands);
      commands.clear();
      events.clear();
      room.signalAll();
      return left;
    } finally {
      lock.unlock();
    }
  }
}
