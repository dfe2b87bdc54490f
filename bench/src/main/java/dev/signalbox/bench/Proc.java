package dev.signalbox.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/// What Linux tells of a process.
final class Proc {
  private Proc() {}

  static long residentBytes(long pid) {
    return number(Path.of("/proc/" + pid + "/status"), "VmRSS:") * 1024;
  }

  /// Bytes it caused to be written to the disk.
  static long writtenBytes(long pid) {
    return number(Path.of("/proc/" + pid + "/io"), "write_bytes:");
  }

  private static long number(Path file, String key) {
    try {
      return Files.readAllLines(file).stream()
          .filter(line -> line.startsWith(key))
          .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
          .findFirst()
          .orElse(0);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static double load() {
    try {
      return Double.parseDouble(Files.readString(Path.of("/proc/loadavg")).split(" ", -1)[0]);
    } catch (IOException e) {
      return Double.NaN;
    }
  }
}
