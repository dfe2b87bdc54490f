package dev.signalbox.job;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import dev.signalbox.event.Problem;
import dev.signalbox.event.Usage;
import dev.signalbox.event.WaitsFor;
import dev.signalbox.id.JobId;
import dev.signalbox.id.ProjectId;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A job as `GET /api/jobs/{job}` shows it.
///
/// @param isolation `folder` (an empty one of its own) or `in-place` (the project's)
/// @param title the first line of its text
/// @param attempt counts from 1
/// @param result what the agent answered last; while it runs, as far as it has come; at most 64 KB
///   of head and tail, in lists the first 1,000 characters
/// @param notes what happened that the answer may not say, such as asks that were denied
/// @param waitsFor why it is still queued, where that is not only for lack of room
/// @param folder where it works; null for `in-place` and when it left nothing there
@JsonInclude(JsonInclude.Include.NON_NULL)
public record JobView(
    JobId id,
    ProjectId project,
    String agent,
    @Nullable String model,
    @Nullable String mode,
    String isolation,
    String title,
    State state,
    int attempt,
    @Nullable String result,
    List<String> notes,
    @Nullable Usage usage,
    @Nullable Problem error,
    @Nullable WaitsFor waitsFor,
    @Nullable String folder,
    Instant createdAt,
    @Nullable Instant startedAt,
    @Nullable Instant endedAt) {
  private static final int LISTED = 1_000;

  public JobView {
    notes = List.copyOf(notes);
  }

  public enum State {
    @JsonProperty("queued")
    QUEUED,
    @JsonProperty("running")
    RUNNING,
    @JsonProperty("completed")
    COMPLETED,
    @JsonProperty("failed")
    FAILED,
    @JsonProperty("cancelled")
    CANCELLED;

    boolean ended() {
      return this == COMPLETED || this == FAILED || this == CANCELLED;
    }
  }

  /// As it is in a list.
  JobView brief() {
    return result == null || result.length() <= LISTED
        ? this
        : with(result.substring(0, LISTED) + "…", notes, usage, waitsFor);
  }

  /// What is known of a job that runs.
  JobView with(
      @Nullable String result,
      List<String> notes,
      @Nullable Usage usage,
      @Nullable WaitsFor waitsFor) {
    return new JobView(
        id, project, agent, model, mode, isolation, title, state, attempt, result, notes, usage,
        error, waitsFor, folder, createdAt, startedAt, endedAt);
  }
}
