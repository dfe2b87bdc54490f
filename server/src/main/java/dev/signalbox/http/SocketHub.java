package dev.signalbox.http;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.signalbox.id.LaneId;
import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/// All connections that are open, whether sockets or event streams, and how many there may be. Any
/// thread may call.
final class SocketHub {
  static final int MOST = 256;
  static final int MOST_PER_LANE = 32;

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition empty = lock.newCondition();

  @GuardedBy("lock")
  private final Set<Connection> open = new LinkedHashSet<>();

  @GuardedBy("lock")
  private final Map<LaneId, Integer> seats = new HashMap<>();

  @GuardedBy("lock")
  private int taken;

  @GuardedBy("lock")
  private boolean closing;

  /// A connection was upgraded; whether it finds a place is said when it knows its lane. While all
  /// are closed, so is this one.
  void enter(Connection connection) {
    boolean late;
    lock.lock();
    try {
      open.add(connection);
      late = closing;
    } finally {
      lock.unlock();
    }
    if (late) {
      goodbye(connection);
    }
  }

  /// Takes a place in a lane, or (null) at the list.
  ///
  /// @throws Hangup when there is none
  void take(@Nullable LaneId lane) {
    lock.lock();
    try {
      if (taken >= MOST) {
        throw new Hangup(CloseCode.TOO_MANY, "%d connections are open already".formatted(MOST));
      }
      if (lane != null) {
        int there = seats.getOrDefault(lane, 0);
        if (there >= MOST_PER_LANE) {
          throw new Hangup(
              CloseCode.TOO_MANY, "%d watch this lane already".formatted(MOST_PER_LANE));
        }
        seats.put(lane, there + 1);
      }
      taken++;
    } finally {
      lock.unlock();
    }
  }

  /// Gives the place back.
  ///
  /// @param lane as it was given to [#take]
  void give(@Nullable LaneId lane) {
    lock.lock();
    try {
      taken--;
      if (lane != null) {
        seats.computeIfPresent(lane, (_, n) -> n == 1 ? null : n - 1);
      }
    } finally {
      lock.unlock();
    }
  }

  void leave(Connection connection) {
    lock.lock();
    try {
      open.remove(connection);
      if (open.isEmpty()) {
        empty.signalAll();
      }
    } finally {
      lock.unlock();
    }
  }

  /// A device was signed out: what it has open is closed.
  void closeDevice(String device) {
    now().stream()
        .filter(connection -> connection.principal.id().equals(device))
        .forEach(connection -> connection.close(CloseCode.REVOKED, "signed out"));
  }

  /// Closes all, also those that are still to come, and waits until they are, at most so long.
  void closeAll(Duration patience) throws InterruptedException {
    lock.lock();
    try {
      closing = true;
    } finally {
      lock.unlock();
    }
    now().forEach(SocketHub::goodbye);
    var left = patience.toNanos();
    lock.lockInterruptibly();
    try {
      while (!open.isEmpty() && left > 0) {
        left = empty.awaitNanos(left);
      }
    } finally {
      lock.unlock();
    }
  }

  private static void goodbye(Connection connection) {
    connection.close(CloseCode.GOING_AWAY, "the server stops");
  }

  private List<Connection> now() {
    lock.lock();
    try {
      return List.copyOf(open);
    } finally {
      lock.unlock();
    }
  }
}
