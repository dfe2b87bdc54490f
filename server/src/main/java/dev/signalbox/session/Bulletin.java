package dev.signalbox.session;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.signalbox.id.SessionId;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.logging.Level;
import java.util.logging.Logger;

/// Tells everybody who watches the list what changed, in order, on one virtual thread. What is
/// waiting is kept once per subject with its latest state, so the backlog is never longer than the
/// number of things there are.
final class Bulletin implements AutoCloseable {
  private static final Logger LOG = Logger.getLogger(Bulletin.class.getName());

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition filled = lock.newCondition();

  @GuardedBy("lock")
  private final Map<String, Change> waiting = new LinkedHashMap<>();

  @GuardedBy("lock")
  private final java.util.Set<SessionId> touched = new java.util.LinkedHashSet<>();

  private final List<Consumer<Change>> listeners = new CopyOnWriteArrayList<>();
  private final Function<SessionId, List<Change>> look;
  private final Thread thread;

  /// @param look the present state of a session as changes; empty when it is gone
  Bulletin(Function<SessionId, List<Change>> look) {
    this.look = look;
    this.thread = Thread.ofVirtual().name("bulletin").start(this::run);
  }

  AutoCloseable watch(Consumer<Change> listener) {
    listeners.add(listener);
    return () -> listeners.remove(listener);
  }

  void post(Change change) {
    lock.lock();
    try {
      var key = subject(change);
      waiting.remove(key); // the latest goes last: order is by when it became so
      waiting.put(key, change);
      filled.signal();
    } finally {
      lock.unlock();
    }
  }

  /// Something about this session changed; what, is looked up when it is told.
  void touch(SessionId session) {
    lock.lock();
    try {
      touched.add(session);
      filled.signal();
    } finally {
      lock.unlock();
    }
  }

  private static String subject(Change change) {
    return switch (change) {
      case Change.ProjectChanged p -> p.project().id().value();
      case Change.SessionChanged s -> s.session().id().value();
      case Change.SessionClosed s -> s.session().value();
      case Change.LaneCreated l -> l.lane().value();
      case Change.AskOpened a -> a.ask().id().value();
      case Change.AskClosed a -> a.ask().id().value();
    };
  }

  private void run() {
    try {
      while (true) {
        tell(next());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private List<Change> next() throws InterruptedException {
    List<SessionId> sessions;
    List<Change> changes;
    lock.lockInterruptibly();
    try {
      while (waiting.isEmpty() && touched.isEmpty()) {
        filled.await();
      }
      changes = new java.util.ArrayList<>(waiting.values());
      waiting.clear();
      sessions = List.copyOf(touched);
      touched.clear();
    } finally {
      lock.unlock();
    }
    for (var session : sessions) {
      changes.addAll(look.apply(session));
    }
    return changes;
  }

  private void tell(List<Change> changes) {
    for (var change : changes) {
      for (var listener : listeners) {
        try {
          listener.accept(change);
        } catch (RuntimeException e) {
          LOG.log(Level.WARNING, "a watcher of the session list failed", e);
        }
      }
    }
  }

  @Override
  public void close() {
    thread.interrupt();
  }
}
