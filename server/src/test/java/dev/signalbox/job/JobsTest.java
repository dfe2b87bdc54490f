package dev.signalbox.job;

import static dev.signalbox.testkit.agent.Script.script;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import dev.signalbox.refusal.Refused;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(180)
class JobsTest {
  @TempDir Path folder;
  private Workshop shop;

  @BeforeEach
  void open() throws IOException {
    shop = new Workshop(folder);
  }

  @AfterEach
  void close() {
    shop.close();
  }

  @Test
  void R_JOB_3_aJobHasItsStateItsAnswerAndWhatItUsed() {
    var job =
        shop.submit(
            script()
                .say("I will look first.")
                .tool("c1", "read", "Read", "x")
                .say("The answer ")
                .say("is 42.")
                .usage(12, 34));
    var view = shop.ended(job);

    assertThat(view.state()).isEqualTo(JobView.State.COMPLETED);
    assertThat(view.result()).isEqualTo("The answer is 42.");
    assertThat(view.usage().totalTokens()).isEqualTo(46);
    assertThat(view.error()).isNull();
    assertThat(view.title()).startsWith("@@[");
    assertThat(view.startedAt()).isBetween(view.createdAt(), view.endedAt());
    assertThat(shop.jobs.list()).extracting(JobView::id).containsExactly(job);
  }

  @Test
  void R_WARM_6_eachJobHasAFreshProcessAndAFreshFolderAndLeavesNoProcess() throws Exception {
    var first = shop.ended(shop.submit(script().writeFile("made.txt", "hello").whoAmI()));
    var second = shop.ended(shop.submit(script().whoAmI()));

    assertThat(shop.received.starts()).isEqualTo(2);
    assertThat(shop.alive()).isZero();
    var own = Path.of(String.valueOf(first.folder()));
    assertThat(own).isNotEqualTo(shop.project);
    assertThat(Files.readString(own.resolve("made.txt"))).isEqualTo("hello");
    assertThat(Files.getPosixFilePermissions(own)).hasSize(3);
    assertThat(first.result()).contains("cwd=" + own);
    assertThat(second.folder()).as("nothing was left in it").isNull();
    assertThat(shop.project).isEmptyDirectory();
  }

  @Test
  void R_ASK_4_whatAJobAsksIsDeniedAndTheJobSaysSo() {
    var view =
        shop.ended(
            shop.submit(
                script()
                    .ask("c1", "edit", "Write made.txt", "yes:allow_once", "no:reject_once")
                    .writeFileIf("yes", "made.txt", "x")));

    assertThat(view.state()).isEqualTo(JobView.State.COMPLETED);
    assertThat(view.result()).isEqualTo("selected: no");
    assertThat(view.notes()).singleElement().asString().contains("Write made.txt");
    assertThat(view.folder()).isNull();
  }

  @Test
  void theTextOfARunningJobCanBeFollowed() {
    var job = shop.submit(script().count(1_000, 20));
    var running = shop.until(job, view -> view.result() != null && view.result().contains("3 "));

    assertThat(running.state()).isEqualTo(JobView.State.RUNNING);
    assertThat(running.result()).startsWith("0 1 2 3 ");
    shop.jobs.delete(job);
    shop.ended(job);
  }

  @Test
  void aRunningJobIsCancelledAndKeepsWhatItSaid() {
    var job = shop.submit(script().say("half a").hang());
    shop.until(job, view -> view.result() != null);
    shop.jobs.delete(job);
    var view = shop.ended(job);

    assertThat(view.state()).isEqualTo(JobView.State.CANCELLED);
    assertThat(view.result()).isEqualTo("half a");
    await().until(() -> shop.alive() == 0);
  }

  @Test
  void aJobThatHasEndedIsRemovedWithItsFolder() {
    var job = shop.submit(script().writeFile("made.txt", "x"));
    var own = Path.of(String.valueOf(shop.ended(job).folder()));
    assertThat(own).exists();

    assertThat(shop.jobs.delete(job)).isNull();
    assertThat(own).doesNotExist();
    assertThat(shop.jobs.list()).isEmpty();
    assertThat(catchThrowableOfType(Refused.class, () -> shop.jobs.get(job)).code())
        .isEqualTo("unknown_job");
  }

  @Test
  void R_JOB_3_aJobThatFailedSaysWhyAndCanBeTriedAgain() {
    var job = shop.submit(script().writeFile("made.txt", "x").say("half").crash(3));
    var failed = shop.ended(job);
    assertThat(failed.state()).isEqualTo(JobView.State.FAILED);
    assertThat(failed.error().code()).isEqualTo("crash");
    assertThat(failed.result()).isEqualTo("half");

    var again = shop.jobs.retry(job);
    assertThat(again.id()).isEqualTo(job);
    var second = shop.until(job, view -> view.attempt() == 2 && view.state().ended());
    assertThat(second.error().code()).isEqualTo("crash");
    assertThat(shop.received.starts()).isEqualTo(2);
    assertThat(Path.of(String.valueOf(failed.folder()))).doesNotExist();
    assertThat(Path.of(String.valueOf(second.folder()))).exists();
  }

  @Test
  void aJobThatIsNotOverIsNotTriedAgain() {
    var job = shop.submit(script().hang());
    var refused = catchThrowableOfType(Refused.class, () -> shop.jobs.retry(job));
    assertThat(refused.code()).isEqualTo("job_not_over");
    shop.jobs.delete(job);
  }

  @Test
  void R_LOCK_5_noMoreThanSoManyRunAtOnceAndTheRestIsQueued() {
    var first = shop.submit(script().say("a").hang());
    var second = shop.submit(script().say("b").hang());
    shop.until(first, view -> view.result() != null);
    shop.until(second, view -> view.result() != null);
    var third = shop.submit(script().say("c"));
    assertThat(shop.jobs.get(third).state()).isEqualTo(JobView.State.QUEUED);
    assertThat(shop.received.starts()).isEqualTo(2);

    shop.jobs.delete(first);
    assertThat(shop.ended(third).state()).isEqualTo(JobView.State.COMPLETED);
    shop.jobs.delete(second);
  }

  @Test
  void aQueuedJobIsCancelledWithoutEverRunning() {
    shop.submit(script().hang());
    shop.submit(script().hang());
    var third = shop.submit(script().say("never"));

    assertThat(shop.jobs.delete(third).state()).isEqualTo(JobView.State.CANCELLED);
    shop.jobs.list().forEach(job -> shop.jobs.delete(job.id()));
    assertThat(shop.jobs.list()).extracting(JobView::id).doesNotContain(third);
  }

  @Test
  void R_LOCK_1_aJobInPlaceWaitsForWhoWritesToTheFolderAndSaysSo() {
    var writer = shop.take(shop.project);
    var job = shop.submit(script().writeFile("made.txt", "x"), "in-place");
    var waiting = shop.until(job, view -> view.waitsFor() != null);
    assertThat(waiting.state()).isEqualTo(JobView.State.QUEUED);
    assertThat(waiting.waitsFor().reason()).isEqualTo("write-root");
    assertThat(shop.received.starts()).isZero();

    shop.sessions.leave(writer);
    var view = shop.ended(job);
    assertThat(view.state()).isEqualTo(JobView.State.COMPLETED);
    assertThat(view.waitsFor()).isNull();
    assertThat(view.folder()).isNull();
    assertThat(shop.project.resolve("made.txt")).exists();
  }

  @Test
  void R_LOCK_1_aTurnThatWaitsForAJobSaysForWhich() {
    var job = shop.submit(script().say("x").hang(), "in-place");
    shop.until(job, view -> view.result() != null);
    var waits = shop.sessions.enter(shop.ids.turn(), shop.ids.job(), shop.project, () -> {});
    assertThat(waits.reason()).isEqualTo("write-root");
    assertThat(waits.job()).isEqualTo(job);
    shop.jobs.delete(job);
  }

  @Test
  void aJobThatWaitsForAFolderCanBeCancelled() {
    shop.take(shop.project);
    var job = shop.submit(script().say("never"), "in-place");
    shop.until(job, view -> view.waitsFor() != null);
    shop.jobs.delete(job);

    assertThat(shop.ended(job).state()).isEqualTo(JobView.State.CANCELLED);
    assertThat(shop.received.starts()).isZero();
  }

  @Test
  void R_LOCK_6_jobsShareTheNumberOfTurnsInFlight() throws Exception {
    try (var narrow = new Workshop(Files.createDirectory(folder.resolve("narrow")), null, 1)) {
      var turn = narrow.take(folder.resolve("elsewhere"));
      var job = narrow.submit(script().say("x"));
      assertThat(narrow.until(job, view -> view.waitsFor() != null).waitsFor().reason())
          .isEqualTo("turn-limit");
      narrow.sessions.leave(turn);
      assertThat(narrow.ended(job).state()).isEqualTo(JobView.State.COMPLETED);
    }
  }

  @Test
  void aJobThatTakesTooLongFails() throws Exception {
    var limit = Duration.ofMillis(300);
    try (var short1 = new Workshop(Files.createDirectory(folder.resolve("short")), limit, 8)) {
      var view = short1.ended(short1.submit(script().hang()));
      assertThat(view.state()).isEqualTo(JobView.State.FAILED);
      assertThat(view.error().code()).isEqualTo("time-limit");
    }
  }

  @Test
  void aFullLineRefusesAndSaysWhatToDo() {
    shop.take(shop.project);
    IntStream.range(0, Jobs.LONGEST_QUEUE + 2)
        .forEach(n -> shop.submit(script().say("x"), "in-place"));
    var refused =
        catchThrowableOfType(
            Refused.class, () -> shop.submit(script().say("one more"), "in-place"));
    assertThat(refused.code()).isEqualTo("job_queue_full");
    assertThat(refused.detail()).contains("200 jobs wait");
  }

  @Test
  void afterARestartWhatRanHasFailedAndWhatWasQueuedRuns() throws Exception {
    var ran = shop.submit(script().say("half").hang());
    shop.submit(script().hang());
    shop.until(ran, view -> view.result() != null);
    var queued = shop.submit(script().say("done"));
    shop.restart();

    var failed = shop.ended(ran);
    assertThat(failed.state()).isEqualTo(JobView.State.FAILED);
    assertThat(failed.error().code()).isEqualTo("interrupted");
    assertThat(shop.ended(queued).result()).isEqualTo("done");
  }

  @Test
  void nonsenseIsRefusedWithWhatThereIs() {
    var text = script().say("x").prompt();
    assertThat(refused(shop.order(" ", null)).code()).isEqualTo("wrong_text");
    assertThat(refused(shop.order(text, "worktree")).detail()).contains("folder, in-place");
    assertThat(refused(new Jobs.Order(shop.projectId, "nobody", text, null, null, null)).code())
        .isEqualTo("unknown_agent");
    assertThat(
            refused(new Jobs.Order(shop.ids.project(), "scripted", text, null, null, null)).code())
        .isEqualTo("unknown_project");
    assertThat(shop.jobs.list()).isEmpty();
  }

  @Test
  void everyStateIsTold() {
    List<Jobs.Changed> told = new CopyOnWriteArrayList<>();
    shop.jobs.onChange(told::add);
    var job = shop.submit(script().say("x"));
    shop.ended(job);
    await().until(() -> !told.isEmpty() && told.getLast().job().state().ended());
    shop.jobs.delete(job);

    assertThat(told).extracting(Jobs.Changed::id).containsOnly(job);
    assertThat(told.stream().filter(c -> c.job() != null).map(c -> c.job().state()).distinct())
        .containsExactly(JobView.State.QUEUED, JobView.State.RUNNING, JobView.State.COMPLETED);
    assertThat(told.getLast().job()).isNull();
  }

  private Refused refused(Jobs.Order order) {
    return catchThrowableOfType(Refused.class, () -> shop.jobs.submit(order));
  }
}
