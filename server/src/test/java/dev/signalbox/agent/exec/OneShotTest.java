package dev.signalbox.agent.exec;

import static dev.signalbox.testkit.agent.Script.script;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.signalbox.agent.Agent;
import dev.signalbox.agent.AgentEvent;
import dev.signalbox.agent.Told;
import dev.signalbox.agent.TurnResult;
import dev.signalbox.testkit.agent.Habits;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(180)
class OneShotTest {
  private static final Duration SOON = Duration.ofSeconds(60);

  @TempDir Path folder;
  private Range range;

  @BeforeEach
  void open() throws IOException {
    range = new Range(folder);
  }

  @AfterEach
  void close() {
    range.close();
  }

  @Test
  void R_WARM_6_aTurnHasAProcessOfItsOwnThatIsGoneAfterwards() throws Exception {
    var told = new Told();
    var result = range.shot(Habits.good(), script().say("one ").say("two").fork(2)).run(told);

    assertThat(result).isInstanceOf(TurnResult.Completed.class);
    assertThat(told.text()).startsWith("one two");
    assertThat(range.alive()).isZero();

    range.shot(Habits.good(), script().say("again")).run(new Told());
    assertThat(range.received.starts()).isEqualTo(2);
    assertThat(range.received.messages("session/new")).hasSize(2);
  }

  @Test
  void R_ASK_4_anAskWithNobodyThereIsDeclinedAndNeverAnsweredByTheFirstOption() throws Exception {
    var told = new Told();
    var asking =
        script()
            .ask(
                "c1",
                "edit",
                "Write made.txt",
                "yes:allow_once",
                "ever:allow_always",
                "no:reject_once")
            .writeFileIf("yes", "made.txt", "x");
    var result = range.shot(Habits.good(), asking).run(told);

    assertThat(result).isInstanceOf(TurnResult.Completed.class);
    assertThat(told.text()).contains("selected: no");
    assertThat(range.work.resolve("made.txt")).doesNotExist();
    assertThat(told.all(AgentEvent.AskOpened.class)).isEmpty();
    assertThat(told.first(AgentEvent.Notice.class).code()).isEqualTo("denied-unattended");
    assertThat(told.first(AgentEvent.Notice.class).detail()).contains("Write made.txt");
  }

  @Test
  void R_ASK_4_anAskThatOffersNoWayToSayNoIsCancelled() throws Exception {
    var told = new Told();
    range
        .shot(
            Habits.good(),
            script().ask("c1", "edit", "Write", "yes:allow_once", "ever:allow_always"))
        .run(told);

    assertThat(told.text()).contains("cancelled").doesNotContain("allowed");
  }

  @Test
  void anInterruptEndsTheTurnAndTheProcess() throws Exception {
    var told = new Told();
    var shot = range.shot(Habits.good(), script().count(1_000, 50));
    var running = start(() -> shot.run(told));
    told.first(AgentEvent.Text.class);
    shot.interrupt();

    assertThat(running.get(60, TimeUnit.SECONDS)).isInstanceOf(TurnResult.Cancelled.class);
    assertThat(range.alive()).isZero();
  }

  @Test
  void anAgentThatDoesNotObeyAnInterruptIsKilled() throws Exception {
    var told = new Told();
    var stubborn = script().ignoreCancel().say("deaf").hang();
    var shot = range.shot(Habits.good().ignoreTerm(), stubborn, Duration.ofMillis(200));
    var running = start(() -> shot.run(told));
    told.first(AgentEvent.Text.class);
    shot.interrupt();

    assertThat(running.get(60, TimeUnit.SECONDS)).isInstanceOf(TurnResult.Cancelled.class);
    assertThat(range.alive()).isZero();
  }

  @Test
  void R_INT_9_aTurnThatWasInterruptedBeforeItsStartStartsNothing() throws Exception {
    var shot = range.shot(Habits.good(), script().say("never"));
    shot.interrupt();

    assertThat(shot.run(new Told())).isInstanceOf(TurnResult.Cancelled.class);
    assertThat(range.received.starts()).isZero();
  }

  @Test
  void aStartThatHangsCanBeInterrupted() throws Exception {
    var shot = range.shot(Habits.good().spoil("initialize", "silent"), script().say("never"));
    var running = start(() -> shot.run(new Told()));
    await().atMost(SOON).until(() -> !range.received.messages("initialize").isEmpty());
    shot.interrupt();

    assertThat(running.get(60, TimeUnit.SECONDS)).isInstanceOf(TurnResult.Cancelled.class);
    await().atMost(SOON).until(() -> range.alive() == 0);
  }

  @Test
  void anAgentThatCannotBeStartedFailsInPlainWords() throws Exception {
    var missing =
        new Agent(
            "missing",
            "Missing",
            "acp",
            List.of("no-such-agent"),
            Map.of(),
            List.of(),
            "npm i missing",
            null,
            true);
    var result =
        new OneShot(range.driver(), range.order(missing, script().say("x"))).run(new Told());

    assertThat(((TurnResult.Failed) result).problem().code()).isEqualTo("agent-unavailable");
    assertThat(((TurnResult.Failed) result).problem().hint()).contains("npm i missing");
  }

  @Test
  void anAgentThatDiesInTheMiddleFailsWithTheReason() throws Exception {
    var told = new Told();
    var result = range.shot(Habits.good(), script().say("half").crash(3)).run(told);

    assertThat(((TurnResult.Failed) result).problem().code()).isEqualTo("crash");
    assertThat(((TurnResult.Failed) result).problem().detail()).contains("exit code 3");
    assertThat(told.text()).isEqualTo("half");
    assertThat(range.alive()).isZero();
  }

  private static FutureTask<TurnResult> start(Callable<TurnResult> work) {
    var task = new FutureTask<>(work);
    Thread.ofVirtual().start(task);
    return task;
  }
}
