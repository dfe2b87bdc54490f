package dev.signalbox.job;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.signalbox.id.JobId;
import dev.signalbox.refusal.Refused;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// Which jobs wait and which run: first come, first served, and no more at once than may be. A full
/// line refuses. Any thread may call.
final class JobLine {
  private final int atOnce;
  private final int longest;
  private final Function<JobId, JobRun> run;
  private final ReentrantLock lock = new ReentrantLock();

  @GuardedBy("lock")
  private final ArrayDeque<JobId> waiting = new ArrayDeque<>();

  /// Jobs that are on their way to the disk and then into the line.
  @GuardedBy("lock")
  private int coming;

  @GuardedBy("lock")
  private final Map<JobId, JobRun> running = new LinkedHashMap<>();

  @GuardedBy("lock")
  private boolean closed;

  /// @param run makes an attempt, which is started later; must not block
  JobLine(int atOnce, int longest, Function<JobId, JobRun> run) {
    this.atOnce = atOnce;
    this.longest = longest;
    this.run = run;
  }

  /// Takes a place for a job that is about to be stored; then comes [#join] or [#stayAway].
  ///
  /// @throws Refused when the line is full or closed
  void reserve() {
    lock.lock();
    try {
      if (closed) {
        throw Refused.unavailable("closing", "Signalbox is stopping.");
      }
      if (waiting.size() + coming >= longest) {
        throw Refused.unavailable(
            "job_queue_full",
            "%d jobs wait already. Send it again when some of them have run, or cancel some."
                .formatted(waiting.size() + coming));
      }
      coming++;
    } finally {
      lock.unlock();
    }
  }

  void join(JobId job) {
    lock.lock();
    try {
      coming--;
      waiting.add(job);
    } finally {
      lock.unlock();
    }
    goOn();
  }

  void stayAway() {
    lock.lock();
    try {
      coming--;
    } finally {
      lock.unlock();
    }
  }

  /// Jobs of an earlier server, however many.
  void takeUp(List<JobId> jobs) {
    lock.lock();
    try {
      waiting.addAll(jobs);
    } finally {
      lock.unlock();
    }
    goOn();
  }

  /// @return false when it does not wait (any more)
  boolean leave(JobId job) {
    lock.lock();
    try {
      return waiting.remove(job);
    } finally {
      lock.unlock();
    }
  }

  @Nullable JobRun running(JobId job) {
    lock.lock();
    try {
      return running.get(job);
    } finally {
      lock.unlock();
    }
  }

  void over(JobId job) {
    lock.lock();
    try {
      running.remove(job);
    } finally {
      lock.unlock();
    }
    goOn();
  }

  /// Starts nothing more.
  ///
  /// @return what runs
  List<JobRun> close() {
    lock.lock();
    try {
      closed = true;
      return List.copyOf(running.values());
    } finally {
      lock.unlock();
    }
  }

  private void goOn() {
    var next = new ArrayList<JobRun>();
    lock.lock();
    try {
      while (!closed && running.size() < atOnce && !waiting.isEmpty()) {
        var job = waiting.removeFirst();
        var attempt = run.apply(job);
        running.put(job, attempt);
        next.add(attempt);
      }
    } finally {
      lock.unlock();
    }
    next.forEach(JobRun::start);
  }
}
