package dev.signalbox.journal;

import dev.signalbox.event.Item;
import dev.signalbox.event.Problem;
import dev.signalbox.event.Turn;
import dev.signalbox.event.Usage;
import dev.signalbox.id.LaneId;
import dev.signalbox.id.TurnId;
import dev.signalbox.refusal.Refused;
import dev.signalbox.store.Database;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Reads turns. The prompt of an ended one is the text of its user item.
final class TurnReads {
  private static final Logger log = LoggerFactory.getLogger(TurnReads.class);

  /// Long prompts are cut by SQLite already, to more characters than are shown.
  private static final String SHORTENED =
      """
      SELECT t.id, l.id, t.state, t.agent, t.client_id, t.body, t.bytes, t.started_at, t.ended_at,
        t.reason, t.error, t.usage, i.no, i.long,
        CASE WHEN t.bytes > 65536 THEN substr(coalesce(t.prompt, i.text), 1, 65536)
          ELSE coalesce(t.prompt, i.text) END, t.seq
      FROM turn t JOIN lane l ON l.no = t.lane
      LEFT JOIN item i ON t.prompt IS NULL AND i.no = t.item
      """;

  private static final String EXACT =
      """
      SELECT t.id, l.id, t.state, t.agent, t.client_id, t.body, t.bytes, t.started_at, t.ended_at,
        t.reason, t.error, t.usage, NULL, 0, t.prompt
      FROM turn t JOIN lane l ON l.no = t.lane
      """;

  private final Database db;

  TurnReads(Database db) {
    this.db = db;
  }

  Optional<Turn> one(TurnId turn) {
    return db.read(handle ->
        handle
            .createQuery(SHORTENED + "WHERE t.id = ?")
            .bind(0, turn.value())
            .map((row, _) -> turn(handle, row))
            .findOne());
  }

  Optional<Journal.Sent> byClientId(LaneId lane, String clientId) {
    return db.read(handle ->
        handle
            .createQuery(SHORTENED + "WHERE t.lane = ? AND t.client_id = ?")
            .bind(0, LaneRow.of(handle, lane).no())
            .bind(1, clientId)
            .map((row, _) -> new Journal.Sent(turn(handle, row), row.getLong(16)))
            .findOne());
  }

  List<Turn> newest(LaneId lane, @Nullable TurnId before, int limit) {
    return db.read(handle ->
        handle
            .createQuery(SHORTENED + "WHERE t.lane = ? AND t.no < ? ORDER BY t.no DESC LIMIT ?")
            .bind(0, LaneRow.of(handle, lane).no())
            .bind(1, before == null ? Long.MAX_VALUE : number(handle, before))
            .bind(2, limit)
            .map((row, _) -> turn(handle, row))
            .list());
  }

  private static long number(Handle handle, TurnId turn) {
    return handle
        .createQuery("SELECT no FROM turn WHERE id = ?")
        .bind(0, turn.value())
        .mapTo(Long.class)
        .findOne()
        .orElseThrow(() -> unknown(turn));
  }

  private static Refused unknown(TurnId turn) {
    return Refused.notFound("turn_unknown", "There is no turn " + turn);
  }

  String prompt(TurnId turn) {
    return db.read(handle ->
        handle
            .createQuery(
                """
                SELECT t.prompt, i.no, i.long, i.text FROM turn t
                LEFT JOIN item i ON i.no = t.item WHERE t.id = ?\
                """)
            .bind(0, turn.value())
            .map((row, _) -> prompt(handle, row))
            .findOne()
            .orElseThrow(() -> unknown(turn)));
  }

  private static String prompt(Handle handle, ResultSet row) throws SQLException {
    String exact = row.getString(1);
    if (exact != null) {
      return exact;
    }
    var texts = new StoredTexts(handle.getConnection(), row.getLong(2), false, row.getInt(3));
    return texts.slice(Item.Field.TEXT, row.getString(4), 0, Fields.MOST_UNITS).text();
  }

  /// Turns that have not ended, whole, in the order of the queue.
  static List<Turn> unfinished(Handle handle, LaneRow lane) {
    return handle
        .createQuery(EXACT + "WHERE t.lane = ? AND t.state < 3 ORDER BY t.pos")
        .bind(0, lane.no())
        .map((row, _) -> exact(row))
        .list();
  }

  private static Turn turn(Handle handle, ResultSet row) throws SQLException {
    var texts = new StoredTexts(handle.getConnection(), row.getLong(13), false, row.getInt(14));
    Shown shown = texts.shown(Item.Field.TEXT, row.getString(15));
    return Prompts.shortened(with(row, shown == null ? "" : shown.text()));
  }

  private static Turn exact(ResultSet row) throws SQLException {
    String prompt = row.getString(15);
    return with(row, prompt == null ? "" : prompt);
  }

  private static Turn with(ResultSet row, String text) throws SQLException {
    Turn stored = decoded(row);
    return new Turn(
        stored.id(),
        stored.lane(),
        TurnStates.of(row.getInt(3)),
        text,
        row.getLong(7),
        row.getString(4),
        stored.model(),
        stored.mode(),
        stored.effort(),
        stored.attachments(),
        stored.clientId(),
        stored.queuedAt(),
        stored.notBefore(),
        time(row, 8),
        time(row, 9),
        row.getString(10),
        decoded(row, 11, Problem.class),
        decoded(row, 12, Usage.class));
  }

  private static @Nullable Instant time(ResultSet row, int column) throws SQLException {
    long millis = row.getLong(column);
    return row.wasNull() ? null : Instant.ofEpochMilli(millis);
  }

  private static <T> @Nullable T decoded(ResultSet row, int column, Class<T> type)
      throws SQLException {
    String json = row.getString(column);
    try {
      return json == null ? null : Json.decode(json, type);
    } catch (RuntimeException e) {
      log.warn("event=turn_not_read turn={} column={}", row.getString(1), column);
      return null;
    }
  }

  /// What can be said of a turn whose body cannot be read is in its other columns.
  private static Turn decoded(ResultSet row) throws SQLException {
    Turn whole = decoded(row, 6, Turn.class);
    if (whole != null) {
      return whole;
    }
    return new Turn(
        new TurnId(row.getString(1)),
        new LaneId(row.getString(2)),
        Turn.State.QUEUED,
        "",
        0,
        row.getString(4),
        null,
        null,
        null,
        List.of(),
        row.getString(5),
        Instant.EPOCH,
        null,
        null,
        null,
        null,
        null,
        null);
  }
}
