package dev.signalbox.process;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// The table as Linux shows it under `/proc`.
final class ProcTable implements ProcessTable {
  private static final Path PROC = Path.of("/proc");

  @Override
  public Map<Long, Entry> entries() {
    var entries = new HashMap<Long, Entry>();
    for (long pid : pids()) {
      entry(pid).ifPresent(entry -> entries.put(pid, entry));
    }
    return entries;
  }

  @Override
  public Optional<Entry> entry(long pid) {
    String stat = read(pid, "stat");
    if (stat == null) {
      return Optional.empty();
    }
    // The name in parentheses may hold anything, parentheses and spaces too.
    String[] fields = stat.substring(stat.lastIndexOf(')') + 1).strip().split(" ", -1);
    if (fields.length < 20 || fields[0].equals("Z") || fields[0].equals("X")) {
      return Optional.empty();
    }
    return Optional.of(
        new Entry(
            pid,
            Long.parseLong(fields[1]),
            Long.parseLong(fields[2]),
            Long.parseLong(fields[3]),
            fields[19]));
  }

  @Override
  public Set<Long> carrying(String mark) {
    var carrying = new HashSet<Long>();
    for (long pid : pids()) {
      String environment = read(pid, "environ");
      if (environment != null && ("\0" + environment + "\0").contains("\0" + mark + "\0")) {
        carrying.add(pid);
      }
    }
    return carrying;
  }

  @Override
  public long residentBytes(long pid) {
    String status = read(pid, "status");
    if (status == null) {
      return 0;
    }
    return status
        .lines()
        .filter(line -> line.startsWith("VmRSS:"))
        .findFirst()
        .map(line -> Long.parseLong(line.replaceAll("\\D", "")) * 1024)
        .orElse(0L);
  }

  @Override
  public boolean isSpokenTo(long pid) {
    try {
      var input = Files.readSymbolicLink(PROC.resolve(Long.toString(pid)).resolve("fd/0"));
      return input.toString().startsWith("pipe:") || input.toString().startsWith("socket:");
    } catch (IOException e) {
      return false; // it has no input, or is gone
    }
  }

  @Override
  public String bootId() {
    try {
      return Files.readString(PROC.resolve("sys/kernel/random/boot_id")).strip();
    } catch (IOException e) {
      throw new UncheckedIOException("cannot tell which boot of the machine this is", e);
    }
  }

  private static List<Long> pids() {
    var pids = new ArrayList<Long>();
    try (var names = Files.newDirectoryStream(PROC, "[0-9]*")) {
      names.forEach(name -> pids.add(Long.valueOf(name.getFileName().toString())));
    } catch (IOException | DirectoryIteratorException e) {
      throw new IllegalStateException("cannot read " + PROC, e);
    }
    return pids;
  }

  /// Null when the process is gone, or somebody else's.
  private static @Nullable String read(long pid, String file) {
    try {
      return new String(
          Files.readAllBytes(PROC.resolve(Long.toString(pid)).resolve(file)),
          StandardCharsets.ISO_8859_1);
    } catch (IOException e) {
      return null;
    }
  }
}
