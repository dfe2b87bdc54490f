package dev.signalbox.process;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// The table as `ps` prints it: for macOS, which has no `/proc`. It has no session numbers there,
/// and hides the environment of Apple's own programs, so that those are found by group and parent
/// only.
final class PsTable implements ProcessTable {
  /// An option each: in a list, what follows an equals sign would be a heading to BSD's `ps`.
  private static final List<String> COLUMNS =
      List.of(
          "-o", "pid=", "-o", "ppid=", "-o", "pgid=", "-o", "stat=", "-o", "rss=", "-o", "lstart=");

  /// One column each, then the five words of the date.
  private static final int WORDS = 10;

  private record Row(Entry entry, long residentBytes) {}

  @Override
  public Map<Long, Entry> entries() {
    var entries = new HashMap<Long, Entry>();
    for (Row row : rows("-A")) {
      entries.put(row.entry().pid(), row.entry());
    }
    return entries;
  }

  @Override
  public Optional<Entry> entry(long pid) {
    return row(pid).map(Row::entry);
  }

  @Override
  public Set<Long> carrying(String mark) {
    List<String> lines = run(List.of("ps", "-A", "-E", "-ww", "-o", "pid=", "-o", "command="));
    if (lines.isEmpty()) { // a `ps` that is not the BSD one
      lines = run(List.of("ps", "axeww", "-o", "pid=", "-o", "command="));
    }
    var carrying = new HashSet<Long>();
    for (String line : lines) {
      if ((line + " ").contains(" " + mark + " ")) {
        carrying.add(Long.valueOf(line.strip().split(" ", 2)[0]));
      }
    }
    return carrying;
  }

  @Override
  public long residentBytes(long pid) {
    return row(pid).map(Row::residentBytes).orElse(0L);
  }

  /// It cannot be seen here; a yes makes sure that nobody is ended who is needed.
  @Override
  public boolean isSpokenTo(long pid) {
    return true;
  }

  @Override
  public String bootId() {
    // Not the boot's time, which follows when the clock is set.
    return String.join(" ", run(List.of("sysctl", "-n", "kern.bootsessionuuid")));
  }

  private static Optional<Row> row(long pid) {
    return rows("-p", Long.toString(pid)).stream().findFirst();
  }

  private static List<Row> rows(String... which) {
    var command = new ArrayList<>(List.of("ps"));
    command.addAll(List.of(which));
    command.addAll(COLUMNS);
    var rows = new ArrayList<Row>();
    for (String line : run(command)) {
      String[] words = line.strip().split("\\s+", -1);
      if (words.length == WORDS && !words[3].startsWith("Z")) {
        String start = String.join("_", List.of(words).subList(5, WORDS));
        var entry =
            new Entry(
                Long.parseLong(words[0]),
                Long.parseLong(words[1]),
                Long.parseLong(words[2]),
                0,
                start);
        rows.add(new Row(entry, Long.parseLong(words[4]) * 1024));
      }
    }
    return rows;
  }

  /// The lines a short command prints; none when it cannot be run.
  private static List<String> run(List<String> command) {
    var builder = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD);
    builder.environment().put("LC_ALL", "C");
    try {
      Process process = builder.start();
      process.getOutputStream().close();
      try (var reader = process.inputReader()) {
        return reader.lines().toList();
      }
    } catch (IOException e) {
      return List.of();
    }
  }
}
