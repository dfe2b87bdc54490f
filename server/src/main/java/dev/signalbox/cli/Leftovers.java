package dev.signalbox.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;

/// Folders of our own that nobody needs any more.
final class Leftovers {
  private Leftovers() {}

  /// As far as it goes: the system clears its temporary folder some day.
  static void delete(Path folder) {
    try (var all = Files.walk(folder)) {
      for (var path : all.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(path);
      }
    } catch (IOException e) {
      // as said
    }
  }
}
