package dev.signalbox.config;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/// One surface's store: its database and its files, apart from the shared configuration and from
/// every other context. One server serves one context.
///
/// @param directory absolute; it may not exist yet
public record RuntimeContext(DataFolder data, String name, Path directory) {
  private static final List<String> FOLDERS =
      List.of("worktrees", "homes", "jobs", "uploads", "logs", "spool");

  public Path database() {
    return directory.resolve("runtime.db");
  }

  public Path homes() {
    return directory.resolve("homes");
  }

  /// Of the folders that jobs have to themselves.
  public Path jobs() {
    return directory.resolve("jobs");
  }

  public Path uploads() {
    return directory.resolve("uploads");
  }

  public Path logs() {
    return directory.resolve("logs");
  }

  public Path spool() {
    return directory.resolve("spool");
  }

  /// Makes what is missing, also of the data folder.
  ///
  /// @throws dev.signalbox.refusal.Refused when it cannot be written
  public void prepare() {
    data.prepare();
    try {
      PrivateFiles.folder(directory);
      for (var folder : FOLDERS) {
        PrivateFiles.folder(directory.resolve(folder));
      }
    } catch (IOException e) {
      throw DataFolder.unusable(directory, e);
    }
  }

  /// Takes the context for this process; empty when another process has it. The operating system
  /// gives it back when the process ends, however it ends.
  public Optional<ContextLock> tryLock() {
    return ContextLock.tryTake(this);
  }

  /// What the server of this context last said about itself. It may be gone meanwhile: whoever
  /// needs to know asks it.
  public Optional<ServerNote> lastServer() {
    try {
      var text = Files.readString(serverFile(), UTF_8);
      return Optional.of(new JsonMapper().readValue(text, ServerNote.class));
    } catch (IOException | JacksonException e) {
      return Optional.empty(); // not there, or half of it: no server we could find
    }
  }

  Path serverFile() {
    return directory.resolve("server.json");
  }

  /// How to find a running server.
  ///
  /// @param url without a path and without credentials, `http://127.0.0.1:7420`
  public record ServerNote(
      long pid, int port, String url, String data, String context, Instant startedAt) {}
}
