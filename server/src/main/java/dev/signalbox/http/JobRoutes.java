package dev.signalbox.http;

import dev.signalbox.id.JobId;
import dev.signalbox.id.ProjectId;
import dev.signalbox.job.JobView;
import dev.signalbox.job.Jobs;
import dev.signalbox.refusal.Refused;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Jobs: work without a lane.
final class JobRoutes {
  /// @param isolation `folder` or `in-place`
  record JobBody(
      @Nullable String project,
      @Nullable String agent,
      @Nullable String text,
      @Nullable String model,
      @Nullable String mode,
      @Nullable String isolation) {}

  private static final String JOB = "/api/jobs/{job}";
  private static final int LONGEST = 8 << 20;

  private JobRoutes() {}

  static List<Route> routes() {
    return List.of(
        Route.post("/api/jobs", "Have work done without a lane")
            .takes(JobBody.class, LONGEST)
            .answers(202, JobView.class)
            .by(JobRoutes::submit),
        Route.get("/api/jobs", "The newest 200 jobs, newest first, each in brief")
            .answersListOf(JobView.class)
            .by(call -> Reply.ok(call.rooms().jobs().list())),
        Route.get(JOB, "One job, with its answer as far as it has come")
            .answers(JobView.class)
            .by(call -> Reply.ok(call.rooms().jobs().get(job(call)))),
        Route.of("DELETE", JOB, "Cancel a job; remove one that has ended")
            .answers(JobView.class)
            .by(JobRoutes::delete),
        Route.post(JOB + "/retry", "Run a job that has ended once more")
            .answers(202, JobView.class)
            .by(call -> new Reply.Json(202, call.rooms().jobs().retry(job(call)))));
  }

  private static Reply submit(Call call) throws Exception {
    var body = call.body(JobBody.class);
    if (body.project() == null || body.agent() == null || body.text() == null) {
      throw Refused.invalid("missing_field", "Give project (its id), agent and text.");
    }
    return new Reply.Json(
        202,
        call.rooms()
            .jobs()
            .submit(
                new Jobs.Order(
                    Call.id(body.project(), "project", ProjectId::new),
                    body.agent(),
                    body.text(),
                    body.model(),
                    body.mode(),
                    body.isolation())));
  }

  private static Reply delete(Call call) {
    var left = call.rooms().jobs().delete(job(call));
    return left == null ? new Reply.Nothing() : Reply.ok(left);
  }

  private static JobId job(Call call) {
    return Call.id(call.path("job"), "job", JobId::new);
  }
}
