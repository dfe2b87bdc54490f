package dev.signalbox.session;

import dev.signalbox.event.Turn;
import dev.signalbox.id.LaneId;
import dev.signalbox.id.ProjectId;
import dev.signalbox.id.SessionId;
import java.nio.file.Path;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/// The rows of projects, sessions and lanes. Every method is one statement or two on the handle it
/// is given; nothing is remembered here.
final class Catalogue {
  /// @param project its folder is `directory`
  record SessionRow(
      SessionId id,
      ProjectId project,
      String title,
      String isolation,
      @Nullable String worktree,
      Instant createdAt,
      Instant updatedAt,
      Path directory) {}

  record LaneEntry(LaneRow row, LaneGlance.Chosen chosen) {}

  private Catalogue() {}

  static List<ProjectView> projects(Handle handle) {
    return handle
        .createQuery("SELECT id, name, path, git FROM project ORDER BY id")
        .map((row, context) -> project(row))
        .list();
  }

  static Optional<ProjectView> projectAt(Handle handle, String path) {
    return handle
        .createQuery("SELECT id, name, path, git FROM project WHERE path = :path")
        .bind("path", path)
        .map((row, context) -> project(row))
        .findOne();
  }

  static Optional<ProjectView> project(Handle handle, ProjectId id) {
    return handle
        .createQuery("SELECT id, name, path, git FROM project WHERE id = :id")
        .bind("id", id.value())
        .map((row, context) -> project(row))
        .findOne();
  }

  static void add(Handle handle, ProjectView project, Instant now) {
    handle
        .createUpdate(
            "INSERT INTO project (id, name, path, git, created_at)"
                + " VALUES (:id, :name, :path, :git, :now)")
        .bind("id", project.id().value())
        .bind("name", project.name())
        .bind("path", project.path())
        .bind("git", project.git() ? 1 : 0)
        .bind("now", now.toEpochMilli())
        .execute();
  }

  private static ProjectView project(ResultSet row) throws SQLException {
    return new ProjectView(
        new ProjectId(row.getString("id")),
        row.getString("name"),
        row.getString("path"),
        row.getInt("git") == 1);
  }

  private static final String SESSION =
      """
      SELECT s.id, s.project, s.title, s.isolation, s.worktree, s.created_at, s.updated_at, p.path
        FROM session s JOIN project p ON p.id = s.project
       WHERE s.closed_at IS NULL
      """;

  static List<SessionRow> sessions(Handle handle, @Nullable ProjectId project, int limit) {
    return handle
        .createQuery(
            SESSION
                + " AND (:project IS NULL OR s.project = :project)"
                + " ORDER BY s.updated_at DESC, s.id DESC LIMIT :limit")
        .bind("project", project == null ? null : project.value())
        .bind("limit", limit)
        .map((row, context) -> session(row))
        .list();
  }

  static Optional<SessionRow> session(Handle handle, SessionId id) {
    return handle
        .createQuery(SESSION + " AND s.id = :id")
        .bind("id", id.value())
        .map((row, context) -> session(row))
        .findOne();
  }

  private static SessionRow session(ResultSet row) throws SQLException {
    return new SessionRow(
        new SessionId(row.getString("id")),
        new ProjectId(row.getString("project")),
        row.getString("title"),
        row.getString("isolation"),
        row.getString("worktree"),
        Rows.requiredInstant(row, "created_at"),
        Rows.requiredInstant(row, "updated_at"),
        Path.of(row.getString("path")));
  }

  static void add(Handle handle, SessionRow session) {
    handle
        .createUpdate(
            "INSERT INTO session (id, project, title, isolation, created_at, updated_at)"
                + " VALUES (:id, :project, :title, :isolation, :created, :updated)")
        .bind("id", session.id().value())
        .bind("project", session.project().value())
        .bind("title", session.title())
        .bind("isolation", session.isolation())
        .bind("created", session.createdAt().toEpochMilli())
        .bind("updated", session.updatedAt().toEpochMilli())
        .execute();
  }

  static void rename(Handle handle, SessionId session, String title) {
    handle
        .createUpdate("UPDATE session SET title = :title WHERE id = :id")
        .bind("title", title)
        .bind("id", session.value())
        .execute();
  }

  static void titleIfNone(Handle handle, SessionId session, String title) {
    handle
        .createUpdate("UPDATE session SET title = :title WHERE id = :id AND title = ''")
        .bind("title", title)
        .bind("id", session.value())
        .execute();
  }

  static void closeSession(Handle handle, SessionId session, Instant now) {
    for (var table :
        List.of(
            "session SET closed_at = :now WHERE id", "lane SET closed_at = :now WHERE session")) {
      handle
          .createUpdate("UPDATE " + table + " = :id")
          .bind("now", now.toEpochMilli())
          .bind("id", session.value())
          .execute();
    }
  }

  static void add(Handle handle, LaneRow lane, String epoch, Instant now) {
    handle
        .createUpdate(
            "INSERT INTO lane (id, session, name, role, policy, epoch, seq, created_at)"
                + " VALUES (:id, :session, :name, :role, :policy, :epoch, 0, :now)")
        .bind("id", lane.id().value())
        .bind("session", lane.session().value())
        .bind("name", lane.name())
        .bind("role", lane.role())
        .bind("policy", lane.policy())
        .bind("epoch", epoch)
        .bind("now", now.toEpochMilli())
        .execute();
  }

  private static final String LANE =
      """
      SELECT l.id, l.session, l.name, l.role, l.policy, l.agent, l.model, l.mode, p.path
        FROM lane l JOIN session s ON s.id = l.session JOIN project p ON p.id = s.project
       WHERE l.closed_at IS NULL
      """;

  static List<LaneEntry> lanes(Handle handle, SessionId session) {
    return handle
        .createQuery(LANE + " AND l.session = :session ORDER BY l.id")
        .bind("session", session.value())
        .map((row, context) -> lane(row))
        .list();
  }

  static Optional<LaneEntry> lane(Handle handle, LaneId id) {
    return handle
        .createQuery(LANE + " AND l.id = :id")
        .bind("id", id.value())
        .map((row, context) -> lane(row))
        .findOne();
  }

  private static LaneEntry lane(ResultSet row) throws SQLException {
    return new LaneEntry(
        new LaneRow(
            new LaneId(row.getString("id")),
            new SessionId(row.getString("session")),
            row.getString("name"),
            row.getString("role"),
            row.getString("policy"),
            Path.of(row.getString("path"))),
        new LaneGlance.Chosen(
            row.getString("agent"), row.getString("model"), row.getString("mode")));
  }

  static void closeLane(Handle handle, LaneId lane, Instant now) {
    handle
        .createUpdate("UPDATE lane SET closed_at = :now WHERE id = :id")
        .bind("now", now.toEpochMilli())
        .bind("id", lane.value())
        .execute();
  }

  static void forgetThreads(Handle handle, LaneId lane) {
    handle
        .createUpdate("DELETE FROM thread WHERE lane = :lane")
        .bind("lane", lane.value())
        .execute();
  }

  /// What was chosen for the lane's agent is by now this, as far as it is known. What nobody chose
  /// stays open.
  static void learned(
      Handle handle, LaneId lane, String agent, @Nullable String model, @Nullable String mode) {
    handle
        .createUpdate(
            """
            UPDATE lane SET
              model = CASE WHEN model IS NOT NULL THEN coalesce(:model, model) END,
              mode = CASE WHEN mode IS NOT NULL THEN coalesce(:mode, mode) END
            WHERE id = :id AND agent = :agent
            """)
        .bind("model", model)
        .bind("mode", mode)
        .bind("id", lane.value())
        .bind("agent", agent)
        .execute();
  }

  /// A prompt was stored: the lane remembers what it was sent with (what it does not name stays as
  /// chosen for the same agent), the session that it was used, and a session without a title takes
  /// the prompt's first line.
  static void used(Handle handle, LaneRow lane, Turn turn) {
    handle
        .createUpdate(
            """
            UPDATE lane SET agent = :agent,
              model = CASE WHEN agent = :agent THEN coalesce(:model, model) ELSE :model END,
              mode = CASE WHEN agent = :agent THEN coalesce(:mode, mode) ELSE :mode END
            WHERE id = :id
            """)
        .bind("agent", turn.agent())
        .bind("model", turn.model())
        .bind("mode", turn.mode())
        .bind("id", lane.id().value())
        .execute();
    handle
        .createUpdate("UPDATE session SET updated_at = :now WHERE id = :id")
        .bind("now", turn.queuedAt().toEpochMilli())
        .bind("id", lane.session().value())
        .execute();
    titleIfNone(handle, lane.session(), Titles.of(turn.text()));
  }
}
