package dev.signalbox.agent.opencode;

import static dev.signalbox.testkit.agent.Script.script;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.signalbox.agent.AgentEvent;
import dev.signalbox.agent.AgentThread;
import dev.signalbox.agent.AgentUnavailable;
import dev.signalbox.agent.Asking;
import dev.signalbox.agent.Told;
import dev.signalbox.agent.TurnResult;
import dev.signalbox.event.Item;
import dev.signalbox.testkit.agent.Habits;
import dev.signalbox.testkit.agent.Script;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// An abort, as opencode answers it: with one idle at once, the rest of the turn, and a second
/// idle.
@Timeout(180)
class OpencodeInterruptTest {
  private Workbench bench;

  @BeforeEach
  void open(@TempDir Path folder) {
    bench = new Workbench(folder);
  }

  @AfterEach
  void close() {
    bench.close();
  }

  @Test
  void R_INT_4_whatItsToolsCameToAfterTheFirstIdleIsStillTold() throws Exception {
    var thread = bench.thread(bench.start(Habits.good()));
    var told = new Told();
    var script = script().say("a").openTool("c1", "execute", "sleep 60").hang();
    var turn = interrupted(script, thread, told);
    assertThat(turn.end()).isInstanceOf(TurnResult.Cancelled.class);
    assertThat(told.all(AgentEvent.ToolCall.class).getLast().status())
        .isEqualTo(Item.Status.FAILED);
  }

  @Test
  void R_INT_6_theSecondIdleDoesNotSettleTheNextTurn() throws Exception {
    var thread = bench.thread(bench.start(Habits.good().spoil("idle2", "late")));
    interrupted(script().say("A").hang(), thread, new Told()).end();
    // Not settled: the second idle of the first turn comes while this one is at work.
    var told = bench.run(thread, script().say("B").sleep(500).say("C"));
    assertThat(told.text()).isEqualTo("BC");
  }

  @Test
  void R_INT_6_lateWordsOfTheInterruptedTurnAreNotInTheNextOne() throws Exception {
    var thread = bench.thread(bench.start(Habits.good()));
    var late = script().onCancel("", 40, "late ", "later ", "latest ").say("A").hang();
    interrupted(late, thread, new Told()).end();
    assertThat(bench.run(thread, script().say("B").sleep(300)).text()).isEqualTo("B");
  }

  @Test
  void R_INT_7_whenTheSecondIdleNeverComesTheTurnEndsAndTheNextIsNotSwallowed() throws Exception {
    var thread = bench.thread(bench.start(Habits.good().spoil("idle2", "never")));
    var turn = interrupted(script().say("A").hang(), thread, new Told());
    assertThat(turn.end()).isInstanceOf(TurnResult.Cancelled.class);
    thread.settle();
    assertThat(bench.run(thread, script().say("B").sleep(300).say("C")).text()).isEqualTo("BC");
  }

  @Test
  void R_INT_5_anOpenAskIsRefusedAfterTheAbortAndLeftInNobodysList() throws Exception {
    var thread = bench.thread(bench.start(Habits.good()));
    var id = bench.turn();
    var told = new Told();
    var script = script().ask("c1", "execute", "touch x", "y:allow_once").hang();
    var turn = Asking.prompt(thread, id, script.prompt(), told);
    told.first(AgentEvent.AskOpened.class);
    thread.interrupt(id);
    assertThat(turn.end()).isInstanceOf(TurnResult.Cancelled.class);
    await().until(() -> !bench.bodies("POST /permission/.*/reply").isEmpty());
    assertThat(bench.bodies("POST /permission/.*/reply"))
        .singleElement()
        .extracting(body -> body.path("reply").asString(""))
        .isEqualTo("reject");
    var methods =
        bench.received.messages().stream().map(got -> got.path("method").asString("")).toList();
    assertThat(methods.indexOf("POST /session/" + thread.nativeId() + "/abort"))
        .isLessThan(
            methods.indexOf(
                methods.stream()
                    .filter(method -> method.startsWith("POST /permission/"))
                    .findFirst()
                    .orElseThrow()));
  }

  @Test
  void R_INT_5_anAskThatComesAfterTheInterruptIsRefusedAndShownToNobody() throws Exception {
    var thread = bench.thread(bench.start(Habits.good()));
    var told = new Told();
    var script =
        script().ignoreCancel().say("a").sleep(300).ask("c1", "execute", "touch", "n:reject_once");
    assertThat(interrupted(script, thread, told).end()).isInstanceOf(TurnResult.Cancelled.class);
    assertThat(told.all(AgentEvent.AskOpened.class)).isEmpty();
  }

  @Test
  void R_INT_9_interruptsAtEveryMomentNeverLeaveATurnRunning() throws Exception {
    var thread = bench.thread(bench.start(Habits.good()));
    for (int delay = 0; delay < 20; delay++) {
      var id = bench.turn();
      var turn = Asking.prompt(thread, id, script().say("a").hang().prompt(), new Told());
      for (int spin = 0; spin < delay * 20_000; spin++) {
        Thread.onSpinWait();
      }
      thread.interrupt(id);
      assertThat(turn.end()).isInstanceOf(TurnResult.Cancelled.class);
      thread.settle();
    }
    assertThat(bench.run(thread, script().say("fine")).text()).isEqualTo("fine");
  }

  @ParameterizedTest
  @ValueSource(strings = {"silent", "refuse", "ignore"})
  void R_INT_8_aTurnWhoseAbortComesToNothingReturnsWhenItsConversationIsClosed(String way)
      throws Exception {
    var process = bench.start(Habits.good().spoil("abort", way));
    var thread = bench.thread(process);
    var neighbour = bench.thread(process);
    var turn = interrupted(script().say("a").hang(), thread, new Told());
    assertThat(turn.running()).isTrue();
    thread.close();
    assertThatThrownBy(turn::end).isInstanceOf(AgentUnavailable.class);
    assertThat(bench.run(neighbour, script().say("n")).text()).isEqualTo("n");
  }

  private Asking interrupted(Script script, AgentThread thread, Told told) {
    var id = bench.turn();
    var turn = Asking.prompt(thread, id, script.prompt(), told);
    told.first(AgentEvent.Text.class);
    thread.interrupt(id);
    return turn;
  }
}
