package dev.signalbox.store;

import org.jdbi.v3.core.statement.ParsedSql;
import org.jdbi.v3.core.statement.SqlParser;
import org.jdbi.v3.core.statement.StatementContext;

/// Finds the parameters of a statement: `?` and `:name`, outside of `'text'`, `"names"` and `--
/// comments`. In the place of Jdbi's own parser, whose grammar would have to be loaded at each
/// start.
final class Parameters implements SqlParser {

  @Override
  public ParsedSql parse(String sql, StatementContext context) {
    var parsed = ParsedSql.builder();
    int from = 0; // of what is not copied yet
    int at = 0;
    while (at < sql.length()) {
      char c = sql.charAt(at);
      if (c == '\'' || c == '"') {
        at = after(sql, String.valueOf(c), at + 1);
      } else if (sql.startsWith("--", at)) {
        at = after(sql, "\n", at);
      } else if (c == '?') {
        parsed.append(sql.substring(from, at)).appendPositionalParameter();
        from = ++at;
      } else if (c == ':' && name(sql, at + 1) > at + 1) {
        int end = name(sql, at + 1);
        parsed.append(sql.substring(from, at)).appendNamedParameter(sql.substring(at + 1, end));
        from = at = end;
      } else {
        at++;
      }
    }
    return parsed.append(sql.substring(from)).build();
  }

  @Override
  public String nameParameter(String rawName, StatementContext context) {
    return ":" + rawName;
  }

  /// A doubled quote ends one text and begins the next, which comes to the same.
  private static int after(String sql, String mark, int from) {
    int found = sql.indexOf(mark, from);
    return found < 0 ? sql.length() : found + mark.length();
  }

  private static int name(String sql, int from) {
    int end = from;
    while (end < sql.length() && Character.isJavaIdentifierPart(sql.charAt(end))) {
      end++;
    }
    return end;
  }
}
