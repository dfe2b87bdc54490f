package dev.signalbox.job;

import dev.signalbox.agent.Launch;
import dev.signalbox.agent.Prompt;
import dev.signalbox.agent.ThreadSettings;
import dev.signalbox.agent.TurnResult;
import dev.signalbox.agent.TurnSettings;
import dev.signalbox.agent.exec.OneShot;
import dev.signalbox.event.Problem;
import dev.signalbox.event.Usage;
import dev.signalbox.id.TurnId;
import dev.signalbox.refusal.Refused;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;

/// The work of one attempt: makes the folder, runs the turn, stores how it ended. On the run's
/// thread.
final class JobAttempt {
  private static final Logger LOG = Logger.getLogger(JobAttempt.class.getName());

  private final JobView job;
  private final String prompt;
  private final JobPlace place;
  private final JobRun run;
  private final TurnId turn;
  private final JobAnswer answer;
  private final Path project;

  /// @throws Refused when the project is not there any more
  JobAttempt(JobRow row, JobPlace place, JobRun run, TurnId turn, JobAnswer answer) {
    this.job = row.view();
    this.prompt = row.prompt();
    this.place = place;
    this.run = run;
    this.turn = turn;
    this.answer = answer;
    this.project = place.gate().folder(job.project());
  }

  /// What it will write to.
  Path root() {
    return inPlace() ? project : folder();
  }

  /// It was cancelled before it began.
  void cancelled() {
    store(end(JobView.State.CANCELLED, null, null), null);
  }

  void make() {
    var limit = place.timeLimit();
    @Nullable Thread clock =
        limit == null ? null : Thread.ofVirtual().name("job-clock").start(() -> stopAfter(limit));
    var end = ended();
    if (clock != null) {
      clock.interrupt();
    }
    store(end, left());
  }

  private JobEnd ended() {
    try {
      return ended(turn());
    } catch (InterruptedException e) {
      return ended(new TurnResult.Cancelled(null));
    } catch (Refused e) {
      return failed(new Problem(e.code(), e.detail(), null, "retry", null));
    } catch (IOException | RuntimeException e) {
      LOG.log(Level.WARNING, "job=" + job.id() + " failed inside Signalbox", e);
      return failed(
          new Problem("internal", "Signalbox failed to run this job: " + e, null, "retry", null));
    }
  }

  private TurnResult turn() throws IOException, InterruptedException {
    var agent = place.registry().require(job.agent());
    if (!Files.isDirectory(project)) {
      return new TurnResult.Failed(folderMissing(), null);
    }
    var folder = inPlace() ? project : place.folders().make(job.id(), job.attempt());
    began(inPlace() ? null : folder);
    var shot =
        new OneShot(
            place.registry().driver(agent),
            new OneShot.Order(
                agent,
                new Launch(folder, folder, Map.of()),
                ThreadSettings.writing(folder),
                turn,
                new Prompt(prompt, List.of()),
                new TurnSettings(job.model(), job.mode(), null)));
    run.aim(shot);
    return shot.run(answer);
  }

  private void began(@Nullable Path folder) {
    place
        .rows()
        .writeNow(handle -> {
          JobRows.began(
              handle, job.id(), folder == null ? null : folder.toString(), place.clock().instant());
          return true;
        });
    place.changed().accept(job.id());
  }

  private JobEnd ended(TurnResult result) {
    return switch (result) {
      case TurnResult.Completed completed -> end(JobView.State.COMPLETED, completed.usage(), null);
      case TurnResult.Failed failed -> end(JobView.State.FAILED, failed.usage(), failed.problem());
      case TurnResult.Cancelled cancelled ->
          switch (run.stopped()) {
            case CANCELLED -> end(JobView.State.CANCELLED, cancelled.usage(), null);
            case TIME_LIMIT -> end(JobView.State.FAILED, cancelled.usage(), timeIsUp());
            case SHUTDOWN -> end(JobView.State.FAILED, cancelled.usage(), Jobs.INTERRUPTED);
            case null -> end(JobView.State.FAILED, cancelled.usage(), endedByAgent());
          };
    };
  }

  private JobEnd failed(Problem problem) {
    return end(JobView.State.FAILED, null, problem);
  }

  private JobEnd end(JobView.State state, @Nullable Usage usage, @Nullable Problem error) {
    return new JobEnd(
        state, answer.text(), answer.notes(), usage != null ? usage : answer.usage(), error);
  }

  private void store(JobEnd end, @Nullable String left) {
    place
        .rows()
        .writeNow(handle -> {
          JobRows.ended(handle, job.id(), end, left, place.clock().instant());
          return true;
        });
  }

  /// The folder, when something is in it; an empty one is gone.
  private @Nullable String left() {
    if (inPlace()) {
      return null;
    }
    if (place.folders().holds(folder())) {
      return folder().toString();
    }
    place.folders().delete(folder());
    return null;
  }

  private Path folder() {
    return place.folders().of(job.id(), job.attempt());
  }

  private boolean inPlace() {
    return job.isolation().equals(Jobs.IN_PLACE);
  }

  private void stopAfter(Duration limit) {
    try {
      Thread.sleep(limit);
      run.stop(JobRun.Stop.TIME_LIMIT);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static Problem timeIsUp() {
    return new Problem(
        "time-limit", "The job took longer than a turn may take.", null, "retry", null);
  }

  private Problem endedByAgent() {
    return new Problem(
        "agent-error",
        "The agent " + job.agent() + " cancelled the job by itself.",
        "Try it again, or with another agent.",
        "retry",
        null);
  }

  private Problem folderMissing() {
    return new Problem(
        "folder-missing",
        "The folder " + project + " is not there any more.",
        "Put it back, or register the project at its new place.",
        "retry",
        null);
  }
}
