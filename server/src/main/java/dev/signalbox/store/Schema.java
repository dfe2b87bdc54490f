package dev.signalbox.store;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;

/// The schema of one kind of file: its mark, and the steps that lead to it.
///
/// @param application the mark in the file's header (`PRAGMA application_id`)
/// @param steps resource names; the first makes version 1 (`PRAGMA user_version`), and so on
record Schema(int application, List<String> steps) {
  private static final int CONFIG = 0x5347_4346; // "SGCF"
  private static final int RUNTIME = 0x5347_5254; // "SGRT"

  Schema {
    steps = List.copyOf(steps);
  }

  static Schema of(Database.Kind kind) {
    return switch (kind) {
      case CONFIG -> new Schema(CONFIG, List.of("/db/config/001-start.sql"));
      case RUNTIME ->
          new Schema(
              RUNTIME,
              List.of(
                  "/db/runtime/001-start.sql",
                  "/db/runtime/002-commands.sql",
                  "/db/runtime/003-seen.sql",
                  "/db/runtime/004-jobs.sql"));
    };
  }

  int version() {
    return steps.size();
  }

  /// Brings the file up to date, each step whole or not at all.
  void migrate(Connection writer, Path file) throws SQLException {
    int version = (int) Connections.number(writer, "PRAGMA user_version");
    if (version > 0 && version < version()) {
      backUp(writer, file.resolveSibling(file.getFileName() + ".v" + version + ".backup"));
    }
    for (int next = version + 1; next <= version(); next++) {
      step(writer, next);
    }
  }

  private static void backUp(Connection writer, Path backup) throws SQLException {
    try {
      Files.deleteIfExists(backup); // of an attempt that was cut off: the file is still as it was
      PrivateFiles.create(backup);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    try (var statement = writer.prepareStatement("VACUUM INTO ?")) {
      statement.setString(1, backup.toString());
      statement.execute();
    }
  }

  private void step(Connection writer, int number) throws SQLException {
    writer.setAutoCommit(false);
    try {
      for (String statement : statements(steps.get(number - 1))) {
        Connections.execute(writer, statement);
      }
      Connections.execute(writer, "PRAGMA application_id = " + application);
      Connections.execute(writer, "PRAGMA user_version = " + number);
    } catch (SQLException e) {
      Connections.execute(writer, "ROLLBACK");
      throw e;
    }
    writer.setAutoCommit(true);
  }

  /// A statement ends at a `;` at the end of a line, a comment has its line for itself.
  private static List<String> statements(String resource) {
    try (InputStream in = Schema.class.getResourceAsStream(resource)) {
      if (in == null) {
        throw new IllegalStateException("no resource " + resource);
      }
      String text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
      return List.of(text.replaceAll("(?m)^--.*\\R", "").strip().split(";\\R"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
