package dev.signalbox.job;

import dev.signalbox.agent.Registry;
import dev.signalbox.event.Problem;
import dev.signalbox.event.WaitsFor;
import dev.signalbox.id.Ids;
import dev.signalbox.id.JobId;
import dev.signalbox.id.ProjectId;
import dev.signalbox.id.TurnId;
import dev.signalbox.refusal.Refused;
import dev.signalbox.store.Database;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// All jobs. Any thread may call; calls block until what they did is durable. Refusals are
/// [Refused].
public final class Jobs implements AutoCloseable {
  public static final String IN_PLACE = "in-place";
  public static final String FOLDER = "folder";

  /// How many wait at most; one more is refused.
  public static final int LONGEST_QUEUE = 200;

  static final Problem INTERRUPTED =
      new Problem(
          "interrupted", "Interrupted by a restart of Signalbox.", "Try it again.", "retry", null);

  private static final int LISTED = 200;
  private static final int LONGEST_TEXT = 1 << 20;
  private static final int LONGEST_TITLE = 120;
  private static final Duration LONGEST_GOODBYE = Duration.ofSeconds(12);

  /// What is wanted; null where the agent's own or the default is.
  public record Order(
      ProjectId project,
      String agent,
      String text,
      @Nullable String model,
      @Nullable String mode,
      @Nullable String isolation) {}

  /// What jobs need of the sessions beside them.
  public interface Gate {
    /// The folder of a project, canonical.
    ///
    /// @throws Refused not found
    Path folder(ProjectId project);

    /// Waits until a job may run beside the turns of all lanes and the other jobs. What was
    /// entered, or waited for, is given back by [#leave].
    ///
    /// @param root it will write
    /// @param waits told whom it waits for, if it has to
    void enter(TurnId pass, JobId job, Path root, Consumer<WaitsFor> waits)
        throws InterruptedException;

    void leave(TurnId pass);
  }

  /// A job has a new state.
  ///
  /// @param job null when it was removed
  public record Changed(JobId id, @Nullable JobView job) {}

  private final JobPlace place;
  private final List<Consumer<Changed>> listeners = new CopyOnWriteArrayList<>();
  private final JobLine line;

  /// @param folder takes the folders of jobs
  /// @param atOnce how many run at once, beside what the gate allows
  /// @param timeLimit of one attempt, or null
  public Jobs(
      Database database,
      Ids ids,
      InstantSource clock,
      Registry registry,
      Gate gate,
      Path folder,
      int atOnce,
      @Nullable Duration timeLimit) {
    this.place =
        new JobPlace(
            database, ids, clock, registry, gate, new JobFolders(folder), timeLimit, this::changed);
    this.line = new JobLine(atOnce, LONGEST_QUEUE, this::attempt);
  }

  /// Takes up what an earlier server left: what ran has failed, what was queued runs.
  public void recover() {
    var queued =
        place
            .rows()
            .writeNow(handle -> {
              JobRows.settle(handle, INTERRUPTED, place.clock().instant());
              return JobRows.queued(handle);
            });
    line.takeUp(queued);
  }

  /// Stores a job, which runs as soon as it may.
  public JobView submit(Order order) {
    var row = new JobRow(fresh(order), order.text());
    line.reserve();
    return stored(
        row.view().id(),
        handle -> {
          JobRows.add(handle, row);
          return true;
        });
  }

  /// Runs a job that has ended once more, in another fresh process and folder.
  public JobView retry(JobId job) {
    var before = require(job).view();
    if (!before.state().ended() || line.running(job) != null) {
      throw Refused.conflict(
          "job_not_over", "The job " + job + " is not over yet; cancel it first, or wait.");
    }
    line.reserve();
    place.folders().delete(place.folders().of(job, before.attempt()));
    return stored(
        job,
        handle -> {
          JobRows.again(handle, job);
          return true;
        });
  }

  /// Cancels a job that is queued or runs. One that has ended is removed, with its folder.
  ///
  /// @return what it is now; null when it is removed
  public @Nullable JobView delete(JobId job) {
    var view = require(job).view();
    var run = line.running(job);
    if (run != null) {
      run.stop(JobRun.Stop.CANCELLED);
      return get(job);
    }
    if (line.leave(job)) {
      place
          .rows()
          .writeNow(handle -> {
            JobRows.ended(
                handle,
                job,
                new JobEnd(JobView.State.CANCELLED, null, List.of(), null, null),
                null,
                place.clock().instant());
            return true;
          });
      changed(job);
      return get(job);
    }
    place
        .rows()
        .writeNow(handle -> {
          JobRows.remove(handle, job);
          return true;
        });
    place.folders().delete(place.folders().of(job, view.attempt()));
    tell(new Changed(job, null));
    return null;
  }

  public JobView get(JobId job) {
    return live(require(job).view());
  }

  /// The newest 200, newest first, each in brief.
  public List<JobView> list() {
    return place.rows().read(handle -> JobRows.newest(handle, LISTED)).stream()
        .map(view -> live(view).brief())
        .toList();
  }

  /// Tells `listener` every new state from now on, in brief, on the thread that made it.
  public void onChange(Consumer<Changed> listener) {
    listeners.add(listener);
  }

  /// Ends what runs, as interrupted; what is queued stays queued. Idempotent.
  @Override
  public void close() {
    var runs = line.close();
    runs.forEach(run -> run.stop(JobRun.Stop.SHUTDOWN));
    try {
      for (var run : runs) {
        run.join(LONGEST_GOODBYE);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private JobView fresh(Order order) {
    place.gate().folder(order.project());
    var agent = place.registry().require(order.agent());
    place.registry().driver(agent);
    if (order.text().isBlank() || order.text().length() > LONGEST_TEXT) {
      throw Refused.invalid("wrong_text", "Give a text of 1 to 1,048,576 characters.");
    }
    var isolation = order.isolation() == null ? FOLDER : order.isolation();
    if (!isolation.equals(FOLDER) && !isolation.equals(IN_PLACE)) {
      throw Refused.invalid(
          "unknown_isolation",
          "No isolation '" + isolation + "' for jobs in this version; there is: folder, in-place.");
    }
    return new JobView(
        place.ids().job(),
        order.project(),
        agent.name(),
        order.model(),
        order.mode(),
        isolation,
        title(order.text()),
        JobView.State.QUEUED,
        1,
        null,
        List.of(),
        null,
        null,
        null,
        null,
        place.clock().instant(),
        null,
        null);
  }

  private static String title(String text) {
    var line = text.strip().lines().findFirst().orElse("").strip();
    return line.length() <= LONGEST_TITLE ? line : line.substring(0, LONGEST_TITLE) + "…";
  }

  private JobView stored(JobId job, Database.WriteValue<Boolean> write) {
    try {
      place.rows().writeNow(write);
    } catch (RuntimeException e) {
      line.stayAway();
      throw e;
    }
    changed(job);
    line.join(job);
    return get(job);
  }

  private JobRun attempt(JobId job) {
    return new JobRun(
        job,
        place,
        () -> {
          line.over(job);
          changed(job);
        });
  }

  private JobView live(JobView stored) {
    var run = line.running(stored.id());
    return run == null ? stored : run.live(stored);
  }

  private void changed(JobId job) {
    if (!listeners.isEmpty()) {
      place
          .rows()
          .read(handle -> JobRows.find(handle, job))
          .ifPresent(row -> tell(new Changed(job, live(row.view()).brief())));
    }
  }

  private void tell(Changed change) {
    listeners.forEach(listener -> listener.accept(change));
  }

  private JobRow require(JobId job) {
    return place
        .rows()
        .read(handle -> JobRows.find(handle, job))
        .orElseThrow(() -> Refused.notFound("unknown_job", "There is no job " + job + "."));
  }
}
