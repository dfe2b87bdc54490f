package dev.signalbox;

import static dev.signalbox.store.Database.Kind.RUNTIME;

import dev.signalbox.agent.AgentDriver;
import dev.signalbox.agent.AgentPool;
import dev.signalbox.agent.KnownAgents;
import dev.signalbox.agent.PoolLimits;
import dev.signalbox.agent.Registry;
import dev.signalbox.agent.acp.AcpDriver;
import dev.signalbox.agent.claude.ClaudeDriver;
import dev.signalbox.agent.codex.CodexDriver;
import dev.signalbox.agent.conformance.AgentTests;
import dev.signalbox.agent.exec.ExecDriver;
import dev.signalbox.agent.launch.AgentChildren;
import dev.signalbox.agent.opencode.OpencodeDriver;
import dev.signalbox.cli.Launcher;
import dev.signalbox.cli.UpOptions;
import dev.signalbox.config.ContextLock;
import dev.signalbox.config.RuntimeContext.ServerNote;
import dev.signalbox.config.Settings;
import dev.signalbox.http.HttpServer;
import dev.signalbox.http.Uploads;
import dev.signalbox.id.Ids;
import dev.signalbox.job.Jobs;
import dev.signalbox.journal.Journal;
import dev.signalbox.process.Children;
import dev.signalbox.refusal.Refused;
import dev.signalbox.session.LaneSettings;
import dev.signalbox.session.Sessions;
import dev.signalbox.store.Database;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.logging.Level;
import java.util.logging.Logger;

/// The composition root: makes every room by hand, in the order in which they need each other, and
/// takes them down in the opposite one, but for the way in: it listens first and is closed first,
/// so that clients hear that the server stops before anything they watch does. What was made is
/// taken down too when a later room cannot be.
final class App implements Launcher.Running {
  private static final Logger LOG = Logger.getLogger(App.class.getName());

  private record Part(String name, AutoCloseable close) {}

  private final Deque<Part> parts = new ArrayDeque<>();
  private final AtomicBoolean closing = new AtomicBoolean();
  private final CountDownLatch ended = new CountDownLatch(1);
  private final HttpServer http;
  private final ServerNote note;

  /// As [Launcher#launch].
  static Optional<Launcher.Running> launch(UpOptions options) {
    options.context().prepare();
    return options.context().tryLock().map(lock -> start(options, lock));
  }

  private static Launcher.Running start(UpOptions options, ContextLock lock) {
    try {
      return new App(options, lock);
    } catch (RuntimeException e) {
      lock.close();
      throw e;
    }
  }

  private App(UpOptions options, ContextLock lock) {
    parts.push(new Part("context", lock));
    try {
      var clock = InstantSource.system();
      var context = options.context();
      made("logs", Logs.into(context.logs()));
      var settings = Settings.load(context.data());
      // Side by side, because none needs the other and each waits for the disk or a process.
      var opening = begun("database", () -> database(context.database()));
      var guarding = begun("children", () -> children(context.directory().resolve("runs")));
      http = listen(options, clock);
      var rooms = rooms(options, settings, ready(opening), ready(guarding), clock);
      http.open(rooms);
      made("way in", http);
      note =
          new ServerNote(
              ProcessHandle.current().pid(),
              http.port(),
              http.url().toString(),
              context.data().root().toString(),
              context.name(),
              clock.instant());
      lock.publish(note);
      rooms.registry().lookAround(); // last, because it keeps the processors busy for a while
    } catch (RuntimeException e) {
      takeDown();
      throw e;
    }
    Runtime.getRuntime().addShutdownHook(new Thread(this::close, "shutdown"));
  }

  /// Whoever asks while the rooms are made is told that it is starting.
  private HttpServer listen(UpOptions options, InstantSource clock) {
    var server =
        new HttpServer(
            new HttpServer.Options(
                options.host(),
                options.port(),
                options.context().name(),
                options.context().data().token(),
                options.control(),
                options.version()),
            clock,
            System::nanoTime,
            this::close);
    made("http", server).start();
    return server;
  }

  private HttpServer.Rooms rooms(
      UpOptions options,
      Settings settings,
      Database database,
      Children children,
      InstantSource clock) {
    var context = options.context();
    var environment = System.getenv();
    var ids = new Ids(clock);
    var journal = made("journal", Journal.open(database, clock));
    var registry =
        new Registry(
            KnownAgents.with(settings.agents(), settings.mcp()),
            Map.<String, AgentDriver>of(
                "acp", new AcpDriver(new AgentChildren(children, environment)),
                "exec-codex", ExecDriver.codex(new AgentChildren(children, environment)),
                "exec-claude", ExecDriver.claude(new AgentChildren(children, environment)),
                "claude", new ClaudeDriver(new AgentChildren(children, environment), clock),
                "codex", new CodexDriver(new AgentChildren(children, environment)),
                "opencode", new OpencodeDriver(new AgentChildren(children, environment))));
    var pool = made("pool", new AgentPool(registry, clock, poolLimits(settings.processes())));
    pool.watch();
    var uploads = new Uploads(database, context.uploads(), ids, clock);
    var sessions =
        made(
            "sessions",
            new Sessions(
                database,
                journal,
                ids,
                clock,
                registry,
                pool,
                uploads,
                laneSettings(settings),
                Path.of(System.getProperty("user.home"))));
    sessions.recover();
    var jobs =
        made(
            "jobs",
            new Jobs(
                database,
                ids,
                clock,
                registry,
                new JobPasses(sessions),
                context.jobs(),
                // Half of what may be in flight, so that people in lanes need not wait for jobs.
                Math.max(1, settings.turnsInFlight() / 2),
                settings.turnTimeLimit()));
    jobs.recover();
    var tests = made("agent tests", new AgentTests(registry, clock));
    return new HttpServer.Rooms(database, journal, sessions, registry, pool, uploads, jobs, tests);
  }

  private static PoolLimits poolLimits(Settings.ProcessSettings said) {
    var usual = PoolLimits.usual();
    return new PoolLimits(
        Objects.requireNonNullElse(said.most(), usual.processes()),
        Objects.requireNonNullElse(said.memory(), usual.memory()),
        Objects.requireNonNullElse(said.idle(), usual.idle()),
        Objects.requireNonNullElse(said.sweep(), usual.sweep()),
        usual.health(),
        usual.failures());
  }

  private static LaneSettings laneSettings(Settings settings) {
    var usual = LaneSettings.DEFAULT;
    return new LaneSettings(
        settings.turnsInFlight(),
        settings.turnTimeLimit(),
        usual.askReminder(),
        usual.askTimeout(),
        usual.interruptGrace());
  }

  private <T extends AutoCloseable> T made(String name, T part) {
    parts.push(new Part(name, part));
    return part;
  }

  /// Also reads from it once, because the first read takes as long as the opening.
  private static Database database(Path file) {
    var database = Database.open(file, RUNTIME);
    database.read(handle -> handle.createQuery("SELECT 1").mapTo(Integer.class).one());
    return database;
  }

  private static Children children(Path runs) {
    var children = Children.open(runs, System.getenv());
    children.reapEarlierRuns();
    return children;
  }

  private <T extends AutoCloseable> FutureTask<T> begun(String name, Callable<T> part) {
    var task = new FutureTask<>(part);
    parts.push(new Part(name, () -> closeWhenMade(task)));
    Thread.ofPlatform().name("open-" + name).daemon().start(task);
    return task;
  }

  private static void closeWhenMade(FutureTask<? extends AutoCloseable> task) throws Exception {
    AutoCloseable made;
    try {
      made = task.get();
    } catch (ExecutionException e) {
      return; // there is nothing to close, and why is told by who waits for it
    }
    made.close();
  }

  private static <T> T ready(FutureTask<T> task) {
    try {
      return task.get();
    } catch (ExecutionException e) {
      throw e.getCause() instanceof RuntimeException cause
          ? cause
          : new IllegalStateException("the start failed", e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw Refused.unavailable("interrupted", "The start was interrupted.");
    }
  }

  @Override
  public ServerNote note() {
    return note;
  }

  @Override
  public String link() {
    return http.link();
  }

  @Override
  public void awaitEnd() throws InterruptedException {
    ended.await();
  }

  /// Ends everything in order; whoever comes second waits for the first.
  void close() {
    if (closing.compareAndSet(false, true)) {
      takeDown();
      ended.countDown();
    }
    try {
      ended.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void takeDown() {
    while (!parts.isEmpty()) {
      var part = parts.pop();
      try {
        part.close.close();
      } catch (Exception e) {
        LOG.log(Level.WARNING, "part=" + part.name + " did not close", e);
      }
    }
  }
}
