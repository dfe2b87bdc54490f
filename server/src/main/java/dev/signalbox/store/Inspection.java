package dev.signalbox.store;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Arrays;
import org.sqlite.SQLiteException;

/// Looks at an existing file before anything may change it. What does not fit is refused here, on a
/// connection that cannot write, so that the file stays as it is.
final class Inspection {
  private static final byte[] MAGIC = "SQLite format 3\0".getBytes(StandardCharsets.US_ASCII);

  /// Up to this size every page is looked at; a larger file would make each start slow.
  private static final long CHECKED_WHOLE_BYTES = 8 << 20;

  private final Connections connections;
  private final Path file;
  private final Database.Kind kind;
  private final Schema schema;

  Inspection(Connections connections, Database.Kind kind, Schema schema) {
    this.connections = connections;
    this.file = connections.file();
    this.kind = kind;
    this.schema = schema;
  }

  /// @throws StoreRefused when the file must not be used
  void run() throws IOException {
    if (!Files.isRegularFile(file)) {
      throw new StoreRefused(file + " is not a file: choose another data directory");
    }
    if (!Files.isReadable(file) || !Files.isWritable(file)) {
      throw new StoreRefused(file + " cannot be read and written: change its permissions");
    }
    try (InputStream in = Files.newInputStream(file)) {
      if (!Arrays.equals(in.readNBytes(MAGIC.length), MAGIC)) {
        throw damaged("it does not begin like a database");
      }
    }
    try (Connection connection = connections.reader()) {
      whose(connection);
      sound(connection);
    } catch (SQLiteException e) {
      throw DiskFault.isDamage(e) || Files.size(file) % 512 != 0
          ? damaged(String.valueOf(e.getMessage()))
          : new StoreRefused(file + " cannot be opened: " + e.getMessage(), e);
    } catch (SQLException e) {
      throw new StoreRefused(file + " cannot be opened: " + e.getMessage(), e);
    }
  }

  private void whose(Connection connection) throws SQLException {
    long application = Connections.number(connection, "PRAGMA application_id");
    long version = Connections.number(connection, "PRAGMA user_version");
    boolean empty = Connections.number(connection, "SELECT count(*) FROM sqlite_schema") == 0;
    if (application == 0 && version == 0 && empty) {
      return; // made, and cut off before its first step
    }
    for (Database.Kind other : Database.Kind.values()) {
      if (other != kind && application == Schema.of(other).application()) {
        throw new StoreRefused(
            "%s holds %s data, not %s data: the two are never mixed in one file"
                .formatted(file, name(other), name(kind)));
      }
    }
    if (application != schema.application()) {
      throw new StoreRefused(file + " belongs to another program: choose another data directory");
    }
    if (version > schema.version()) {
      throw new StoreRefused(
          "%s has schema %d, and this Signalbox knows up to %d: use the newer Signalbox that wrote it"
              .formatted(file, version, schema.version()));
    }
  }

  private void sound(Connection connection) throws SQLException, IOException {
    long pages = Connections.number(connection, "PRAGMA page_count");
    long expected = pages * Connections.number(connection, "PRAGMA page_size");
    long size = Files.size(file);
    if (size < expected && !hasLog()) {
      throw damaged("it has %d bytes of %d".formatted(size, expected));
    }
    if (expected <= CHECKED_WHOLE_BYTES) {
      String found = Connections.text(connection, "PRAGMA quick_check(1)");
      if (!found.equals("ok")) {
        throw damaged(found.lines().reduce((a, b) -> b).orElse(found));
      }
    }
  }

  /// Pages that are not in the file yet may be in its write-ahead log.
  private boolean hasLog() throws IOException {
    Path log = file.resolveSibling(file.getFileName() + "-wal");
    return Files.exists(log) && Files.size(log) > 0;
  }

  private StoreRefused damaged(String how) {
    return new StoreRefused(
        "%s is damaged (%s): move it away to begin anew, or put back a backup"
            .formatted(file, how.strip()));
  }

  private static String name(Database.Kind kind) {
    return switch (kind) {
      case CONFIG -> "configuration";
      case RUNTIME -> "runtime";
    };
  }
}
