package dev.signalbox.http;

import dev.signalbox.agent.AgentPool;
import dev.signalbox.agent.ProcessView;
import dev.signalbox.agent.Registry;
import dev.signalbox.event.Item;
import dev.signalbox.job.Jobs;
import dev.signalbox.session.Change;
import dev.signalbox.session.Sessions;
import dev.signalbox.store.Database;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArraySet;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// What the list and the inbox are told. Each change is encoded once and handed to all who watch.
final class News implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(News.class);
  private static final Duration LOOK_AT_PROCESSES = Duration.ofSeconds(2);

  private final Sessions sessions;
  private final Registry registry;
  private final AgentPool pool;
  private final Jobs jobs;
  private final Set<ListSocket> watchers = new CopyOnWriteArraySet<>();
  private final AtomicReference<Item.@Nullable Notice> health = new AtomicReference<>();
  private final AutoCloseable watch;
  private final Thread processes;

  News(HttpServer.Rooms rooms) {
    this.sessions = rooms.sessions();
    this.registry = rooms.registry();
    this.pool = rooms.pool();
    this.jobs = rooms.jobs();
    var database = rooms.database();
    this.watch = sessions.watch(this::changed);
    registry.onChange(agent -> tell(agent.id(), new Frames.AgentChanged("agent.changed", agent)));
    pool.onNotice(told -> notice(new Item.Notice(told.code(), told.level(), told.detail(), null)));
    jobs.onChange(change ->
        tell(change.id().value(), new Frames.JobChanged("job.changed", change.id(), change.job())));
    database.onHealth(this::healthChanged);
    healthChanged(database.health());
    this.processes = Thread.ofVirtual().name("processes").start(this::lookAtProcesses);
  }

  void add(ListSocket watcher) {
    watchers.add(watcher);
  }

  void remove(ListSocket watcher) {
    watchers.remove(watcher);
  }

  /// Everything as it is now, as a frame.
  String whole() {
    var notice = health.get();
    return Wire.text(
        new Frames.ListWelcome(
            "welcome",
            sessions.projects(),
            sessions.list(null, null),
            sessions.openAsks(),
            registry.all(),
            pool.processes(),
            jobs.list(),
            new Frames.Limits(pool.limits().processes(), pool.limits().memory()),
            notice == null ? List.of() : List.of(notice)));
  }

  private void changed(Change change) {
    tell(subject(change), change);
  }

  // An ask has a subject of its own for its end, so that one that is opened and closed at once is
  // still told of.
  private static String subject(Change change) {
    return switch (change) {
      case Change.ProjectChanged c -> c.project().id().value();
      case Change.SessionChanged c -> c.session().id().value();
      case Change.SessionClosed c -> c.session().value();
      case Change.LaneCreated c -> c.lane().value();
      case Change.AskOpened c -> c.ask().id().value();
      case Change.AskClosed c -> c.ask().id().value() + " closed";
    };
  }

  private void healthChanged(Database.Health now) {
    switch (now) {
      case Database.Health.Ok _ -> {
        if (health.getAndSet(null) != null) {
          notice(new Item.Notice("disk_ok", "info", "Everything is stored again.", null));
        }
      }
      case Database.Health.Failing failing -> {
        var notice = new Item.Notice(failing.code(), "error", failing.reason(), null);
        health.set(notice);
        notice(notice);
      }
    }
  }

  private void notice(Item.Notice notice) {
    tell("notice", new Frames.NoticeFrame("notice", notice));
  }

  private void tell(String subject, Object frame) {
    if (!watchers.isEmpty()) {
      var text = Wire.text(frame);
      watchers.forEach(watcher -> watcher.tell(subject, text));
    }
  }

  // The pool tells nobody, so it is looked at; only while somebody wants to know.
  private void lookAtProcesses() {
    var known = new HashMap<String, ProcessView>();
    try {
      while (true) {
        Thread.sleep(LOOK_AT_PROCESSES);
        if (watchers.isEmpty()) {
          known.clear();
        } else {
          compare(known);
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void compare(Map<String, ProcessView> known) {
    try {
      var gone = new HashSet<>(known.keySet());
      for (var process : pool.processes()) {
        gone.remove(process.id());
        var before = known.put(process.id(), process);
        if (before == null || !sameButForMemory(before, process)) {
          tell(process.id(), new Frames.ProcessChanged("process.changed", process.id(), process));
        }
      }
      for (var id : gone) {
        known.remove(id);
        tell(id, new Frames.ProcessChanged("process.changed", id, null));
      }
    } catch (RuntimeException e) {
      LOG.warn("processes not looked at: {}", e.toString());
    }
  }

  // Memory moves all the time; who wants its figure asks.
  private static boolean sameButForMemory(ProcessView a, ProcessView b) {
    return a.pid() == b.pid()
        && a.pinned() == b.pinned()
        && a.lanes().equals(b.lanes())
        && java.util.Objects.equals(a.idleSince(), b.idleSince());
  }

  @Override
  public void close() {
    processes.interrupt();
    try {
      watch.close();
    } catch (Exception e) {
      LOG.debug("watch not ended: {}", e.toString());
    }
  }
}
