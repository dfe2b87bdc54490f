package dev.signalbox.job;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.signalbox.agent.exec.OneShot;
import dev.signalbox.event.WaitsFor;
import dev.signalbox.id.JobId;
import dev.signalbox.id.TurnId;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.locks.ReentrantLock;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;

/// A job that has left the line: on a virtual thread of its own it waits until it may run beside
/// the turns of all lanes, and makes its attempt. Any thread may stop it.
final class JobRun {
  private static final Logger LOG = Logger.getLogger(JobRun.class.getName());

  /// Why an attempt is ended before its time.
  enum Stop {
    CANCELLED,
    TIME_LIMIT,
    SHUTDOWN
  }

  private final JobId id;
  private final JobPlace place;
  private final TurnId pass;
  private final JobAnswer answer = new JobAnswer();
  private final Thread thread;
  private final Runnable over;
  private final ReentrantLock lock = new ReentrantLock();

  private volatile @Nullable WaitsFor waitsFor;

  @GuardedBy("lock")
  private @Nullable Stop stop;

  @GuardedBy("lock")
  private @Nullable OneShot shot;

  @GuardedBy("lock")
  private boolean waiting = true;

  /// @param over called on the run's thread when nothing of it runs any more
  JobRun(JobId id, JobPlace place, Runnable over) {
    this.id = id;
    this.place = place;
    this.over = over;
    this.pass = place.ids().turn();
    this.thread = Thread.ofVirtual().name("job-" + id).unstarted(this::live);
  }

  void start() {
    thread.start();
  }

  void join(Duration most) throws InterruptedException {
    thread.join(most);
  }

  /// The stored view with what is known beyond.
  JobView live(JobView stored) {
    return stored.state().ended()
        ? stored
        : stored.with(answer.text(), answer.notes(), answer.usage(), waitsFor);
  }

  /// The first reason counts. Never blocks.
  void stop(Stop why) {
    OneShot running;
    lock.lock();
    try {
      if (stop != null) {
        return;
      }
      stop = why;
      if (waiting) {
        thread.interrupt();
      }
      running = shot;
    } finally {
      lock.unlock();
    }
    if (running != null) {
      running.interrupt();
    }
  }

  @Nullable Stop stopped() {
    lock.lock();
    try {
      return stop;
    } finally {
      lock.unlock();
    }
  }

  /// From now on a stop goes to this turn, also one that came before.
  void aim(OneShot next) {
    boolean late;
    lock.lock();
    try {
      shot = next;
      late = stop != null;
    } finally {
      lock.unlock();
    }
    if (late) {
      next.interrupt();
    }
  }

  private void live() {
    try {
      var row = place.rows().read(handle -> JobRows.find(handle, id));
      row.ifPresent(job -> attempt(new JobAttempt(job, place, this, pass, answer)));
    } catch (RuntimeException e) {
      LOG.log(Level.WARNING, "job=" + id + " failed inside Signalbox", e);
    } finally {
      place.gate().leave(pass);
      over.run();
    }
  }

  private void attempt(JobAttempt attempt) {
    if (entered(attempt.root())) {
      attempt.make();
    } else if (stopped() == Stop.CANCELLED) {
      attempt.cancelled();
    } // else it is queued as before, for the next server
  }

  /// @return false when it was stopped while it waited
  private boolean entered(Path root) {
    boolean in = true;
    try {
      place.gate().enter(pass, id, root, this::waitsFor);
    } catch (InterruptedException e) {
      in = false;
    }
    lock.lock();
    try {
      waiting = false;
      waitsFor = null;
      Thread.interrupted(); // it was meant for the waiting
      return in && stop == null;
    } finally {
      lock.unlock();
    }
  }

  private void waitsFor(WaitsFor whom) {
    waitsFor = whom;
    place.changed().accept(id);
  }
}
