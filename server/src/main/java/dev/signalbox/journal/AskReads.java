package dev.signalbox.journal;

import dev.signalbox.event.Answer;
import dev.signalbox.event.Ask;
import dev.signalbox.id.AskId;
import dev.signalbox.id.LaneId;
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

/// Reads asks. One that cannot be read is left out and logged: it could not be answered anyway.
final class AskReads {
  private static final Logger log = LoggerFactory.getLogger(AskReads.class);
  private static final String COLUMNS =
      "SELECT id, state, body, answer, closed_by, client_id, closed_at FROM ask ";

  private final Database db;

  AskReads(Database db) {
    this.db = db;
  }

  Optional<Ask> one(AskId ask) {
    return db.read(handle ->
        handle
            .createQuery(COLUMNS + "WHERE id = ?")
            .bind(0, ask.value())
            .map((row, _) -> ask(row))
            .findOne()
            .flatMap(found -> found));
  }

  Optional<Journal.AskClosure> closure(AskId ask) {
    return db.read(handle ->
        handle
            .createQuery(COLUMNS + "WHERE id = ? AND state > 0")
            .bind(0, ask.value())
            .map((row, _) -> closure(row))
            .findOne()
            .flatMap(found -> found));
  }

  List<Ask> open(@Nullable LaneId lane) {
    return db.read(handle -> lane == null ? open(handle) : open(handle, LaneRow.of(handle, lane)));
  }

  private static List<Ask> open(Handle handle) {
    return handle
        .createQuery(COLUMNS + "WHERE state = 0 ORDER BY no")
        .map((row, _) -> ask(row))
        .stream()
        .flatMap(Optional::stream)
        .toList();
  }

  static List<Ask> open(Handle handle, LaneRow lane) {
    return handle
        .createQuery(COLUMNS + "WHERE lane = ? AND state = 0 ORDER BY no")
        .bind(0, lane.no())
        .map((row, _) -> ask(row))
        .stream()
        .flatMap(Optional::stream)
        .toList();
  }

  private static Optional<Ask> ask(ResultSet row) throws SQLException {
    try {
      Ask opened = Json.decode(row.getString(3), Ask.class);
      return Optional.of(opened.withState(AskStates.of(row.getInt(2))));
    } catch (RuntimeException e) {
      log.warn("event=ask_not_read ask={}", row.getString(1));
      return Optional.empty();
    }
  }

  private static Optional<Journal.AskClosure> closure(ResultSet row) throws SQLException {
    Optional<Ask> ask = ask(row);
    if (ask.isEmpty()) {
      return Optional.empty();
    }
    String answer = row.getString(4);
    return Optional.of(
        new Journal.AskClosure(
            ask.get(),
            answer == null ? null : Json.decode(answer, Answer.class),
            row.getString(5),
            row.getString(6),
            Instant.ofEpochMilli(row.getLong(7))));
  }
}
