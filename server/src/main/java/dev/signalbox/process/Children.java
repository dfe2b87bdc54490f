package dev.signalbox.process;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.signalbox.process.ProcessTable.Entry;
import dev.signalbox.process.Tree.Root;
import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The only place that starts anything, and keeps it on the life-line: whatever was started here is
/// gone within two seconds of the server's death, however it died. Safe for any thread.
public final class Children implements AutoCloseable {
  /// Carried by everything of this run.
  static final String RUN = "SIGNALBOX_RUN";

  /// Carried by one child and everything that came of it.
  static final String CHILD = "SIGNALBOX_CHILD";

  private static final Logger log = LoggerFactory.getLogger(Children.class);
  private static final Pattern REASON = Pattern.compile("error: [0-9]+ \\(([^)]+)\\)");

  private final Path runDirectory;
  private final ProcessTable table;
  private final RunRecord.Server server;
  private final RunRecord record;
  private final Spawner spawner;
  private final Guard guard;
  private final NamespaceProbe probe;
  private final ReentrantLock lock = new ReentrantLock();

  @GuardedBy("lock")
  private final Set<Child> live = new HashSet<>();

  @GuardedBy("lock")
  private long started;

  @GuardedBy("lock")
  private boolean closed;

  private Children(
      Path runDirectory,
      ProcessTable table,
      RunRecord.Server server,
      RunRecord record,
      Spawner spawner,
      Guard guard,
      NamespaceProbe probe) {
    this.runDirectory = runDirectory;
    this.table = table;
    this.server = server;
    this.record = record;
    this.spawner = spawner;
    this.guard = guard;
    this.probe = probe;
  }

  /// Starts the guard of this run, and in the background finds out whether PID namespaces work.
  ///
  /// @param runDirectory where runs are written down, one directory each; made when missing,
  ///   private to the user. One per data context.
  /// @param serverEnvironment where the life-line's own tools are looked for (`PATH`)
  /// @throws StartFailed when there can be no guard or no record; nothing is left then
  public static Children open(Path runDirectory, Map<String, String> serverEnvironment) {
    return open(runDirectory, serverEnvironment, true, ProcessTable.ofThisMachine());
  }

  /// @param namespaces whether to use them where they work
  static Children open(
      Path runDirectory,
      Map<String, String> serverEnvironment,
      boolean namespaces,
      ProcessTable table) {
    Entry self =
        table
            .entry(ProcessHandle.current().pid())
            .orElseThrow(() -> new StartFailed("the machine's process table cannot be read"));
    var server =
        new RunRecord.Server(
            table.bootId(), new Root(self.pid(), self.start()), self.group(), self.session());
    var bytes = new byte[16];
    new SecureRandom().nextBytes(bytes);
    RunRecord record;
    try {
      record =
          RunRecord.create(runDirectory.toAbsolutePath(), HexFormat.of().formatHex(bytes), server);
    } catch (IOException e) {
      throw new StartFailed("cannot keep the record of this run in " + runDirectory + ": " + e, e);
    }
    var spawner = new Spawner();
    List<String> newSession = Wrapper.newSession(serverEnvironment);
    try {
      var guard =
          Guard.start(
              spawner, record, server, newSession, guardEnvironment(serverEnvironment, table));
      var probe = NamespaceProbe.begin(spawner, newSession, serverEnvironment, namespaces);
      return new Children(runDirectory, table, server, record, spawner, guard, probe);
    } catch (IOException e) {
      spawner.close();
      deleteQuietly(record);
      throw new StartFailed("cannot start the guard of this run: " + e.getMessage(), e);
    }
  }

  private static Map<String, String> guardEnvironment(
      Map<String, String> serverEnvironment, ProcessTable table) {
    return Map.of(
        "PATH",
        serverEnvironment.getOrDefault("PATH", "/usr/bin:/bin"),
        "LC_ALL",
        "C",
        "SIGNALBOX_GUARD_TABLE",
        table instanceof ProcTable ? "proc" : "ps");
  }

  /// Starts `command` and returns when it runs. It lives on when the calling thread ends; it gets
  /// the variables `SIGNALBOX_RUN` and `SIGNALBOX_CHILD` beside its environment.
  ///
  /// @throws StartFailed when there is no such program or directory, the machine refuses, or this
  ///   is closed; later starts are not affected
  public Child start(Command command) {
    Path program = Programs.resolve(command.argv().getFirst(), command.environment());
    Programs.requireInterpreter(program);
    Programs.requireDirectory(command.directory());
    Wrapper wrapper = probe.wrapper();
    long number = number();
    var argv = new ArrayList<>(command.argv());
    argv.set(0, program.toString());
    var environment = new HashMap<>(command.environment());
    environment.put(RUN, record.run());
    environment.put(CHILD, record.run() + "-" + number);
    var builder =
        new ProcessBuilder(wrapper.wrap(argv, command.directory()))
            .directory(command.directory().toFile());
    builder.environment().clear();
    builder.environment().putAll(environment);
    try {
      return adopt(number, spawner.spawn(builder), wrapper, command);
    } catch (IOException e) {
      throw new StartFailed("%s: %s".formatted(command.argv().getFirst(), reason(e)), e);
    }
  }

  private Child adopt(long number, Process process, Wrapper wrapper, Command command) {
    String start = table.entry(process.pid()).map(Entry::start).orElse("gone");
    var root = new Root(process.pid(), start);
    writeDown(number, root);
    var tree =
        new Tree(
            table, CHILD + "=" + record.run() + "-" + number, List.of(root), true, neverFollowed());
    var redaction = Redaction.knowing(command.environment());
    var child = new Child(process, tree, wrapper, redaction);
    boolean open = add(child);
    child.begin((ended, treeIsEmpty) -> settled(ended, number, treeIsEmpty));
    if (!open) {
      child.kill();
      throw new StartFailed(command.argv().getFirst() + ": the server is stopping");
    }
    return child;
  }

  /// Ends what crashed runs of this context left behind: processes that carry such a run's id, and
  /// recorded children that are still the same process (number, start time, boot). Touches nothing
  /// else; a run whose server is alive is none of these.
  public Reaped reapEarlierRuns() {
    return new Reaper(table, server, neverFollowed()).reap(runDirectory, record.run());
  }

  /// Whether children get a PID namespace. Without one a child's descendant that clears its
  /// environment and detaches itself cannot be found. Waits for the answer, a few milliseconds
  /// after [#open].
  public boolean namespaced() {
    return probe.wrapper() instanceof Wrapper.Namespace;
  }

  /// Whether the guard is at work. It is replaced when somebody ends it; false for long means that
  /// a killed server would leave its children to the next start.
  public boolean guarded() {
    return guard.alive();
  }

  long guardPid() {
    return guard.process().pid();
  }

  /// Stops all children, side by side and in steps as [Child#stop] says, then lets the guard go. No
  /// process, thread or file of this run is left when it returns. Idempotent; an interrupt leaves
  /// out the graces.
  @Override
  public void close() {
    List<Child> remaining = closing();
    var stops = remaining.stream().map(child -> Thread.ofVirtual().start(child::close)).toList();
    boolean interrupted = false;
    for (Thread stop : stops) {
      while (stop.isAlive()) {
        try {
          stop.join();
        } catch (InterruptedException e) {
          interrupted = true;
          stops.forEach(Thread::interrupt);
        }
      }
    }
    guard.close();
    spawner.close();
    deleteQuietly(record);
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private List<Child> closing() {
    lock.lock();
    try {
      closed = true;
      return List.copyOf(live);
    } finally {
      lock.unlock();
    }
  }

  private long number() {
    lock.lock();
    try {
      if (closed) {
        throw new StartFailed("the server is stopping");
      }
      return ++started;
    } finally {
      lock.unlock();
    }
  }

  private boolean add(Child child) {
    lock.lock();
    try {
      if (!closed) {
        live.add(child);
      }
      return !closed;
    } finally {
      lock.unlock();
    }
  }

  private void settled(Child child, long number, boolean treeIsEmpty) {
    lock.lock();
    try {
      live.remove(child);
    } finally {
      lock.unlock();
    }
    if (treeIsEmpty) { // otherwise the record stays, for the next start to end the rest
      try {
        record.remove(number);
      } catch (IOException e) {
        log.warn("event=run.record number={}", number, e);
      }
    }
  }

  /// A full disk does not keep an agent from starting: its mark is what it is found by.
  private void writeDown(long number, Root root) {
    try {
      record.add(number, root);
    } catch (IOException e) {
      log.warn("event=run.record number={} pid={}", number, root.pid(), e);
    }
  }

  private Set<Long> neverFollowed() {
    return new HashSet<>(List.of(server.group(), server.session()));
  }

  private static void deleteQuietly(RunRecord record) {
    try {
      record.delete();
    } catch (IOException e) {
      log.warn("event=run.record directory={}", record.directory(), e);
    }
  }

  /// The JDK repeats the command and the directory before the reason: `…, error: 7 (reason)`.
  private static String reason(IOException e) {
    String message = String.valueOf(e.getMessage());
    Matcher reason = REASON.matcher(message);
    return reason.find() ? reason.group(1) : message;
  }
}
