package dev.signalbox.process;

import dev.signalbox.process.ProcessTable.Entry;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;

/// What stands around a command so that it is on the life-line: a session of its own, and a PID
/// namespace where that is possible. A file-system sandbox is one more case of this.
sealed interface Wrapper {
  /// The argument list that starts `argv` (whose first is absolute) in `directory` inside the
  /// wrapper.
  List<String> wrap(List<String> argv, Path directory);

  /// Of a child's live processes those a polite signal goes to: the group of the command, and
  /// nothing of the wrapper, whose death would end the command at once.
  List<Entry> commandGroup(Collection<Entry> tree, long pid);

  /// The command line that starts something as the leader of a new session, without a process in
  /// between; empty where neither `setsid` nor perl is there, and then children share the group of
  /// the server and are found by mark and parent only.
  static List<String> newSession(Map<String, String> environment) {
    Optional<Path> setsid = Programs.onPath("setsid", environment);
    if (setsid.isPresent()) {
      return List.of(setsid.get().toString());
    }
    // macOS has no setsid, but a perl.
    return Programs.onPath("perl", environment)
        .map(perl ->
            List.of(
                perl.toString(),
                "-e",
                "use POSIX; POSIX::setsid(); exec { $ARGV[0] } @ARGV or exit 127",
                "--"))
        .orElse(List.of());
  }

  private static List<String> join(List<String> prefix, List<String> argv) {
    var joined = new ArrayList<>(prefix);
    joined.addAll(argv);
    return List.copyOf(joined);
  }

  private static Optional<Entry> find(Collection<Entry> tree, Predicate<Entry> condition) {
    return tree.stream().filter(condition).findFirst();
  }

  /// A session and nothing else.
  record Session(List<String> newSession) implements Wrapper {
    @Override
    public List<String> wrap(List<String> argv, Path directory) {
      return join(newSession, argv);
    }

    @Override
    public List<Entry> commandGroup(Collection<Entry> tree, long pid) {
      Optional<Entry> command = find(tree, entry -> entry.pid() == pid);
      return tree.stream()
          .filter(entry -> command.isPresent() && entry.group() == command.get().group())
          .toList();
    }
  }

  /// A session and a PID namespace: when the command, the wrapper or the server's spawning thread
  /// ends, the kernel ends everything inside.
  record Namespace(List<String> newSession, Path bubblewrap) implements Wrapper {
    @Override
    public List<String> wrap(List<String> argv, Path directory) {
      var all = new ArrayList<>(newSession);
      all.addAll(
          List.of(
              bubblewrap.toString(),
              "--unshare-pid",
              "--die-with-parent",
              // The command in a session apart from bubblewrap's own, which a signal must not
              // reach.
              "--new-session",
              "--bind",
              "/",
              "/",
              "--dev-bind",
              "/dev",
              "/dev",
              "--proc",
              "/proc",
              "--chdir",
              directory.toString(),
              "--"));
      all.addAll(argv);
      return List.copyOf(all);
    }

    @Override
    public List<Entry> commandGroup(Collection<Entry> tree, long pid) {
      // The namespace's first process is bubblewrap's too; the command leads no group of its own
      // but
      // shares the one of that process.
      Optional<Entry> first = find(tree, entry -> entry.parent() == pid);
      return tree.stream()
          .filter(entry -> first.isPresent() && entry.group() == first.get().group())
          .filter(entry -> entry.pid() != pid && entry.pid() != first.orElseThrow().pid())
          .toList();
    }
  }
}
