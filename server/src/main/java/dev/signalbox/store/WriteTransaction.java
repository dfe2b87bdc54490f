package dev.signalbox.store;

import dev.signalbox.store.Writer.GroupLost;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.concurrent.TimeUnit;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/// The writer's connection and its one transaction at a time. Used by the writer's thread only,
/// once the database is open.
final class WriteTransaction {
  private static final int PROBE_BYTES = 256 << 10;

  /// A commit that need not wait for the disk waits all the same when the last flush is this old,
  /// so that a power cut takes at most about a second.
  private static final long MOST_UNFLUSHED_NANOS = TimeUnit.MILLISECONDS.toNanos(750);

  private final Connection connection;
  private final Statement statement;
  private @Nullable Handle handle;
  private boolean flushing = true;
  private long flushedAt = System.nanoTime();

  WriteTransaction(Connection connection) throws SQLException {
    this.connection = connection;
    this.statement = connection.createStatement();
  }

  /// @param durable whether its commit waits for the disk
  void begin(boolean durable) throws GroupLost {
    try {
      flush(durable || System.nanoTime() - flushedAt > MOST_UNFLUSHED_NANOS);
      connection.setAutoCommit(false);
    } catch (SQLException e) {
      throw lost(e);
    }
  }

  /// Runs `work`; what it did is undone when it fails.
  ///
  /// @return the failure, or null
  /// @throws GroupLost when the failure is not its own affair: the transaction is gone
  @Nullable Exception inSavepoint(Database.Write work) throws GroupLost {
    try {
      statement.execute("SAVEPOINT one");
      Exception failure = run(work);
      if (failure != null) {
        if (DiskFault.of(failure) != null) {
          throw lost(failure);
        }
        statement.execute("ROLLBACK TO one");
      }
      statement.execute("RELEASE one");
      return failure;
    } catch (SQLException e) {
      throw lost(e);
    }
  }

  private @Nullable Exception run(Database.Write work) {
    try {
      work.run(handle());
      return null;
    } catch (Exception e) {
      return e;
    } catch (StackOverflowError | AssertionError e) {
      return new IllegalStateException(e); // one caller's bug must not end the writer
    }
  }

  void commit() throws GroupLost {
    try {
      connection.setAutoCommit(true);
    } catch (SQLException e) {
      throw lost(e);
    }
    if (flushing) {
      flushedAt = System.nanoTime();
    }
  }

  /// Writes enough to notice a disk that is still full, and takes it back.
  void probe() throws GroupLost {
    try {
      statement.execute(
          "REPLACE INTO probe (id, filler) VALUES (1, zeroblob(" + PROBE_BYTES + "))");
      connection.setAutoCommit(true);
      connection.setAutoCommit(false);
      statement.execute("DELETE FROM probe");
    } catch (SQLException e) {
      throw lost(e);
    }
  }

  /// Rolls back whatever is left of the transaction.
  private GroupLost lost(Exception reason) {
    try {
      statement.execute("ROLLBACK");
    } catch (SQLException e) {
      // SQLite has rolled back by itself, as it does on a full disk.
    }
    try {
      connection.setAutoCommit(true);
    } catch (SQLException e) {
      // "no transaction is active": the driver only had to learn it.
    }
    return new GroupLost(reason);
  }

  /// Moves what the log holds into the file. Never waits for readers.
  void checkpoint(String mode) throws SQLException {
    statement.execute("PRAGMA wal_checkpoint(" + mode + ")");
  }

  /// How many pages of the log are not in the file yet.
  long pagesInLog() throws SQLException {
    try (var rows = statement.executeQuery("PRAGMA wal_checkpoint(NOOP)")) {
      return rows.next() ? rows.getLong(2) - rows.getLong(3) : 0;
    }
  }

  void close() {
    try {
      connection.close();
    } catch (SQLException e) {
      Writer.logQuietly("close_failed", e);
    }
  }

  private void flush(boolean wanted) throws SQLException {
    if (wanted != flushing) {
      statement.execute("PRAGMA synchronous = " + (wanted ? "FULL" : "NORMAL"));
      flushing = wanted;
    }
  }

  private Handle handle() {
    if (handle == null) {
      handle = Connections.handle(connection); // with the first write: a start has no time for it
    }
    return handle;
  }
}
