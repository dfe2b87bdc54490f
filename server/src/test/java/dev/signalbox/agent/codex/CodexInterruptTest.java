package dev.signalbox.agent.codex;

import static dev.signalbox.testkit.agent.Script.script;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.signalbox.agent.AgentEvent;
import dev.signalbox.agent.AgentProcess;
import dev.signalbox.agent.AgentThread;
import dev.signalbox.agent.AgentUnavailable;
import dev.signalbox.agent.Asking;
import dev.signalbox.agent.Told;
import dev.signalbox.agent.TurnResult;
import dev.signalbox.testkit.agent.Habits;
import dev.signalbox.testkit.agent.Script;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// `turn/interrupt`, and what comes after it.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Timeout(180)
class CodexInterruptTest {
  private Workbench bench;
  private AgentProcess process;

  @BeforeAll
  void open(@TempDir Path folder) throws Exception {
    bench = new Workbench(folder);
    process = bench.start(Habits.good());
  }

  @AfterAll
  void close() {
    bench.close();
  }

  @Test
  void R_INT_6_lateEventsOfAnInterruptedTurnAreFencedAlsoAfterTheNextOneBegan() throws Exception {
    var thread = bench.thread(process);
    // Late text for half a second, then a second end of the same turn, as failed.
    interrupted(
            script()
                .onCancel("cancelled", 100, "late ", "later ", "latest ", "last ", "end ")
                .say("A")
                .hang(),
            thread)
        .end();
    thread.settle();

    var next = bench.run(thread, script().say("B").sleep(1_000).say("B"));

    assertThat(next.text()).isEqualTo("BB");
  }

  @Test
  void R_INT_7_aTurnWithoutLateEventsIsOverAndTheNextIsNotSwallowed() throws Exception {
    var thread = bench.thread(process);
    interrupted(script().say("A").hang(), thread).end();
    assertThat(bench.run(thread, script().say("B")).text()).isEqualTo("B");
  }

  @Test
  void R_INT_5_anOpenApprovalIsCancelledAndTheTurnEnds() throws Exception {
    var thread = bench.thread(process);
    var id = bench.turn();
    var told = new Told();
    var script = script().ask("c1", "execute", "touch x", "y:allow_once").hang();
    var turn = Asking.prompt(thread, id, script.prompt(), told);
    told.first(AgentEvent.AskOpened.class);
    int before = bench.received.answers().size();

    thread.interrupt(id);

    assertThat(turn.end()).isInstanceOf(TurnResult.Cancelled.class);
    await().until(() -> bench.received.answers().size() > before);
    assertThat(bench.received.answers().getLast().at("/result/decision").asString(""))
        .isEqualTo("cancel");
  }

  @Test
  void R_INT_5_anAskThatComesAfterTheInterruptIsCancelledAndShownToNobody() throws Exception {
    var thread = bench.thread(process);
    var script =
        script()
            .ignoreCancel()
            .say("a")
            .sleep(500)
            .askWithoutWaiting("late", "execute", "touch x", "y:allow_once")
            .sleep(200);
    var told = new Told();
    var turn = interrupted(script, thread, told);
    assertThat(turn.end()).isInstanceOf(TurnResult.Cancelled.class);
    assertThat(told.all(AgentEvent.AskOpened.class)).isEmpty();
    assertThat(bench.received.answers().getLast().at("/result/decision").asString(""))
        .isEqualTo("cancel");
  }

  @Test
  void whatTheAgentSaysOfItsEndDoesNotMatterAfterAnInterrupt() throws Exception {
    var thread = bench.thread(process);
    var script = script().ignoreCancel().say("a").sleep(500).say("b");
    assertThat(interrupted(script, thread).end()).isInstanceOf(TurnResult.Cancelled.class);
    var failing = script().ignoreCancel().say("a").sleep(500).error(1, "broken");
    assertThat(interrupted(failing, thread).end()).isInstanceOf(TurnResult.Cancelled.class);
  }

  @Test
  void R_INT_1_commandsOfTheInterruptedTurnAreEndedAndOlderOnesAreLeft() throws Exception {
    var thread = bench.thread(process);
    bench.run(thread, script().openTool("server", "execute", "serve").say("It serves."));
    interrupted(script().openTool("c1", "execute", "sleep 60").say("a").hang(), thread).end();

    assertThat(bench.received.messages("thread/backgroundTerminals/terminate"))
        .filteredOn(
            message -> message.at("/params/threadId").asString("").equals(thread.nativeId()))
        .extracting(message -> message.at("/params/processId").asString(""))
        .containsExactly("p-c1");
  }

  @Test
  void R_INT_8_anAgentThatIgnoresTheInterruptIsNotStartedOverItsRunningTurn() throws Exception {
    var thread = bench.thread(process);
    var id = bench.turn();
    var told = new Told();
    var deaf = script().ignoreCancel().count(200, 50);
    var turn = Asking.prompt(thread, id, deaf.prompt(), told);
    told.first(AgentEvent.Text.class);
    thread.interrupt(id);
    assertThat(turn.running()).isTrue();

    // Its own lane waits, and then gives the conversation up: what ran there must not be steered.
    thread.close();
    assertThatThrownBy(turn::end).isInstanceOf(AgentUnavailable.class);
    var again = process.resume(thread.nativeId(), bench.settings());
    var next = Asking.prompt(again, bench.turn(), script().say("B").prompt(), new Told());
    var result = next.end();

    assertThat(result).isInstanceOf(TurnResult.Failed.class);
    assertThat(((TurnResult.Failed) result).problem().detail()).contains("still works");
    assertThat(bench.received.messages("turn/start"))
        .filteredOn(
            message -> message.at("/params/threadId").asString("").equals(thread.nativeId()))
        .hasSize(1);
  }

  @Test
  void aTurnThatStillRunsInAConversationIsEndedBeforeTheNextOneBegins() throws Exception {
    var thread = bench.thread(process);
    var told = new Told();
    var turn = Asking.prompt(thread, bench.turn(), script().say("A").hang().prompt(), told);
    told.first(AgentEvent.Text.class);
    process.resume(thread.nativeId(), bench.settings()); // another owner; the first is not told
    var again = process.resume(thread.nativeId(), bench.settings());

    assertThat(bench.run(again, script().say("B")).text()).isEqualTo("B");
    thread.close();
    assertThatThrownBy(turn::end).isInstanceOf(AgentUnavailable.class);
  }

  @Test
  void R_INT_9_aTurnOfAnEndedConversationIsNotPrompted() throws Exception {
    var thread = bench.thread(process);
    thread.close();
    assertThatThrownBy(() -> bench.run(thread, script().say("x")))
        .isInstanceOf(AgentUnavailable.class);
  }

  @Test
  void R_LIFE_2_closingTheOutputInMidTurnEndsItWithTheReason() throws Exception {
    var own = bench.start(Habits.good());
    var thread = bench.thread(own);
    var told = new Told();
    var turn =
        Asking.prompt(thread, bench.turn(), script().say("a").sleep(200).crash(3).prompt(), told);
    assertThatThrownBy(turn::end)
        .isInstanceOfSatisfying(
            AgentUnavailable.class,
            e -> {
              assertThat(e.problem().code()).isEqualTo("crash");
              assertThat(e.problem().detail()).contains("exit code 3");
            });
    assertThat(told.text()).isEqualTo("a");
  }

  private Asking interrupted(Script script, AgentThread thread) throws Exception {
    return interrupted(script, thread, new Told());
  }

  /// Runs it until its first word, then interrupts it.
  private Asking interrupted(Script script, AgentThread thread, Told told) throws Exception {
    var id = bench.turn();
    var turn = Asking.prompt(thread, id, script.prompt(), told);
    told.first(AgentEvent.Text.class);
    thread.interrupt(id);
    return turn;
  }
}
