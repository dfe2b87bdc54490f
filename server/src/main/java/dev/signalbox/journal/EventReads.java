package dev.signalbox.journal;

import dev.signalbox.event.AgentCommands;
import dev.signalbox.event.Ask;
import dev.signalbox.event.Item;
import dev.signalbox.id.LaneId;
import dev.signalbox.store.Database;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Reads facts as they go over the wire. What cannot be read is shown as it is, under the type
/// `unknown`: one bad row never hides the others.
final class EventReads {
  private static final Logger log = LoggerFactory.getLogger(EventReads.class);

  static final String PAGE =
      """
      SELECT e.seq, e.at, e.type, e.client, e.body,
        i.no, i.body, i.open, i.long, i.text, i.output, i.diff, a.body, a.state
      FROM event e
      LEFT JOIN item i ON e.type = 8 AND i.no = e.ref
      LEFT JOIN ask a ON e.type IN (9, 10) AND a.no = e.ref
      WHERE e.key > ? AND e.key < ? ORDER BY e.key LIMIT ?\
      """;

  /// With an index of its own, which the number in the text makes usable.
  private static final String COMMANDS =
      """
      SELECT body FROM event WHERE type = 13 AND key > ? AND key < ?
      ORDER BY key DESC LIMIT 200\
      """;

  /// The newest of each agent, newest lanes first.
  private static final String ALL_COMMANDS =
      "SELECT body FROM event WHERE type = 13 ORDER BY at DESC LIMIT 200";

  private final Database db;

  EventReads(Database db) {
    this.db = db;
  }

  Journal.Head head(LaneId lane) {
    return db.read(handle -> LaneRow.of(handle, lane).head());
  }

  /// Facts after `after`, at most `limit` and about `mostBytes` (but at least one).
  Journal.EventPage page(LaneId lane, long after, int limit, long mostBytes) {
    return db.read(handle -> page(handle, LaneRow.of(handle, lane), after, limit, mostBytes));
  }

  /// What each agent offered last, as far as the newest 200 announcements say.
  List<AgentCommands> commands(LaneId lane) {
    var bodies =
        db.read(handle -> {
          long no = LaneRow.of(handle, lane).no();
          return handle
              .createQuery(COMMANDS)
              .bind(0, no << 40)
              .bind(1, (no + 1) << 40)
              .mapTo(String.class)
              .list();
        });
    return newest(bodies);
  }

  /// Of all lanes.
  List<AgentCommands> commands() {
    return newest(db.read(handle -> handle.createQuery(ALL_COMMANDS).mapTo(String.class).list()));
  }

  private static List<AgentCommands> newest(List<String> newestFirst) {
    var newest = new LinkedHashMap<String, AgentCommands>();
    for (String body : newestFirst) {
      try {
        var offered = Json.decode(body, AgentCommands.class);
        newest.putIfAbsent(offered.agent(), offered);
      } catch (RuntimeException e) {
        log.warn("event=commands_not_read", e);
      }
    }
    return List.copyOf(newest.values());
  }

  private static Journal.EventPage page(
      Handle handle, LaneRow lane, long after, int limit, long mostBytes) throws SQLException {
    var events = new ArrayList<String>();
    long room = mostBytes;
    long last = Math.max(0, after);
    Connection connection = handle.getConnection();
    try (PreparedStatement statement = connection.prepareStatement(PAGE)) {
      statement.setLong(1, lane.no() << 40 | last);
      statement.setLong(2, (lane.no() + 1) << 40);
      statement.setInt(3, limit);
      try (ResultSet row = statement.executeQuery()) {
        while (room > 0 && row.next()) {
          String frame = frame(connection, lane.id(), row);
          events.add(frame);
          room -= frame.length();
          last = row.getLong(1);
        }
      }
    }
    return new Journal.EventPage(lane.epoch(), events, lane.seq(), last < lane.seq());
  }

  private static String frame(Connection connection, LaneId lane, ResultSet row)
      throws SQLException {
    FactType type = FactType.of(row.getInt(3));
    String fields = fields(connection, type, row);
    if (fields == null) {
      log.warn("event=fact_not_read lane={} seq={}", lane, row.getLong(1));
      type = FactType.UNKNOWN;
      fields = Frames.unknown(row.getString(5));
    }
    return Frames.fact(lane, row.getLong(1), row.getLong(2), type, row.getString(4), fields);
  }

  /// Null when they make no sense.
  private static @Nullable String fields(Connection connection, FactType type, ResultSet row)
      throws SQLException {
    String fields =
        switch (type) {
          case ITEM_COMPLETED -> completed(connection, row);
          case ASK_OPENED -> opened(row);
          case ASK_CLOSED -> closed(row);
          case UNKNOWN,
              TURN_QUEUED,
              TURN_CHANGED,
              TURN_WITHDRAWN,
              TURN_STARTED,
              TURN_ENDED,
              ITEM_STARTED,
              ITEM_UPDATED,
              THREAD_CHANGED,
              LANE_CHANGED,
              COMMANDS_CHANGED,
              USAGE_CHANGED,
              QUEUE_CHANGED ->
              row.getString(5);
        };
    return fields != null && Json.isObject(fields) ? fields : null;
  }

  private static @Nullable String completed(Connection connection, ResultSet row)
      throws SQLException {
    String body = row.getString(7);
    if (body == null || !body.endsWith("}")) {
      return null;
    }
    var texts = new StoredTexts(connection, row.getLong(6), row.getBoolean(8), row.getInt(9));
    Grown grown =
        new Grown(
            texts.shown(Item.Field.TEXT, row.getString(10)),
            texts.shown(Item.Field.OUTPUT, row.getString(11)),
            texts.shown(Item.Field.DIFF, row.getString(12)));
    return Frames.item(grown.in(body));
  }

  private static @Nullable String opened(ResultSet row) throws SQLException {
    String ask = row.getString(13);
    return ask == null ? null : Frames.ask(ask);
  }

  /// The ask's row is as it was opened; its state is that of this fact, because it closes once.
  private static @Nullable String closed(ResultSet row) throws SQLException {
    String opened = row.getString(13);
    String closing = row.getString(5);
    if (opened == null || closing == null || !closing.startsWith("{\"")) {
      return null;
    }
    try {
      Ask ask = Json.decode(opened, Ask.class).withState(AskStates.of(row.getInt(14)));
      return "{\"ask\":" + Json.encode(ask) + "," + closing.substring(1);
    } catch (RuntimeException e) {
      return null;
    }
  }
}
