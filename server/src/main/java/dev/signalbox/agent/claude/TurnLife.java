package dev.signalbox.agent.claude;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.signalbox.agent.wire.Json;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import tools.jackson.databind.JsonNode;

/// When a turn is over. The agent works in passes: each begins with a `system/init` and ends with a
/// `result`, and the lines name no turn. A turn is the pass of its prompt and those in which the
/// agent tells of the turn's subagents; it is not over while one of them works. Safe for any
/// thread.
final class TurnLife {
  /// How long subagents may take to end after an interrupt.
  private static final long STOPPING_NANOS = Duration.ofSeconds(2).toNanos();

  private final long reportNanos;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();

  @GuardedBy("lock")
  private final List<JsonNode> results = new ArrayList<>();

  /// A pass runs that the agent began by itself before the prompt; its result is not the turn's.
  @GuardedBy("lock")
  private boolean foreign;

  @GuardedBy("lock")
  private boolean begun;

  @GuardedBy("lock")
  private boolean pass;

  @GuardedBy("lock")
  private int subagents;

  @GuardedBy("lock")
  private boolean reportDue;

  @GuardedBy("lock")
  private boolean cancelled;

  @GuardedBy("lock")
  private boolean lost;

  @GuardedBy("lock")
  private boolean over;

  @GuardedBy("lock")
  private long lastChange;

  TurnLife(boolean foreign, Duration report) {
    this.foreign = foreign;
    this.reportNanos = report.toNanos();
  }

  /// A line of the agent, after it was told. On the reader thread.
  ///
  /// @return whether it is a result of this turn
  boolean heard(JsonNode message, Subagents now) {
    lock.lock();
    try {
      boolean ours = false;
      var type = Json.text(message, "type", "");
      if (type.equals("system") && Json.text(message, "subtype", "").equals("init")) {
        begun = begun || !foreign;
        pass = true;
      } else if (type.equals("result")) {
        ours = resultLocked(message);
      }
      subagents = now.working();
      reportDue = now.reportDue();
      changedLocked();
      return ours;
    } finally {
      lock.unlock();
    }
  }

  @GuardedBy("lock")
  private boolean resultLocked(JsonNode result) {
    if (foreign) {
      foreign = false;
      pass = false;
      return false;
    }
    boolean report = !Json.text(result.path("origin"), "kind", "human").equals("human");
    boolean answer = begun || Json.flag(result, "is_error");
    if (results.isEmpty() && (report || !answer)) {
      pass = pass && !report;
      return false; // it belongs to no prompt, or is a late one of an earlier turn
    }
    pass = false;
    results.add(result);
    return true;
  }

  void cancel() {
    lock.lock();
    try {
      cancelled = true;
      changedLocked();
    } finally {
      lock.unlock();
    }
  }

  /// Nothing more will come.
  void lose() {
    lock.lock();
    try {
      lost = true;
      changedLocked();
    } finally {
      lock.unlock();
    }
  }

  boolean cancelled() {
    lock.lock();
    try {
      return cancelled;
    } finally {
      lock.unlock();
    }
  }

  /// Nothing that comes from here on belongs to this turn.
  boolean over() {
    lock.lock();
    try {
      return over;
    } finally {
      lock.unlock();
    }
  }

  /// Waits for the end.
  ///
  /// @return the results of the turn's passes, none when the line was lost before the end
  List<JsonNode> await() throws InterruptedException {
    lock.lock();
    try {
      while (!over && !lost) {
        long left = leftLocked();
        if (left == Long.MAX_VALUE) {
          changed.await();
        } else if (left > 0) {
          var _ = changed.awaitNanos(left);
        } else {
          over = true;
        }
      }
      boolean complete = over;
      over = true;
      return complete ? List.copyOf(results) : List.of();
    } finally {
      lock.unlock();
    }
  }

  @GuardedBy("lock")
  private void changedLocked() {
    lastChange = System.nanoTime();
    // Decided here and not by whoever waits, so that not even the next line is let in.
    over = over || leftLocked() <= 0;
    changed.signalAll();
  }

  /// How long the turn may last if nothing more comes; 0 when it is over.
  @GuardedBy("lock")
  private long leftLocked() {
    if (results.isEmpty() || pass) {
      return Long.MAX_VALUE;
    }
    long quiet = System.nanoTime() - lastChange;
    if (cancelled) {
      return subagents == 0 ? 0 : STOPPING_NANOS - quiet;
    }
    if (subagents > 0) {
      return Long.MAX_VALUE;
    }
    return reportDue ? reportNanos - quiet : 0;
  }
}
