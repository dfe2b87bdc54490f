package dev.signalbox.session;

import dev.signalbox.event.Fact;
import dev.signalbox.event.ThreadState;
import dev.signalbox.id.LaneId;
import dev.signalbox.id.TurnId;
import java.util.List;
import java.util.Optional;
import java.util.logging.Logger;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/// Keeps the rows of a lane's threads. They are bookkeeping: a row that cannot be written is logged
/// and fails no turn.
final class ThreadRows {
  private static final Logger LOG = Logger.getLogger(ThreadRows.class.getName());
  private static final JsonMapper JSON = JsonMapper.shared();

  private final LaneRow lane;
  private final Surroundings around;
  private final LaneJournal journal;

  ThreadRows(LaneRow lane, Surroundings around, LaneJournal journal) {
    this.lane = lane;
    this.around = around;
    this.journal = journal;
  }

  /// Tells everybody and writes the row; null is nothing to tell.
  void changed(@Nullable ThreadState thread, @Nullable TurnId seen) {
    if (thread == null) {
      return;
    }
    journal.record(new Fact.ThreadChanged(thread));
    around.database().write(handle -> upsert(handle, thread, seen), Quietly.log(LOG, "thread row"));
  }

  /// The agent found a title; a session that has one keeps it.
  void titled(String title) {
    around
        .database()
        .write(
            handle -> Catalogue.titleIfNone(handle, lane.session(), title),
            Quietly.then(LOG, "title", () -> around.bulletin().touch(lane.session())));
  }

  /// @param seen the last turn of the lane that the agent knows of
  record Stored(ThreadState thread, @Nullable TurnId seen) {}

  /// The lane whose thread an agent calls exactly that; the one used last where several do, as
  /// after a copy of a conversation.
  static Optional<LaneId> lane(Handle handle, String nativeId) {
    return handle
        .createQuery(
            """
            SELECT t.lane FROM thread t JOIN lane l ON l.id = t.lane
             WHERE t.native_id = :id AND l.closed_at IS NULL
             ORDER BY t.last_active_at DESC LIMIT 1
            """)
        .bind("id", nativeId)
        .map((row, context) -> new LaneId(row.getString(1)))
        .findFirst();
  }

  static List<Stored> load(Handle handle, LaneId lane) {
    return handle
        .createQuery(
            """
            SELECT agent, driver, native_id, status, has_thread, origin, model, mode,
                   last_active_at, usage, seen
              FROM thread WHERE lane = :lane ORDER BY agent
            """)
        .bind("lane", lane.value())
        .map((row, context) ->
            new Stored(
                new ThreadState(
                    lane,
                    row.getString("agent"),
                    row.getString("driver"),
                    row.getString("native_id"),
                    row.getString("status"),
                    row.getInt("has_thread") == 1,
                    row.getString("origin"),
                    row.getString("model"),
                    row.getString("mode"),
                    Rows.instant(row, "last_active_at"),
                    usage(row.getString("usage")),
                    null),
                turn(row.getString("seen"))))
        .list();
  }

  private static @Nullable TurnId turn(@Nullable String id) {
    return id == null ? null : new TurnId(id);
  }

  private static dev.signalbox.event.@Nullable Usage usage(@Nullable String json) {
    return json == null ? null : JSON.readValue(json, dev.signalbox.event.Usage.class);
  }

  private static void upsert(Handle handle, ThreadState t, @Nullable TurnId seen) {
    handle
        .createUpdate(
            """
            INSERT INTO thread (lane, agent, driver, native_id, status, has_thread, origin, model,
                                mode, last_active_at, usage, seen)
            VALUES (:lane, :agent, :driver, :nativeId, :status, :hasThread, :origin, :model, :mode,
                    :lastActiveAt, :usage, :seen)
            ON CONFLICT (lane, agent) DO UPDATE SET
              driver = excluded.driver, native_id = excluded.native_id, status = excluded.status,
              has_thread = excluded.has_thread, origin = excluded.origin, model = excluded.model,
              mode = excluded.mode, last_active_at = excluded.last_active_at,
              usage = excluded.usage, seen = excluded.seen
            """)
        .bind("lane", t.lane().value())
        .bind("agent", t.agent())
        .bind("driver", t.driver())
        .bind("nativeId", t.nativeId())
        .bind("status", t.status())
        .bind("hasThread", t.hasThread() ? 1 : 0)
        .bind("origin", t.origin())
        .bind("model", t.model())
        .bind("mode", t.mode())
        .bind("lastActiveAt", Rows.millis(t.lastActiveAt()))
        .bind("usage", t.usage() == null ? null : JSON.writeValueAsString(t.usage()))
        .bind("seen", seen == null ? null : seen.value())
        .execute();
    Catalogue.learned(handle, t.lane(), t.agent(), t.model(), t.mode());
  }
}
