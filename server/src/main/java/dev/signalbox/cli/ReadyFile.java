package dev.signalbox.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.signalbox.config.RuntimeContext.ServerNote;
import dev.signalbox.refusal.Refused;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import org.jspecify.annotations.Nullable;

/// Tells a program that waits for it that the server is up. It appears whole or not at all, and one
/// of an earlier start is gone before this one begins.
///
/// @param file absolute; null for none
record ReadyFile(@Nullable Path file) {
  /// @throws Refused when it could not be written
  static ReadyFile at(@Nullable Path file) {
    if (file == null) {
      return new ReadyFile(null);
    }
    var absolute = file.toAbsolutePath();
    var folder = absolute.getParent();
    if (folder == null || !Files.isDirectory(folder) || !Files.isWritable(folder)) {
      throw unwritable(absolute, "its folder is missing or not writable");
    }
    try {
      Files.deleteIfExists(absolute);
    } catch (IOException e) {
      throw unwritable(absolute, String.valueOf(e.getMessage()));
    }
    return new ReadyFile(absolute);
  }

  private record Ready(long pid, int port, String url, String data) {}

  void write(ServerNote note) {
    if (file == null) {
      return;
    }
    var text = // not as a tree, whose first number costs a start tens of milliseconds
        Rest.JSON.writeValueAsString(new Ready(note.pid(), note.port(), note.url(), note.data()));
    var fresh = file.resolveSibling(file.getFileName() + "." + ProcessHandle.current().pid());
    try {
      Files.writeString(fresh, text + "\n", UTF_8);
      Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException e) {
      throw unwritable(file, String.valueOf(e.getMessage()));
    }
  }

  private static Refused unwritable(Path file, String why) {
    return Refused.unavailable(
        "ready_file",
        "The file %s of --ready-file cannot be written: %s. Choose another.".formatted(file, why));
  }
}
