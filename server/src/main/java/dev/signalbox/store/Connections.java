package dev.signalbox.store;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import org.jdbi.v3.core.ConnectionFactory;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.statement.SqlStatements;
import org.sqlite.SQLiteConfig;
import org.sqlite.SQLiteDataSource;

/// Opens connections to one file, each set up for its part.
final class Connections {
  /// Small, because each saved piece of growing text writes a page anew: with 4 KB pages a streamed
  /// answer costs four times the writing.
  private static final int PAGE_BYTES = 1024;

  private static final int BUSY_MILLIS = 5_000;
  private static final int WAL_KEPT_BYTES = 16 << 20;

  private final Path file;

  Connections(Path file) {
    this.file = file;
  }

  Path file() {
    return file;
  }

  /// The one connection that writes. `IMMEDIATE`, so that a transaction never fails half-way for
  /// want of the lock. Checkpoints are made by the writer, when it suits.
  Connection writer() throws SQLException {
    var config = common();
    config.setTransactionMode(SQLiteConfig.TransactionMode.IMMEDIATE);
    config.setSynchronous(SQLiteConfig.SynchronousMode.FULL);
    config.enforceForeignKeys(true);
    Connection connection = open(config);
    // One by one, because the size of a page can only be chosen before the first one is written,
    // which switching to the log does.
    execute(connection, "PRAGMA page_size = " + PAGE_BYTES);
    execute(connection, "PRAGMA journal_mode = WAL");
    execute(connection, "PRAGMA wal_autocheckpoint = 0");
    execute(connection, "PRAGMA journal_size_limit = " + WAL_KEPT_BYTES);
    return connection;
  }

  /// Sees a snapshot for the length of each transaction and cannot write.
  Connection reader() throws SQLException {
    var config = common();
    config.setReadOnly(true);
    return open(config);
  }

  private static SQLiteConfig common() {
    var config = new SQLiteConfig();
    config.setBusyTimeout(BUSY_MILLIS);
    config.setGetGeneratedKeys(false);
    // Memory mapping turns an I/O error into a killed process and was part of real corruption.
    config.setPragma(SQLiteConfig.Pragma.MMAP_SIZE, "0");
    return config;
  }

  /// What reads and writes speak through; the connection is closed with it.
  static Handle handle(Connection connection) {
    ConnectionFactory own = () -> connection; // a bare connection would stay open
    var jdbi = Jdbi.create(own);
    jdbi.getConfig(SqlStatements.class).setSqlParser(new Parameters());
    return jdbi.open();
  }

  private Connection open(SQLiteConfig config) throws SQLException {
    var source = new SQLiteDataSource(config);
    // As a URI, because a `?` in a plain path would be taken for options.
    source.setUrl("jdbc:sqlite:" + file.toUri());
    return source.getConnection();
  }

  static void execute(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  static long number(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(sql)) {
      return rows.next() ? rows.getLong(1) : 0;
    }
  }

  static String text(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(sql)) {
      return rows.next() ? rows.getString(1) : "";
    }
  }
}
