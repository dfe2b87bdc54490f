package dev.signalbox.agent.acp;

import static dev.signalbox.testkit.agent.Script.script;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.signalbox.agent.AgentEvent;
import dev.signalbox.agent.AgentProcess;
import dev.signalbox.agent.AgentThread;
import dev.signalbox.agent.Asking;
import dev.signalbox.agent.Prompt;
import dev.signalbox.agent.Told;
import dev.signalbox.agent.TurnResult;
import dev.signalbox.event.Item;
import dev.signalbox.event.Usage;
import dev.signalbox.testkit.agent.Habits;
import dev.signalbox.testkit.agent.Script;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// What real agents were seen doing inside a turn, one test for each; the numbers are those of the
/// notes on the agents. All in one process, as lanes have it.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Timeout(180)
class AcpTrapsTest {
  private Workbench bench;
  private AgentProcess process;

  @BeforeAll
  void open(@TempDir Path folder) throws Exception {
    bench = new Workbench(folder);
    process = bench.start(Habits.good().stringIds());
  }

  @AfterAll
  void close() {
    assertThat(bench.received.starts()).isEqualTo(1);
    bench.close();
  }

  @Test
  void trap1_aCardIsMadeByThePermissionWhenNothingTellsOfTheCallBefore() throws Exception {
    var told = Told.answering(true);
    run(
        script()
            .ask("c1", "execute", "touch x", "no:reject_once", "yes:allow_once")
            .update(done("c1")),
        told);
    var first = told.all(AgentEvent.ToolCall.class).getFirst();
    assertThat(first.status()).isEqualTo(Item.Status.OPEN);
    assertThat(first.tool().title()).isEqualTo("touch x");
    assertThat(told.events().indexOf(first))
        .isLessThan(told.events().indexOf(told.first(AgentEvent.AskOpened.class)));
    assertThat(told.tool("c1").status()).isEqualTo(Item.Status.DONE);
    assertThat(told.tool("c1").tool().title()).isEqualTo("touch x");
  }

  @Test
  void trap2_aRejectedCallThatIsNeverHeardOfAgainHasFailed() throws Exception {
    var told = Told.answering(false);
    run(
        script().ask("c1", "execute", "rm x", "yes:allow_once", "no:reject_once").say(" went on"),
        told);
    assertThat(told.tool("c1").status()).isEqualTo(Item.Status.FAILED);
    assertThat(told.text()).endsWith(" went on");
  }

  @Test
  void R_ASK_8_trap3_optionsAreChosenByTheirIdWhateverTheirOrder() throws Exception {
    for (var options :
        List.of(
            List.of("a:allow_always", "b:allow_once", "c:reject_once", "d:reject_always"),
            List.of("d:reject_always", "c:reject_once", "b:allow_once", "a:allow_always"))) {
      var allowed = Told.answering(true);
      run(script().ask("c1", "execute", "x", options.toArray(String[]::new)), allowed);
      assertThat(allowed.text()).isEqualTo("selected: b");
      var rejected = Told.answering(false);
      run(script().ask("c1", "execute", "x", options.toArray(String[]::new)), rejected);
      assertThat(rejected.text()).isEqualTo("selected: c");
    }
  }

  @Test
  void trap3_twoOptionsOfOneKindAreBothOffered() throws Exception {
    var told = Told.answering(true);
    run(script().ask("c1", "execute", "x", "one:allow_once", "two:allow_once"), told);
    assertThat(told.first(AgentEvent.AskOpened.class).options())
        .extracting(AgentEvent.Option::id)
        .containsExactly("one", "two");
    assertThat(told.text()).isEqualTo("selected: one");
  }

  @Test
  void trap4_optionsThatLastAreMarkedSoThatNobodyIsOfferedThem() throws Exception {
    var told = Told.answering(true);
    run(
        script()
            .ask(
                "c1",
                "execute",
                "x",
                "a:allow_always",
                "b:allow_once",
                "c:reject_once",
                "d:reject_always",
                "e:allow_from_the_future"),
        told);
    assertThat(told.first(AgentEvent.AskOpened.class).options())
        .containsExactly(
            new AgentEvent.Option("a", true, true, "Option a"),
            new AgentEvent.Option("b", true, false, "Option b"),
            new AgentEvent.Option("c", false, false, "Option c"),
            new AgentEvent.Option("d", false, true, "Option d"),
            new AgentEvent.Option("e", true, true, "Option e"));
  }

  @Test
  void trap4_aPermissionWithNoOptionsOrOnlyLastingOnesCanStillBeCancelled() throws Exception {
    var told =
        new Told(event -> {
          if (event instanceof AgentEvent.AskOpened ask) {
            ask.pending().cancel();
          }
        });
    run(script().ask("c1", "execute", "x").ask("c2", "execute", "y", "a:allow_always"), told);
    assertThat(told.text()).isEqualTo("cancelled: nonecancelled: none");
  }

  @Test
  void R_ASK_8_anOptionThatWasNotOfferedIsRefusedAndTheAskStaysOpen() throws Exception {
    var told =
        new Told(event -> {
          if (event instanceof AgentEvent.AskOpened ask) {
            assertThatThrownBy(() -> ask.pending().choose("made-up", null))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("b");
            ask.pending().choose("b", null);
            ask.pending().choose("c", null); // ignored
            ask.pending().cancel(); // ignored
          }
        });
    run(script().ask("c1", "execute", "x", "b:allow_once", "c:reject_once"), told);
    assertThat(told.text()).isEqualTo("selected: b");
  }

  @Test
  void onlyWhatTheAgentSaysItReadsIsAnAskThatDoesNotWrite() throws Exception {
    var told = Told.answering(true);
    run(
        script()
            .ask("a", "read", "x", "y:allow_once")
            .ask("b", "search", "x", "y:allow_once")
            .ask("c", "other", "x", "y:allow_once")
            .ask("d", "edit", "x", "y:allow_once")
            .ask("e", "execute", "x", "y:allow_once")
            .ask("f", "fetch", "x", "y:allow_once"),
        told);
    assertThat(told.all(AgentEvent.AskOpened.class))
        .extracting(AgentEvent.AskOpened::writes)
        .containsExactly(false, false, true, true, true, true);
  }

  @Test
  void aSecondPermissionMayComeWhileTheFirstIsOpen() throws Exception {
    var told = new Told();
    var turn = bench.turn();
    var thread = bench.thread(process);
    var asking =
        Asking.prompt(
            thread,
            turn,
            script()
                .askWithoutWaiting("c1", "execute", "one", "y:allow_once")
                .ask("c2", "execute", "two", "y:allow_once")
                .prompt(),
            told);
    told.until(t -> t.all(AgentEvent.AskOpened.class).size() == 2);
    var asks = told.all(AgentEvent.AskOpened.class);
    assertThat(asks.get(0).askKey()).isNotEqualTo(asks.get(1).askKey());
    asks.get(1).pending().choose("y", null);
    assertThat(asking.end()).isInstanceOf(TurnResult.Completed.class);
    // The agent ended its turn without waiting for the first: nobody may answer it any more.
    assertThat(told.all(AgentEvent.AskWithdrawn.class))
        .extracting(AgentEvent.AskWithdrawn::askKey)
        .containsExactly(asks.get(0).askKey());
  }

  @Test
  void trap6_outputThatIsRepeatedWholeGrows() throws Exception {
    var told = run(script().update(output("c1", "hi\n")).update(output("c1", "hi\nsecond\n")));
    assertThat(told.all(AgentEvent.ToolCall.class))
        .extracting(AgentEvent.ToolCall::output)
        .containsExactly("hi\n", "hi\nsecond\n");
  }

  @Test
  void R_DRV_9_trap8_filesAndTerminalsAreNotOfferedAndACallToThemIsRefused() throws Exception {
    var told =
        run(
            script()
                .call("fs/read_text_file", "{\"sessionId\":\"x\",\"path\":\"/etc/passwd\"}")
                .call(
                    "fs/write_text_file", "{\"sessionId\":\"x\",\"path\":\"/x\",\"content\":\"\"}")
                .call("terminal/create", "{\"sessionId\":\"x\",\"command\":\"ls\"}"));
    assertThat(told.text()).isEqualTo("error: -32601".repeat(3));
    var offered = bench.received.messages("initialize").getFirst().at("/params/clientCapabilities");
    assertThat(offered.at("/fs/readTextFile").asBoolean()).isFalse();
    assertThat(offered.at("/fs/writeTextFile").asBoolean()).isFalse();
    assertThat(offered.path("terminal").asBoolean()).isFalse();
  }

  @Test
  void aRequestOfTheAgentsOwnIsRefusedAndTheTurnGoesOn() throws Exception {
    var told = run(script().call("craft/drainMidTurnQueue", "{}").say(" and on"));
    assertThat(told.text()).isEqualTo("error: -32601 and on");
  }

  @Test
  void trap9_theSameCallIdInALaterTurnIsAnotherCall() throws Exception {
    var thread = bench.thread(process);
    bench.run(thread, script().tool("call_1", "execute", "first", "one"));
    var told =
        bench.run(
            thread, script().update("{\"sessionUpdate\":\"tool_call\",\"toolCallId\":\"call_1\"}"));
    assertThat(told.tool("call_1").tool().title()).isEqualTo("other");
    assertThat(told.tool("call_1").output()).isNull();
  }

  @Test
  void trap10_messageIdsAreKept() throws Exception {
    var told = run(script().say("a", "m1").say("b", "m2").say("c"));
    assertThat(told.all(AgentEvent.Text.class))
        .containsExactly(
            new AgentEvent.Text("a", "m1"),
            new AgentEvent.Text("b", "m2"),
            new AgentEvent.Text("c", null));
  }

  @Test
  @Tag("R-DRV-7")
  void trap11_commandsInTheMiddleOfATurnAreTold() throws Exception {
    var told =
        run(
            script()
                .say("a")
                .update(
                    "{\"sessionUpdate\":\"available_commands_update\",\"availableCommands\":[{\"name\":\"init\",\"description\":\"d\"}]}")
                .say("b"));
    assertThat(told.first(AgentEvent.Commands.class).commands())
        .containsExactly(new AgentEvent.Commands.Command("init", "d", null));
    assertThat(told.text()).isEqualTo("ab");
  }

  @Test
  void trap13_anErrorAnswerFailsTheTurnAndTheNextOneRuns() throws Exception {
    var thread = bench.thread(process);
    var failed = bench.run(thread, script().say("half").error(400, "scripted 400"), new Told());
    assertThat(failed)
        .isInstanceOfSatisfying(
            TurnResult.Failed.class,
            f -> {
              assertThat(f.problem().code()).isEqualTo("agent-error");
              assertThat(f.problem().detail()).contains("scripted 400");
            });
    assertThat(bench.run(thread, script().say("fine")).text()).isEqualTo("fine");
  }

  @Test
  void trap14_textWithNoTurnRunningIsDroppedAndNeverInTheNextTurn() throws Exception {
    var thread = bench.thread(process);
    bench.run(thread, script().say("turn one").afterwards(1, "stray", "stray", "stray"));
    thread.settle();
    var told = bench.run(thread, script().sleep(50).say("turn two"));
    assertThat(told.text()).isEqualTo("turn two");
  }

  @Test
  void trap15_thinkingIsReasoning() throws Exception {
    var told = run(script().think("First I ").think("ponder.").say("Decided."));
    assertThat(told.reasoning()).isEqualTo("First I ponder.");
    assertThat(told.text()).isEqualTo("Decided.");
  }

  @Test
  void updatesKeepTheirOrder() throws Exception {
    var told = run(script().count(5_000, 0));
    assertThat(told.text())
        .isEqualTo(IntStream.range(0, 5_000).mapToObj(i -> i + " ").collect(Collectors.joining()));
  }

  @Test
  void aFloodIsTakenWholeAndInOrderAndABlockedListenerStopsThePipe() throws Exception {
    var gate = new CountDownLatch(1);
    var told =
        new Told(event -> {
          try {
            gate.await();
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          }
        });
    var flood =
        Asking.prompt(
            bench.thread(process), bench.turn(), script().count(100_000, 0).prompt(), told);
    await().until(() -> told.events().size() == 1);
    gate.countDown();
    assertThat(flood.end()).isInstanceOf(TurnResult.Completed.class);
    assertThat(told.events()).hasSize(100_000);
    assertThat(((AgentEvent.Text) told.events().getLast()).text()).isEqualTo("99999 ");
  }

  @Test
  void unknownUpdatesAndExtensionsAreKeptRaw() throws Exception {
    var thread = bench.thread(process);
    var told =
        bench.run(
            thread,
            script()
                .update("{\"sessionUpdate\":\"shell_output\",\"x\":1}")
                .notification(
                    "qwen/notify/session/mode-update",
                    "{\"sessionId\":\"" + thread.nativeId() + "\",\"mode\":\"yolo\"}")
                .say("on"));
    assertThat(told.all(AgentEvent.Unknown.class))
        .extracting(AgentEvent.Unknown::type)
        .containsExactly("shell_output", "qwen/notify/session/mode-update");
    assertThat(told.text()).isEqualTo("on");
  }

  @Test
  void garbageAndA100MegabyteLineAreSkipped() throws Exception {
    var told =
        run(
            script()
                .say("a")
                .line("garbage")
                .line("")
                .line("[]")
                .line("{\"half\":")
                .line("{\"jsonrpc\":\"2.0\",\"method\":\"session/update\"}")
                .line("{\"jsonrpc\":\"2.0\",\"method\":\"session/update\",\"params\":7}")
                .garbage(100L * 1024 * 1024)
                .say("b"));
    assertThat(told.text()).isEqualTo("ab");
  }

  @Test
  void updatesForOtherSessionsGoNowhere() throws Exception {
    var other = bench.thread(process);
    var told =
        run(
            script()
                .updateOf("nobody", chunk("for nobody"))
                .updateOf(other.nativeId(), chunk("for another"))
                .say("mine"));
    assertThat(told.text()).isEqualTo("mine");
    assertThat(bench.run(other, script().say("its own")).text()).isEqualTo("its own");
  }

  @Test
  void answersToNoRequestOfOursAndSecondAnswersChangeNothing() throws Exception {
    var thread = bench.thread(process);
    assertThat(bench.run(thread, script().answerWrongIds().say("a")).text()).isEqualTo("a");
    assertThat(bench.run(thread, script().answerTwice().say("b")).text()).isEqualTo("b");
    assertThat(bench.run(thread, script().say("c")).text()).isEqualTo("c");
  }

  @Test
  @Tag("R-TURN-3")
  void anAnswerWithoutAStopReasonCompletes() throws Exception {
    assertThat(bench.run(bench.thread(process), script().stopWithoutReason(), new Told()))
        .isEqualTo(new TurnResult.Completed("end_turn", null));
  }

  @Test
  void planTitleUsageAndModeAreTold() throws Exception {
    var told = new Told();
    var result =
        bench.run(
            bench.thread(process),
            script()
                .update(
                    "{\"sessionUpdate\":\"plan\",\"entries\":[{\"content\":\"a\",\"priority\":\"low\",\"status\":\"pending\"}]}")
                .update("{\"sessionUpdate\":\"session_info_update\",\"title\":\"T\"}")
                .update("{\"sessionUpdate\":\"usage_update\",\"used\":5,\"size\":10}")
                .update("{\"sessionUpdate\":\"current_mode_update\",\"currentModeId\":\"plan\"}")
                .usage(10, 2),
            told);
    assertThat(told.events())
        .containsExactly(
            new AgentEvent.Plan(List.of(new Item.PlanEntry("a", "pending", "low"))),
            new AgentEvent.TitleChanged("T"),
            new AgentEvent.UsageReported(
                new Usage(null, null, null, null, null, 5L, 10L, null, null), false),
            new AgentEvent.ModeChanged("plan", null));
    assertThat(result)
        .isEqualTo(
            new TurnResult.Completed(
                "end_turn", new Usage(10L, 2L, null, null, 12L, null, null, null, null)));
  }

  @Test
  void aHugeToolOutputArrivesWhole() throws Exception {
    var told = run(script().hugeTool("c1", 8_000_000));
    assertThat(told.tool("c1").output()).hasSize(8_000_000);
  }

  @Test
  void R_SEND_4_theAgentGetsTheExactBytes() throws Exception {
    var thread = bench.thread(process);
    for (var text :
        List.of(
            "x",
            "  leading and trailing \n\n",
            "/slash stays first",
            "tabs\tquotes \" ' ` $HOME \\n\r\nnewlines\u2028\u0007",
            "中文 é \uD83D\uDE00 \u0000",
            "y".repeat(1_000_000))) {
      var told = new Told();
      Asking.prompt(thread, bench.turn(), text, told).end();
      var bytes = text.getBytes(StandardCharsets.UTF_8);
      var hash = HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
      assertThat(told.text()).isEqualTo("heard " + bytes.length + " bytes sha256 " + hash);
    }
  }

  @Test
  void imagesGoInlineAfterTheText() throws Exception {
    var image = Files.write(bench.folder.resolve("pixel.png"), new byte[] {1, 2, 3});
    var told = new Told();
    Asking.prompt(
            bench.thread(process),
            bench.turn(),
            new Prompt("look", List.of(new Prompt.Image(image, "image/png"))),
            Asking.AS_IS,
            told)
        .end();
    assertThat(told.text()).endsWith(" and 1 images");
    var blocks = bench.received.messages("session/prompt").getLast().at("/params/prompt");
    assertThat(blocks.at("/0/text").asString()).isEqualTo("look");
    assertThat(blocks.at("/1/data").asString()).isEqualTo("AQID");
    assertThat(blocks.at("/1/mimeType").asString()).isEqualTo("image/png");
  }

  @Test
  void anAttachmentThatIsGoneFailsTheTurnWithThatReason() throws Exception {
    var thread = bench.thread(process);
    var missing = new Prompt.Image(bench.folder.resolve("gone.png"), "image/png");
    var result =
        Asking.prompt(
                thread,
                bench.turn(),
                new Prompt("look", List.of(missing)),
                Asking.AS_IS,
                new Told())
            .end();
    assertThat(result)
        .isInstanceOfSatisfying(
            TurnResult.Failed.class, f -> assertThat(f.problem().detail()).contains("gone.png"));
    assertThat(bench.run(thread, script().say("ok")).text()).isEqualTo("ok");
  }

  @Test
  void R_LOCK_4_aSecondPromptInABusyConversationIsNeverSent() throws Exception {
    var thread = bench.thread(process);
    var turn = bench.turn();
    var told = new Told();
    var first = Asking.prompt(thread, turn, script().say("a").hang().prompt(), told);
    told.first(AgentEvent.Text.class);
    assertThatThrownBy(
            () -> Asking.prompt(thread, bench.turn(), script().prompt(), new Told()).end())
        .isInstanceOf(IllegalStateException.class);
    thread.interrupt(turn);
    assertThat(first.end()).isInstanceOf(TurnResult.Cancelled.class);
  }

  @Test
  void R_ASK_4_anAskWithNoTurnIsCancelledWithoutAskingAnybody() throws Exception {
    var thread = bench.thread(process);
    int before = bench.received.answers().size();
    // The turn's answer first, then an ask of the same session.
    var told = new Told();
    bench.run(
        thread,
        script()
            .line(
                "{\"jsonrpc\":\"2.0\",\"id\":\"ask-of-nobody\",\"method\":\"session/request_permission\",\"params\":{\"sessionId\":\"unknown\",\"toolCall\":{\"toolCallId\":\"c\"},\"options\":[{\"optionId\":\"y\",\"name\":\"Y\",\"kind\":\"allow_once\"}]}}"),
        told);
    await().until(() -> bench.received.answers().size() > before);
    var answer = bench.received.answers().getLast();
    assertThat(answer.path("id").asString()).isEqualTo("ask-of-nobody");
    assertThat(answer.at("/result/outcome/outcome").asString()).isEqualTo("cancelled");
    assertThat(told.all(AgentEvent.AskOpened.class)).isEmpty();
  }

  private Told run(Script script) throws Exception {
    return bench.run(bench.thread(process), script);
  }

  private void run(Script script, Told told) throws Exception {
    AgentThread thread = bench.thread(process);
    assertThat(bench.run(thread, script, told)).isInstanceOf(TurnResult.Completed.class);
  }

  private static String done(String call) {
    return "{\"sessionUpdate\":\"tool_call_update\",\"toolCallId\":\"%s\",\"status\":\"completed\"}"
        .formatted(call);
  }

  private static String output(String call, String text) {
    return "{\"sessionUpdate\":\"tool_call_update\",\"toolCallId\":\"%s\",\"status\":\"in_progress\",\"content\":[{\"type\":\"content\",\"content\":{\"type\":\"text\",\"text\":\"%s\"}}]}"
        .formatted(call, text.replace("\n", "\\n"));
  }

  private static String chunk(String text) {
    return "{\"sessionUpdate\":\"agent_message_chunk\",\"content\":{\"type\":\"text\",\"text\":\"%s\"}}"
        .formatted(text);
  }
}
