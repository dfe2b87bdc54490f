package dev.signalbox.process;

import dev.signalbox.process.ProcessTable.Entry;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/// The processes that belong together: one child's, or a whole run's. Nothing is remembered; every
/// question looks at the machine again.
///
/// Belongs: whoever carries the mark in its environment; the roots, while they are the processes
/// that were started; who shares a session with one of them; and every descendant of those. A
/// session is safe to follow, because nobody can enter one: all its members descend from who made
/// it. The server's own session is never followed.
final class Tree {
  /// A process that was started by us: its number means something only with its start time.
  record Root(long pid, String start) {}

  /// What an agent has to end its commands by itself, and these to end.
  private static final long LEAVING_MILLIS = 200;

  private final ProcessTable table;
  private final String mark;
  private final List<Root> roots;
  private final boolean rootsAreFresh;
  private final Set<Long> foreign;

  /// @param mark `NAME=value` as it stands in the environment
  /// @param rootsAreFresh whether the roots were alive a moment ago, so that a session that bears
  ///   the number of one that is gone is still its session
  /// @param foreign numbers of sessions and groups that are never followed
  Tree(
      ProcessTable table,
      String mark,
      Collection<Root> roots,
      boolean rootsAreFresh,
      Set<Long> foreign) {
    this.table = table;
    this.mark = mark;
    this.roots = List.copyOf(roots);
    this.rootsAreFresh = rootsAreFresh;
    this.foreign = Set.copyOf(foreign);
  }

  /// Who belongs now and is alive.
  Map<Long, Entry> members() {
    Map<Long, Entry> all = table.entries();
    all.remove(ProcessHandle.current().pid());
    all.remove(1L);
    var members = new HashMap<Long, Entry>();
    for (long pid : table.carrying(mark)) {
      Entry entry = all.get(pid);
      if (entry != null) {
        members.put(pid, entry);
      }
    }
    roots.forEach(root -> addRoot(root, all, members));
    addRelatives(all, members);
    return members;
  }

  private void addRoot(Root root, Map<Long, Entry> all, Map<Long, Entry> members) {
    Entry entry = all.get(root.pid());
    if (entry != null) {
      if (entry.start().equals(root.start())) {
        members.put(root.pid(), entry);
      }
    } else if (rootsAreFresh && !foreign.contains(root.pid())) {
      for (Entry other : all.values()) {
        if (other.session() == root.pid() || other.group() == root.pid()) {
          members.put(other.pid(), other);
        }
      }
    }
  }

  private void addRelatives(Map<Long, Entry> all, Map<Long, Entry> members) {
    boolean grown = true;
    while (grown) {
      Set<Long> sessions = new HashSet<>();
      Set<Long> groups = new HashSet<>();
      for (Entry member : members.values()) {
        sessions.add(member.session());
        groups.add(member.group());
      }
      sessions.removeAll(foreign);
      groups.removeAll(foreign);
      sessions.remove(0L);
      groups.remove(0L);
      grown = false;
      for (Entry entry : all.values()) {
        if (!members.containsKey(entry.pid())
            && (members.containsKey(entry.parent())
                || sessions.contains(entry.session())
                || groups.contains(entry.group()))) {
          members.put(entry.pid(), entry);
          grown = true;
        }
      }
    }
  }

  /// Ends every member at once, again and again, until none is left.
  ///
  /// @return how many were signalled, or empty when some were still alive after `millis`
  Optional<Integer> kill(long millis) {
    long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis);
    var signalled = new HashSet<Entry>();
    long pause = 2;
    boolean confirmed = true; // one look is enough where nothing was; after a kill it takes two
    while (true) {
      Collection<Entry> members = members().values();
      if (members.isEmpty() && confirmed) {
        return Optional.of(signalled.size());
      }
      confirmed = members.isEmpty();
      for (Entry member : parentsFirst(members)) {
        signal(member, true);
        signalled.add(member);
      }
      if (System.nanoTime() - deadline > 0) {
        return Optional.empty();
      }
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(pause));
      pause = Math.min(50, pause * 2);
    }
  }

  /// A parent must not learn of its children's end before its own signal: a shell would go on with
  /// the next line, a supervisor would start another one.
  static List<Entry> parentsFirst(Collection<Entry> entries) {
    var parents = new HashMap<Long, Long>();
    entries.forEach(entry -> parents.put(entry.pid(), entry.parent()));
    return entries.stream()
        .sorted(Comparator.comparingInt(entry -> depth(entry, parents)))
        .toList();
  }

  private static int depth(Entry entry, Map<Long, Long> parents) {
    int depth = 0;
    Long parent = parents.get(entry.parent());
    while (parent != null && depth < parents.size()) {
      depth++;
      parent = parents.get(parent);
    }
    return depth;
  }

  long residentBytes() {
    return members().keySet().stream().mapToLong(table::residentBytes).sum();
  }

  /// Who came since then and is no helper of the others, parents first.
  private List<Entry> since(Offspring before) {
    return before.since(members(), table::isSpokenTo);
  }

  /// As [Child#endSince].
  int endSince(Offspring before, BooleanSupplier allowed) throws InterruptedException {
    if (since(before).isEmpty()) {
      return 0;
    }
    Thread.sleep(LEAVING_MILLIS);
    var left = since(before);
    if (left.isEmpty() || !allowed.getAsBoolean()) {
      return 0;
    }
    left.forEach(entry -> signal(entry, false));
    long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(2 * LEAVING_MILLIS);
    while (left.stream().anyMatch(this::alive) && System.nanoTime() - deadline < 0) {
      Thread.sleep(LEAVING_MILLIS / 10);
    }
    left.forEach(entry -> signal(entry, true));
    return left.size();
  }

  private boolean alive(Entry entry) {
    return table.entry(entry.pid()).map(Entry::start).filter(entry.start()::equals).isPresent();
  }

  /// Signals `entry` if that process still has its number.
  void signal(Entry entry, boolean kill) {
    // The handle compares the start time it saw with the one at the moment of the signal; the table
    // says that what the handle saw is what was meant.
    Optional<ProcessHandle> handle = ProcessHandle.of(entry.pid());
    if (handle.isPresent() && alive(entry)) {
      if (kill) {
        handle.get().destroyForcibly();
      } else {
        handle.get().destroy();
      }
    }
  }
}
