package dev.signalbox.agent.claude;

import static dev.signalbox.testkit.agent.Script.script;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.signalbox.agent.AgentEvent;
import dev.signalbox.agent.AgentUnavailable;
import dev.signalbox.agent.Told;
import dev.signalbox.agent.TurnResult;
import dev.signalbox.event.Item;
import dev.signalbox.testkit.agent.Habits;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// What a turn with Claude Code tells, when it is over, and what its bad habits do to it.
@Timeout(180)
class ClaudeTurnTest {
  private Bench bench;

  @BeforeEach
  void open(@TempDir Path folder) {
    bench = new Bench(folder);
  }

  @AfterEach
  void close() {
    bench.close();
  }

  @Test
  void R_DRV_13_whatCameInPiecesIsNotToldAgainWhenItComesWhole() throws Exception {
    var told =
        bench.run(
            bench.thread(Habits.good()),
            script()
                .think("First ")
                .think("I ponder.")
                .say("Hello ")
                .say("there.")
                .tool("c1", "execute", "ls -l", "a.txt")
                .say("Done."));
    assertThat(told.reasoning()).isEqualTo("First I ponder.");
    assertThat(told.text()).isEqualTo("Hello there.Done.");
    assertThat(told.all(AgentEvent.Text.class)).hasSize(3);
    var tool = told.tool("c1");
    assertThat(tool.status()).isEqualTo(Item.Status.DONE);
    assertThat(tool.tool().kind()).isEqualTo("execute");
    assertThat(tool.tool().title()).isEqualTo("ls -l");
    assertThat(tool.output()).isEqualTo("a.txt");
  }

  @Test
  void aLineThatIsNoMessageEndsNothing() throws Exception {
    var told =
        bench.run(
            bench.thread(Habits.good().firstLine("warning: not JSON")),
            script()
                .say("a")
                .line("{\"type\":")
                .line("[1,2]")
                .line("null")
                .line("")
                .garbage(20 * 1024 * 1024)
                .say("b"));
    assertThat(told.text()).isEqualTo("ab");
  }

  @Test
  void R_INT_6_lateLinesOfAnInterruptedTurnAreFenced() throws Exception {
    var thread = bench.thread(Habits.good());
    var turn = bench.turn();
    var told = new Told();
    var first =
        bench.begin(
            thread,
            turn,
            script().onCancel("end_turn", 40, "late1", "late2").say("x").hang(),
            told);
    told.first(AgentEvent.Text.class);
    thread.interrupt(turn);
    assertThat(first.end()).isInstanceOf(TurnResult.Cancelled.class);
    thread.settle();
    assertThat(bench.run(thread, script().say("next")).text()).isEqualTo("next");
    assertThat(told.text()).isEqualTo("x");
  }

  @Test
  void R_INT_8_oneThatIgnoresTheInterruptEndsWithItsProcess() throws Exception {
    var process = bench.start(Habits.good());
    var thread = process.open(bench.settings());
    var turn = bench.turn();
    var told = new Told();
    var deaf = bench.begin(thread, turn, script().ignoreCancel().count(2_000, 20), told);
    told.first(AgentEvent.Text.class);
    thread.interrupt(turn);
    int heard = told.events().size();
    told.until(now -> now.events().size() > heard + 5);
    assertThat(deaf.running()).isTrue();
    process.kill();
    assertThatThrownBy(deaf::end).isInstanceOf(AgentUnavailable.class);
  }

  @Test
  void R_INT_6_anAnswerThatComesTwiceEndsOneTurnOnly() throws Exception {
    var thread = bench.thread(Habits.good());
    bench.run(thread, script().say("one").answerTwice());
    assertThat(bench.run(thread, script().sleep(200).say("two")).text()).isEqualTo("two");
  }

  @Test
  void anAgentThatAnswersAnInterruptWithAnErrorWasStillCancelled() throws Exception {
    var thread = bench.thread(Habits.good());
    var turn = bench.turn();
    var told = new Told();
    var asked = bench.begin(thread, turn, script().errorOnCancel().say("x").hang(), told);
    told.first(AgentEvent.Text.class);
    thread.interrupt(turn);
    assertThat(asked.end()).isInstanceOf(TurnResult.Cancelled.class);
  }

  @Test
  void R_LIFE_2_oneThatLeavesInMidTurnHasCrashedWhateverItsExitCode() throws Exception {
    var told = new Told();
    assertThatThrownBy(() ->
            bench.end(
                bench.thread(Habits.good().standardError("last words")),
                script().say("half").sleep(100).crash(0),
                told))
        .isInstanceOfSatisfying(
            AgentUnavailable.class,
            e -> {
              assertThat(e.problem().code()).isEqualTo("crash");
              assertThat(e.problem().detail()).contains("exit code 0");
              assertThat(e.problem().stderr()).contains("last words");
            });
    assertThat(told.text()).isEqualTo("half");
  }

  @Test
  void R_TURN_8_anErrorOfTheModelIsNoSuccessAlthoughItSaysSo() throws Exception {
    var told = new Told();
    var thread = bench.thread(Habits.good());
    var end = bench.end(thread, script().error(400, "API Error: 400 no such thing"), told);
    assertThat(end)
        .isInstanceOfSatisfying(
            TurnResult.Failed.class,
            failed -> {
              assertThat(failed.problem().code()).isEqualTo("agent-error");
              assertThat(failed.problem().detail()).contains("400 no such thing");
            });
    assertThat(told.text()).as("the error is not an answer").isEmpty();
    assertThat(bench.run(thread, script().say("fine")).text()).isEqualTo("fine");
  }

  @Test
  void R_TURN_8_aLimitOfUseSaysWhenItEnds() throws Exception {
    var end =
        bench.end(
            bench.thread(Habits.good()),
            script().error(429, "Claude AI usage limit reached|1795300000"),
            new Told());
    assertThat(end)
        .isInstanceOfSatisfying(
            TurnResult.Failed.class,
            failed -> {
              assertThat(failed.problem().code()).isEqualTo("rate-limit");
              assertThat(failed.problem().resetsAt())
                  .isEqualTo(Instant.ofEpochSecond(1_795_300_000));
            });
  }

  @Test
  void R_TURN_6_usageAndCostAreTheTurnsShare() throws Exception {
    var thread = bench.thread(Habits.good());
    var first = bench.end(thread, script().say("a").usage(10, 5), new Told());
    var second = bench.end(thread, script().say("b").usage(10, 5), new Told());
    assertThat(((TurnResult.Completed) first).usage())
        .satisfies(usage -> {
          assertThat(usage.inputTokens()).isEqualTo(10);
          assertThat(usage.outputTokens()).isEqualTo(5);
          assertThat(usage.cost()).isEqualTo(0.25);
        });
    // The agent's cost is that of the whole conversation, and did not grow.
    assertThat(((TurnResult.Completed) second).usage().cost()).isEqualTo(0.0);
  }

  @Test
  void aListOfThingsToDoIsAPlan() throws Exception {
    var told =
        bench.run(
            bench.thread(Habits.good()),
            script()
                .update(
                    "{\"sessionUpdate\":\"plan\",\"entries\":[{\"content\":\"dig\",\"status\":\"in_progress\"}]}"));
    assertThat(told.first(AgentEvent.Plan.class).entries())
        .containsExactly(new Item.PlanEntry("dig", "in_progress", null));
    assertThat(told.all(AgentEvent.ToolCall.class)).isEmpty();
  }

  @Test
  void R_DRV_5_unknownLinesAreKeptRawAndBookkeepingIsDropped() throws Exception {
    var told =
        bench.run(
            bench.thread(Habits.good()),
            script()
                .line("{\"type\":\"system\",\"subtype\":\"hook_response\",\"output\":\"x\"}")
                .line("{\"type\":\"system\",\"subtype\":\"thinking_tokens\"}")
                .line("{\"type\":\"system\",\"subtype\":\"brand_new\",\"a\":1}")
                .line("{\"type\":\"hologram\"}"));
    assertThat(told.all(AgentEvent.Unknown.class))
        .extracting(AgentEvent.Unknown::type)
        .containsExactly("system/brand_new", "hologram");
    assertThat(told.events())
        .filteredOn(event -> !(event instanceof AgentEvent.Commands)) // from its start
        .hasSize(2);
  }

  @Test
  void aRetryIsToldWhileItHappens() throws Exception {
    var told =
        bench.run(
            bench.thread(Habits.good()),
            script()
                .line(
                    "{\"type\":\"system\",\"subtype\":\"api_retry\",\"attempt\":1,\"max_retries\":10,\"retry_delay_ms\":531,\"error_status\":529}")
                .say("ok"));
    assertThat(told.first(AgentEvent.Notice.class).detail())
        .contains("529")
        .contains("attempt 1 of 10");
  }

  @Test
  @Tag("R-DRV-9")
  void whatIsNotOfferedIsRefused() throws Exception {
    var told =
        bench.run(
            bench.thread(Habits.good()),
            script().call("hook_callback", "{\"callback_id\":\"h0\"}"));
    assertThat(told.text()).contains("error").contains("Not supported: hook_callback");
  }

  @Test
  void aPassThatTheAgentBeganItselfIsNotTheEndOfOurTurn() throws Exception {
    var thread = bench.thread(Habits.good());
    bench.run(thread, script().say("one"));
    var told =
        bench.run(
            thread,
            script()
                .line(
                    "{\"type\":\"result\",\"is_error\":false,\"origin\":{\"kind\":\"task-notification\"}}")
                .sleep(100)
                .say("ours"));
    assertThat(told.text()).isEqualTo("ours");
  }

  @Test
  void aConversationThatWasClearedIsAnotherOneAndSaysSo() throws Exception {
    var thread = bench.thread(Habits.good());
    var told =
        bench.run(
            thread,
            script()
                .line("{\"type\":\"system\",\"subtype\":\"init\",\"session_id\":\"another\"}")
                .say("fresh"));
    assertThat(told.first(AgentEvent.Notice.class).code()).isEqualTo("memory-lost");
    assertThat(thread.nativeId()).isEqualTo("another");
  }

  @Test
  void R_DRV_7_itsCommandsAreKnownBeforeTheFirstTurn() throws Exception {
    var heard = new CopyOnWriteArrayList<AgentEvent>();
    bench.thread(Habits.good()).outside(heard::add);
    assertThat(heard)
        .contains(
            new AgentEvent.Commands(
                List.of(new AgentEvent.Commands.Command("scripted", "A scripted command", null))));
  }
}
