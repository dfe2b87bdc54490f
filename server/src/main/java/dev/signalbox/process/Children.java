package dev.signalbox.process;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.signalbox.process.Tree.Root;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// The only place that starts anything, and keeps it on the life-line: whatever was started here is
/// gone within two seconds of the server's death, however it died. Safe for any thread.
public final class Children implements AutoCloseable {
  /// Carried by everything of this run.
  static final String RUN = "SIGNALBOX_RUN";

  /// Carried by one child and everything that came of it.
  static final String CHILD = "SIGNALBOX_CHILD";

  private static final Pattern REASON = Pattern.compile("error: [0-9]+ \\(([^)]+)\\)");

  private final LifeLine line;
  private final ReentrantLock lock = new ReentrantLock();

  @GuardedBy("lock")
  private final Set<Child> live = new HashSet<>();

  @GuardedBy("lock")
  private long started;

  @GuardedBy("lock")
  private boolean closed;

  private Children(LifeLine line) {
    this.line = line;
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
    return new Children(LifeLine.open(runDirectory, serverEnvironment, namespaces, table));
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
    Wrapper wrapper = line.wrapper();
    long number = number();
    var argv = new ArrayList<>(command.argv());
    argv.set(0, program.toString());
    var environment = new HashMap<>(command.environment());
    environment.put(RUN, line.run());
    environment.put(CHILD, line.run() + "-" + number);
    var builder =
        new ProcessBuilder(wrapper.wrap(argv, command.directory()))
            .directory(command.directory().toFile());
    builder.environment().clear();
    builder.environment().putAll(environment);
    try {
      return adopt(number, line.spawn(builder), wrapper, command);
    } catch (IOException e) {
      throw new StartFailed("%s: %s".formatted(command.argv().getFirst(), reason(e)), e);
    }
  }

  private Child adopt(long number, Process process, Wrapper wrapper, Command command) {
    Root root = line.root(process.pid());
    line.writeDown(number, root);
    Tree tree = line.tree(CHILD + "=" + line.run() + "-" + number, root);
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
    return line.reapEarlierRuns();
  }

  /// Whether children get a PID namespace. Without one a child's descendant that clears its
  /// environment and detaches itself cannot be found. Waits for the answer, a few milliseconds
  /// after [#open].
  public boolean namespaced() {
    return line.wrapper() instanceof Wrapper.Namespace;
  }

  /// Whether the guard is at work. It is replaced when somebody ends it; false for long means that
  /// a killed server would leave its children to the next start.
  public boolean guarded() {
    return line.guard().alive();
  }

  long guardPid() {
    return line.guard().process().pid();
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
    line.close();
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
      line.strike(number);
    }
  }

  /// The JDK repeats the command and the directory before the reason: `…, error: 7 (reason)`.
  private static String reason(IOException e) {
    String message = String.valueOf(e.getMessage());
    Matcher reason = REASON.matcher(message);
    return reason.find() ? reason.group(1) : message;
  }
}
