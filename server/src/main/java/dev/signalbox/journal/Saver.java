package dev.signalbox.journal;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.signalbox.store.Database;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Stores growing text a moment after it came: what has grown in all lanes within 200 ms, in one
/// write. Its list holds each open item once at most. While the disk takes nothing it tries again;
/// the text waits in memory.
final class Saver {
  private static final Logger log = LoggerFactory.getLogger(Saver.class);
  private static final long GATHER_NANOS = TimeUnit.MILLISECONDS.toNanos(200);
  private static final long RETRY_NANOS = TimeUnit.MILLISECONDS.toNanos(800);

  private record Grown(LiveLane lane, OpenItem item) {}

  private record Saving(Grown grown, List<OpenItem.Unsaved> unsaved) {}

  private final Database db;
  private final Statements statements;
  private final ItemRows rows;
  private final Thread thread;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();

  @GuardedBy("lock")
  private ArrayDeque<Grown> grown = new ArrayDeque<>();

  @GuardedBy("lock")
  private boolean closing;

  Saver(Database db, Statements statements) {
    this.db = db;
    this.statements = statements;
    this.rows = new ItemRows(statements);
    this.thread = Thread.ofVirtual().name("signalbox-journal-saver").unstarted(this::loop);
  }

  void start() {
    thread.start();
  }

  /// @param item null is ignored
  void add(LiveLane lane, @Nullable OpenItem item) {
    if (item == null) {
      return;
    }
    lock.lock();
    try {
      grown.add(new Grown(lane, item));
      if (grown.size() == 1) {
        changed.signal();
      }
    } finally {
      lock.unlock();
    }
  }

  /// Stores what is left, then ends.
  void close() throws InterruptedException {
    lock.lock();
    try {
      closing = true;
      changed.signal();
    } finally {
      lock.unlock();
    }
    thread.join();
  }

  private void loop() {
    long wait = GATHER_NANOS;
    while (gather(wait)) {
      wait = save() ? GATHER_NANOS : RETRY_NANOS;
    }
    save();
    if (awaitAppends()) {
      save(); // the text of items whose start was still on its way
    }
  }

  private boolean awaitAppends() {
    try {
      return db.writeNow(_ -> true);
    } catch (RuntimeException e) {
      return false; // the database was closed first, or takes nothing
    }
  }

  /// Waits for something to store, and then for more.
  ///
  /// @return false at the end
  private boolean gather(long wait) {
    lock.lock();
    try {
      while (grown.isEmpty() && !closing) {
        changed.awaitUninterruptibly();
      }
      long left = wait;
      while (left > 0 && !closing) {
        left = changed.awaitNanos(left);
      }
      return !closing;
    } catch (InterruptedException e) {
      return false; // nobody interrupts it but the end of everything
    } finally {
      lock.unlock();
    }
  }

  /// @return false when it has to be tried again
  private boolean save() {
    List<Saving> savings = collect();
    if (savings.isEmpty()) {
      return true;
    }
    var write = new Write(savings);
    try {
      db.writeSoon(write, write);
      write.ended.await();
    } catch (RuntimeException e) {
      write.failure = e; // the database is closed
    } catch (InterruptedException e) {
      return false;
    }
    Exception failure = write.failure;
    for (Saving saving : savings) {
      if (failure == null) {
        saving.grown().lane().saved(saving.grown().item(), saving.unsaved());
      } else {
        add(saving.grown().lane(), saving.grown().item());
      }
    }
    if (failure != null) {
      log.warn("event=text_not_saved reason={}", failure.getMessage());
    }
    return failure == null;
  }

  private List<Saving> collect() {
    ArrayDeque<Grown> all;
    lock.lock();
    try {
      all = grown;
      grown = new ArrayDeque<>();
    } finally {
      lock.unlock();
    }
    var savings = new ArrayList<Saving>();
    for (Grown one : all) {
      List<OpenItem.Unsaved> unsaved = one.lane().unsaved(one.item());
      if (unsaved == null) {
        add(one.lane(), one.item()); // its item.started is still on its way
      } else if (!unsaved.isEmpty()) {
        savings.add(new Saving(one, unsaved));
      }
    }
    return savings;
  }

  private final class Write implements Database.Write, Database.Outcome {
    private final List<Saving> savings;
    private final CountDownLatch ended = new CountDownLatch(1);
    private volatile @Nullable Exception failure;

    Write(List<Saving> savings) {
      this.savings = savings;
    }

    @Override
    public void run(Handle handle) throws Exception {
      statements.on(handle.getConnection());
      try {
        for (Saving saving : savings) {
          OpenItem item = saving.grown().item();
          for (OpenItem.Unsaved unsaved : saving.unsaved()) {
            rows.save(item.no(), item.id().value(), unsaved);
          }
        }
      } catch (Exception e) {
        statements.forget();
        throw e;
      }
    }

    @Override
    public void committed() {
      ended.countDown();
    }

    @Override
    public void failed(Exception cause) {
      failure = cause;
      ended.countDown();
    }
  }
}
