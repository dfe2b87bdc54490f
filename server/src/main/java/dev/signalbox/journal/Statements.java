package dev.signalbox.journal;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// The prepared statements of one connection: facts are stored with the same few statements all day
/// long. Used by the writer's thread only.
final class Statements {
  private final Map<String, PreparedStatement> prepared = new HashMap<>();
  private @Nullable Connection connection;

  /// Prepares for `current`; what belonged to another connection is forgotten.
  void on(Connection current) {
    if (!current.equals(connection)) {
      prepared.clear();
      connection = current;
    }
  }

  /// After a failure, in the middle of which a statement may have been left.
  void forget() {
    for (PreparedStatement statement : prepared.values()) {
      try {
        statement.close();
      } catch (SQLException e) {
        // It was no good any more, which is why it is closed.
      }
    }
    prepared.clear();
  }

  /// Carries out a change.
  ///
  /// @return how many rows it changed
  int update(String sql, @Nullable Object... values) throws SQLException {
    return bound(sql, values).executeUpdate();
  }

  /// The first column of the first row, or null when there is no row.
  @Nullable Long number(String sql, @Nullable Object... values) throws SQLException {
    try (ResultSet rows = bound(sql, values).executeQuery()) {
      return rows.next() ? rows.getLong(1) : null;
    }
  }

  PreparedStatement bound(String sql, @Nullable Object... values) throws SQLException {
    PreparedStatement statement = prepared.get(sql);
    if (statement == null) {
      if (connection == null) {
        throw new IllegalStateException("no connection");
      }
      statement = connection.prepareStatement(sql);
      prepared.put(sql, statement);
    }
    for (int i = 0; i < values.length; i++) {
      statement.setObject(i + 1, values[i]);
    }
    return statement;
  }
}
