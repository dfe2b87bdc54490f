package dev.signalbox.job;

import dev.signalbox.event.Problem;
import dev.signalbox.event.Usage;
import dev.signalbox.id.JobId;
import dev.signalbox.id.ProjectId;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/// The SQL of jobs.
final class JobRows {
  private static final JsonMapper JSON = JsonMapper.shared();

  private JobRows() {}

  static void add(Handle handle, JobRow row) {
    var job = row.view();
    handle
        .createUpdate(
            """
            INSERT INTO job (id, project, agent, model, mode, isolation, title, prompt, state,
                             attempt, created_at)
            VALUES (:id, :project, :agent, :model, :mode, :isolation, :title, :prompt, :state,
                    :attempt, :at)
            """)
        .bind("id", job.id().value())
        .bind("project", job.project().value())
        .bind("agent", job.agent())
        .bind("model", job.model())
        .bind("mode", job.mode())
        .bind("isolation", job.isolation())
        .bind("title", job.title())
        .bind("prompt", row.prompt())
        .bind("state", name(job.state()))
        .bind("attempt", job.attempt())
        .bind("at", job.createdAt().toEpochMilli())
        .execute();
  }

  static Optional<JobRow> find(Handle handle, JobId job) {
    return handle
        .createQuery("SELECT * FROM job WHERE id = :id")
        .bind("id", job.value())
        .map((row, _) -> new JobRow(view(row), row.getString("prompt")))
        .findOne();
  }

  /// Newest first.
  static List<JobView> newest(Handle handle, int most) {
    return handle
        .createQuery("SELECT * FROM job ORDER BY id DESC LIMIT :most")
        .bind("most", most)
        .map((row, _) -> view(row))
        .list();
  }

  /// In the order in which they were made.
  static List<JobId> queued(Handle handle) {
    return handle
        .createQuery("SELECT id FROM job WHERE state = 'queued' ORDER BY id")
        .map((row, _) -> new JobId(row.getString(1)))
        .list();
  }

  static void began(Handle handle, JobId job, @Nullable String folder, Instant at) {
    handle.execute(
        "UPDATE job SET state = 'running', folder = ?, started_at = ? WHERE id = ?",
        folder,
        at.toEpochMilli(),
        job.value());
  }

  /// @param folder where it left something, or null
  static void ended(Handle handle, JobId job, JobEnd end, @Nullable String folder, Instant at) {
    handle
        .createUpdate(
            """
            UPDATE job SET state = :state, result = :result, notes = :notes, usage = :usage,
                           error = :error, folder = :folder, ended_at = :at
             WHERE id = :id
            """)
        .bind("id", job.value())
        .bind("state", name(end.state()))
        .bind("result", end.result())
        .bind("notes", JSON.writeValueAsString(end.notes()))
        .bind("usage", json(end.usage()))
        .bind("error", json(end.error()))
        .bind("folder", folder)
        .bind("at", at.toEpochMilli())
        .execute();
  }

  /// Those that ran when a server died.
  static void settle(Handle handle, Problem why, Instant at) {
    handle.execute(
        "UPDATE job SET state = 'failed', error = ?, ended_at = ? WHERE state = 'running'",
        JSON.writeValueAsString(why),
        at.toEpochMilli());
  }

  static void again(Handle handle, JobId job) {
    handle.execute(
        """
        UPDATE job SET state = 'queued', attempt = attempt + 1, result = NULL, notes = NULL,
                       usage = NULL, error = NULL, folder = NULL, started_at = NULL, ended_at = NULL
         WHERE id = ?
        """,
        job.value());
  }

  static void remove(Handle handle, JobId job) {
    handle.execute("DELETE FROM job WHERE id = ?", job.value());
  }

  private static JobView view(ResultSet row) throws SQLException {
    return new JobView(
        new JobId(row.getString("id")),
        new ProjectId(row.getString("project")),
        row.getString("agent"),
        row.getString("model"),
        row.getString("mode"),
        row.getString("isolation"),
        row.getString("title"),
        JobView.State.valueOf(row.getString("state").toUpperCase(Locale.ROOT)),
        row.getInt("attempt"),
        row.getString("result"),
        notes(row.getString("notes")),
        read(row.getString("usage"), Usage.class),
        read(row.getString("error"), Problem.class),
        null,
        row.getString("folder"),
        Instant.ofEpochMilli(row.getLong("created_at")),
        instant(row, "started_at"),
        instant(row, "ended_at"));
  }

  private static List<String> notes(@Nullable String json) {
    return json == null ? List.of() : List.of(JSON.readValue(json, String[].class));
  }

  private static <T> @Nullable T read(@Nullable String json, Class<T> type) {
    return json == null ? null : JSON.readValue(json, type);
  }

  private static @Nullable String json(@Nullable Object value) {
    return value == null ? null : JSON.writeValueAsString(value);
  }

  private static @Nullable Instant instant(ResultSet row, String column) throws SQLException {
    long millis = row.getLong(column);
    return row.wasNull() ? null : Instant.ofEpochMilli(millis);
  }

  private static String name(JobView.State state) {
    return state.name().toLowerCase(Locale.ROOT);
  }
}
