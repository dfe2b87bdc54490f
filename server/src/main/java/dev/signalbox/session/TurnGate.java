package dev.signalbox.session;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.signalbox.event.WaitsFor;
import dev.signalbox.id.JobId;
import dev.signalbox.id.LaneId;
import dev.signalbox.id.SessionId;
import dev.signalbox.id.TurnId;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Decides which turns may run at once: at most one writer per root (a root inside another counts
/// as the same), and no more than a set number in all. Whoever cannot run waits in line and is
/// granted its pass when its turn has come; a reader never waits for a writer. A later waiter may
/// overtake only when it does not want what an earlier one waits for. Any thread may call; grants
/// are told outside the lock, on the thread that released.
final class TurnGate {
  /// Of a turn of a lane, or of a job.
  ///
  /// @param turn the turn, or what stands for it in a job
  /// @param root the canonical root it will write, or null when it only reads
  record Claim(
      @Nullable SessionId session,
      @Nullable LaneId lane,
      TurnId turn,
      @Nullable JobId job,
      @Nullable Path root) {
    Claim(SessionId session, LaneId lane, TurnId turn, @Nullable Path root) {
      this(session, lane, turn, null, root);
    }

    boolean collides(Claim other) {
      return root != null
          && other.root != null
          && (root.startsWith(other.root) || other.root.startsWith(root));
    }
  }

  private record Waiter(Claim claim, Consumer<TurnId> granted) {}

  private final ReentrantLock lock = new ReentrantLock();
  private final int limit;

  @GuardedBy("lock")
  private final List<Claim> held = new ArrayList<>();

  @GuardedBy("lock")
  private final List<Waiter> waiting = new ArrayList<>();

  TurnGate(int limit) {
    this.limit = limit;
  }

  /// Null when the pass was given at once; else whom it waits for, and `granted` is told later.
  @Nullable WaitsFor enter(Claim claim, Consumer<TurnId> granted) {
    lock.lock();
    try {
      var obstacle = obstacleLocked(claim, waiting.size());
      if (obstacle == null) {
        held.add(claim);
      } else {
        waiting.add(new Waiter(claim, granted));
      }
      return obstacle;
    } finally {
      lock.unlock();
    }
  }

  /// Gives the pass back, or leaves the line; unknown turns are ignored.
  void leave(TurnId turn) {
    var granted = new ArrayList<Waiter>();
    lock.lock();
    try {
      held.removeIf(claim -> claim.turn().equals(turn));
      waiting.removeIf(waiter -> waiter.claim().turn().equals(turn));
      grantLocked(granted);
    } finally {
      lock.unlock();
    }
    granted.forEach(waiter -> waiter.granted().accept(waiter.claim().turn()));
  }

  @GuardedBy("lock")
  private void grantLocked(List<Waiter> granted) {
    for (int i = 0; i < waiting.size(); ) {
      var waiter = waiting.get(i);
      if (obstacleLocked(waiter.claim(), i) == null) {
        waiting.remove(i);
        held.add(waiter.claim());
        granted.add(waiter);
      } else {
        i++;
      }
    }
  }

  /// What keeps `claim` out, given that only the first `ahead` waiters go before it.
  @GuardedBy("lock")
  private @Nullable WaitsFor obstacleLocked(Claim claim, int ahead) {
    for (var holder : held) {
      if (claim.collides(holder)) {
        return waitsFor("write-root", holder);
      }
    }
    for (var waiter : waiting.subList(0, ahead)) {
      if (claim.collides(waiter.claim())) {
        return waitsFor("write-root", waiter.claim());
      }
    }
    return held.size() >= limit ? new WaitsFor("turn-limit", null, null, null, null) : null;
  }

  private static WaitsFor waitsFor(String reason, Claim other) {
    return other.job() != null
        ? new WaitsFor(reason, null, null, null, other.job())
        : new WaitsFor(reason, other.session(), other.lane(), other.turn(), null);
  }
}
