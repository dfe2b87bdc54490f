package dev.signalbox.agent.acp;

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
import java.util.Arrays;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// `session/cancel` as real agents answer it.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Timeout(180)
class AcpInterruptTest {
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

  @ParameterizedTest
  @ValueSource(strings = {"cancelled", "end_turn", "refusal", "max_tokens"})
  @Tag("R-INT-6")
  void whateverReasonTheAgentGivesTheTurnWasCancelled(String reason) throws Exception {
    var turn = interrupted(script().onCancel(reason, 0).say("a").hang(), bench.thread(process));
    assertThat(turn.end()).isInstanceOf(TurnResult.Cancelled.class);
  }

  @Test
  void anErrorAsAnswerToTheCancelIsACancelledTurn() throws Exception {
    var turn = interrupted(script().errorOnCancel().say("a").hang(), bench.thread(process));
    assertThat(turn.end()).isEqualTo(new TurnResult.Cancelled(null));
  }

  @Test
  void R_INT_6_lateTextOfTheInterruptedTurnIsNotInTheNextOne() throws Exception {
    var thread = bench.thread(process);
    var turn =
        interrupted(
            script().onCancel("cancelled", 10, "late ", "later ", "latest ").say("A").hang(),
            thread);
    turn.end();
    thread.settle();
    var next = bench.run(thread, script().say("B"));
    assertThat(next.text()).isEqualTo("B");
  }

  @Test
  void R_INT_6_settlingWaitsUntilTheAgentWasQuietButNotForEver() throws Exception {
    var own = bench.start(Habits.good());
    var thread = bench.thread(own);
    var chatter = new String[400];
    Arrays.fill(chatter, "still talking ");
    interrupted(script().onCancel("cancelled", 50, chatter).say("A").hang(), thread).end();
    long began = System.nanoTime();
    thread.settle();
    long millis = (System.nanoTime() - began) / 1_000_000;
    // It talks for at least 20 s. (The lower bound is the quiet that is always waited for.)
    assertThat(millis).isBetween(100L, 15_000L);
    own.kill();
  }

  @Test
  void R_INT_7_aTurnWithoutLateEventsSettlesAndTheNextIsNotSwallowed() throws Exception {
    var thread = bench.thread(process);
    interrupted(script().say("A").hang(), thread).end();
    thread.settle();
    assertThat(bench.run(thread, script().say("B")).text()).isEqualTo("B");
  }

  @Test
  void R_INT_5_anOpenAskIsAnsweredCancelledAndTheAgentHearsOfTheCancelFirst() throws Exception {
    var thread = bench.thread(process);
    var id = bench.turn();
    var told = new Told();
    var script = script().ask("c1", "execute", "touch x", "y:allow_once").hang();
    var turn = Asking.prompt(thread, id, script.prompt(), told);
    told.first(AgentEvent.AskOpened.class);
    int before = bench.received.messages().size();
    thread.interrupt(id);
    assertThat(turn.end()).isInstanceOf(TurnResult.Cancelled.class);

    await().until(() -> bench.received.messages().size() >= before + 2);
    var after = bench.received.messages().subList(before, before + 2);
    assertThat(after.get(0).path("method").asString("")).isEqualTo("session/cancel");
    assertThat(after.get(1).at("/result/outcome/outcome").asString("")).isEqualTo("cancelled");
  }

  @Test
  void R_INT_5_anAskThatComesAfterTheInterruptIsCancelledAndShownToNobody() throws Exception {
    var thread = bench.thread(process);
    var id = bench.turn();
    var told = new Told();
    var script =
        script().ignoreCancel().say("a").sleep(300).ask("c1", "execute", "touch x", "y:allow_once");
    var turn = Asking.prompt(thread, id, script.prompt(), told);
    told.first(AgentEvent.Text.class);
    thread.interrupt(id);
    assertThat(turn.end()).isInstanceOf(TurnResult.Cancelled.class);
    assertThat(told.all(AgentEvent.AskOpened.class)).isEmpty();
    assertThat(told.text()).isEqualTo("acancelled: none");
  }

  @Test
  void textBetweenTheCancelAndTheAnswerBelongsToTheTurn() throws Exception {
    var thread = bench.thread(process);
    var id = bench.turn();
    var told = new Told();
    var turn =
        Asking.prompt(
            thread, id, script().ignoreCancel().say("a").sleep(200).say("b").prompt(), told);
    told.first(AgentEvent.Text.class);
    thread.interrupt(id);
    assertThat(turn.end()).isInstanceOf(TurnResult.Cancelled.class);
    assertThat(told.text()).isEqualTo("ab");
  }

  @Test
  void anInterruptOfAnotherTurnDoesNotTouchTheOneThatRuns() throws Exception {
    var thread = bench.thread(process);
    var told = new Told();
    var turn = Asking.prompt(thread, bench.turn(), script().count(10, 30).prompt(), told);
    told.first(AgentEvent.Text.class);
    thread.interrupt(bench.turn());
    assertThat(turn.end()).isInstanceOf(TurnResult.Completed.class);
  }

  @Test
  void R_LANE_8_anInterruptOfOneConversationLeavesItsNeighboursAlone() throws Exception {
    var neighbour = bench.thread(process);
    var heard = new Told();
    var running = Asking.prompt(neighbour, bench.turn(), script().count(20, 30).prompt(), heard);
    interrupted(script().say("A").hang(), bench.thread(process)).end();
    assertThat(running.end()).isInstanceOf(TurnResult.Completed.class);
    assertThat(heard.text()).endsWith("19 ");
  }

  @Test
  void R_INT_9_interruptsAtEveryMomentNeverLeaveATurnRunning() throws Exception {
    var thread = bench.thread(process);
    for (int delay = 0; delay < 40; delay++) {
      var id = bench.turn();
      var turn = Asking.prompt(thread, id, script().say("a").hang().prompt(), new Told());
      for (int spin = 0; spin < delay * 500; spin++) {
        Thread.onSpinWait();
      }
      thread.interrupt(id);
      assertThat(turn.end()).isInstanceOf(TurnResult.Cancelled.class);
    }
    assertThat(bench.run(thread, script().say("fine")).text()).isEqualTo("fine");
  }

  @Test
  void R_INT_8_aTurnThatIgnoresItsCancelReturnsWhenTheProcessIsKilled() throws Exception {
    var own = bench.start(Habits.good());
    var thread = bench.thread(own);
    var turn = interrupted(script().ignoreCancel().say("a").hang(), thread);
    assertThat(turn.running()).isTrue();
    own.kill();
    assertThatThrownBy(turn::end).isInstanceOf(AgentUnavailable.class);
    assertThat(own.alive()).isFalse();
  }

  @Test
  void aClosedConversationIsForgottenByTheAgentWhereItCan() throws Exception {
    var thread = bench.thread(process);
    thread.close();
    await()
        .until(() ->
            bench.received.messages("session/close").stream()
                .anyMatch(m -> m.at("/params/sessionId").asString("").equals(thread.nativeId())));
    assertThatThrownBy(() -> bench.run(thread, script().say("x")))
        .isInstanceOf(AgentUnavailable.class);
  }

  private Asking interrupted(Script script, AgentThread thread) {
    var id = bench.turn();
    var told = new Told();
    var turn = Asking.prompt(thread, id, script.prompt(), told);
    told.first(AgentEvent.Text.class);
    thread.interrupt(id);
    return turn;
  }
}
