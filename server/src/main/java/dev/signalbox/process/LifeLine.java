package dev.signalbox.process;

import dev.signalbox.process.ProcessTable.Entry;
import dev.signalbox.process.Tree.Root;
import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// What one run of the server holds its children with: its id, its record, the thread that spawns,
/// the guard, and the answer whether PID namespaces work.
final class LifeLine implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(LifeLine.class);

  private final ProcessTable table;
  private final RunRecord.Server server;
  private final RunRecord record;
  private final Spawner spawner;
  private final Guard guard;
  private final NamespaceProbe probe;

  private LifeLine(
      ProcessTable table,
      RunRecord.Server server,
      RunRecord record,
      Spawner spawner,
      Guard guard,
      NamespaceProbe probe) {
    this.table = table;
    this.server = server;
    this.record = record;
    this.spawner = spawner;
    this.guard = guard;
    this.probe = probe;
  }

  /// @throws StartFailed when there can be no record or no guard; nothing is left then
  static LifeLine open(
      Path runDirectory, Map<String, String> environment, boolean namespaces, ProcessTable table) {
    RunRecord.Server server = self(table);
    RunRecord record;
    try {
      record = RunRecord.create(runDirectory.toAbsolutePath(), newRun(), server);
    } catch (IOException e) {
      throw new StartFailed("cannot keep the record of this run in " + runDirectory + ": " + e, e);
    }
    var spawner = new Spawner();
    List<String> newSession = Wrapper.newSession(environment);
    try {
      Map<String, String> own = guardEnvironment(environment, table);
      var guard = Guard.start(spawner, record, server, newSession, own);
      var probe = NamespaceProbe.begin(spawner, newSession, environment, namespaces);
      return new LifeLine(table, server, record, spawner, guard, probe);
    } catch (IOException e) {
      spawner.close();
      deleteQuietly(record);
      throw new StartFailed("cannot start the guard of this run: " + e.getMessage(), e);
    }
  }

  private static RunRecord.Server self(ProcessTable table) {
    Entry self =
        table
            .entry(ProcessHandle.current().pid())
            .orElseThrow(() -> new StartFailed("the machine's process table cannot be read"));
    return new RunRecord.Server(
        table.bootId(), new Root(self.pid(), self.start()), self.group(), self.session());
  }

  private static String newRun() {
    var bytes = new byte[16];
    new SecureRandom().nextBytes(bytes);
    return HexFormat.of().formatHex(bytes);
  }

  /// Not the server's environment: the guard must carry neither its secrets nor the mark of a
  /// Signalbox this one was started from.
  private static Map<String, String> guardEnvironment(
      Map<String, String> environment, ProcessTable table) {
    return Map.of(
        "PATH",
        environment.getOrDefault("PATH", "/usr/bin:/bin"),
        "LC_ALL",
        "C",
        "SIGNALBOX_GUARD_TABLE",
        table instanceof ProcTable ? "proc" : "ps");
  }

  String run() {
    return record.run();
  }

  Wrapper wrapper() {
    return probe.wrapper();
  }

  Guard guard() {
    return guard;
  }

  Process spawn(ProcessBuilder builder) throws IOException {
    return spawner.spawn(builder);
  }

  /// The process of that number as it is now.
  Root root(long pid) {
    return new Root(pid, table.entry(pid).map(Entry::start).orElse("gone"));
  }

  /// All that carries `mark` or came of `root`, which was alive a moment ago.
  Tree tree(String mark, Root root) {
    return new Tree(table, mark, List.of(root), true, neverFollowed());
  }

  /// The user may have started the server by hand: then its session is his terminal.
  private Set<Long> neverFollowed() {
    return new HashSet<>(List.of(server.group(), server.session()));
  }

  Reaped reapEarlierRuns() {
    return new Reaper(table, server, neverFollowed()).reap(record);
  }

  /// A full disk does not keep an agent from starting: its mark is what it is found by.
  void writeDown(long number, Root root) {
    try {
      record.add(number, root);
    } catch (IOException e) {
      log.warn("event=run.record number={} pid={}", number, root.pid(), e);
    }
  }

  void strike(long number) {
    try {
      record.remove(number);
    } catch (IOException e) {
      log.warn("event=run.record number={}", number, e);
    }
  }

  /// To be called when no child is left.
  @Override
  public void close() {
    guard.close();
    spawner.close();
    deleteQuietly(record);
  }

  private static void deleteQuietly(RunRecord record) {
    try {
      record.delete();
    } catch (IOException e) {
      log.warn("event=run.record directory={}", record.directory(), e);
    }
  }
}
