package dev.signalbox.agent.codex;

import static dev.signalbox.testkit.agent.Script.script;
import static org.assertj.core.api.Assertions.assertThat;

import dev.signalbox.agent.AgentEvent;
import dev.signalbox.agent.AgentProcess;
import dev.signalbox.agent.AgentThread;
import dev.signalbox.agent.Asking;
import dev.signalbox.agent.Launch;
import dev.signalbox.agent.Prompt;
import dev.signalbox.agent.Told;
import dev.signalbox.agent.TurnResult;
import dev.signalbox.agent.TurnSettings;
import dev.signalbox.agent.acp.AcpDriver;
import dev.signalbox.agent.launch.AgentChildren;
import dev.signalbox.event.Item;
import dev.signalbox.event.Usage;
import dev.signalbox.testkit.agent.Habits;
import dev.signalbox.testkit.agent.Script;
import dev.signalbox.testkit.agent.ScriptedAgents;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.json.JsonMapper;

/// What `codex app-server` was seen doing inside a turn. All in one process, as lanes have it.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Timeout(180)
class CodexTrapsTest {
  private static final JsonMapper JSON = JsonMapper.builder().build();

  private Workbench bench;
  private AgentProcess process;

  @BeforeAll
  void open(@TempDir Path folder) throws Exception {
    bench = new Workbench(folder);
    process = bench.start(Habits.good());
  }

  @AfterAll
  void close() {
    assertThat(bench.received.starts()).isEqualTo(1);
    bench.close();
  }

  @Test
  void R_DRV_2_theSameScriptedConversationTellsTheSameAsOverAcp() throws Exception {
    var script =
        script()
            .think("Let me see.")
            .say("Looking. ")
            .tool("c1", "execute", "ls", "a.txt")
            .say("Now I ask. ")
            .ask("c2", "execute", "touch x", "no:reject_once", "yes:allow_once")
            .say(" Done.");
    var codex = Told.answering(true);
    run(script, codex);

    var acp = Told.answering(true);
    var children = new AgentChildren(bench.children, System.getenv());
    var launch = new Launch(null, bench.work(), Map.of());
    try (var other = new AcpDriver(children).start(ScriptedAgents.agent(Habits.good()), launch)) {
      bench.run(other.open(bench.settings()), script, acp);
    }

    assertThat(shape(codex)).isEqualTo(shape(acp));
    assertThat(codex.text()).isEqualTo(acp.text());
    assertThat(codex.reasoning()).isEqualTo(acp.reasoning());
    assertThat(codex.tool("c1").output()).isEqualTo(acp.tool("c1").output());
  }

  @Test
  void R_ASK_1_theDiffOfAnEditIsThatOfTheItemBeforeTheRequest() throws Exception {
    var told = Told.answering(true);
    run(script().ask("c1", "edit", "made.txt", "n:reject_once", "y:allow_once"), told);
    var ask = told.first(AgentEvent.AskOpened.class);
    assertThat(ask.diff()).contains("--- /dev/null", "+hello");
    assertThat(ask.callId()).isEqualTo("c1");
    assertThat(ask.tool().paths()).containsExactly(bench.work().resolve("made.txt").toString());
    assertThat(ask.options()).extracting(AgentEvent.Option::lasting).containsOnly(false);
  }

  @Test
  void R_ASK_1_aNoIsDeclineSoThatTheTurnGoesOn() throws Exception {
    var told = Told.answering(false);
    run(script().ask("c1", "execute", "rm x", "n:reject_once", "y:allow_once").say(" on"), told);
    assertThat(told.text()).isEqualTo("selected: n on");
    assertThat(told.tool("c1").status()).isEqualTo(Item.Status.FAILED);
    assertThat(bench.received.answers().getLast().toString()).contains("\"decline\"");
  }

  @Test
  void R_ASK_1_nothingLastingIsEverSent() throws Exception {
    run(script().ask("c1", "execute", "touch x", "y:allow_once"), Told.answering(true));
    assertThat(bench.received.answers().toString())
        .doesNotContain("acceptForSession")
        .doesNotContainIgnoringCase("amendment");
  }

  @Test
  void R_ASK_1_aToolOfAnMcpServerIsAskedForWithItsCallAndItsArguments() throws Exception {
    var told = Told.answering(true);
    run(script().ask("c1", "mcp", "echo", "n:reject_once", "y:allow_once"), told);
    var ask = told.first(AgentEvent.AskOpened.class);
    assertThat(ask.kind()).isEqualTo(AgentEvent.AskKind.PERMISSION);
    assertThat(ask.callId()).isEqualTo("c1");
    assertThat(ask.title()).isEqualTo("scripted: echo");
    assertThat(ask.input().path("of").asString("")).isEqualTo("echo");
    assertThat(ask.writes()).isTrue();
    assertThat(bench.received.answers().getLast().at("/result").toString())
        .isEqualTo("{\"action\":\"accept\",\"content\":{}}");
  }

  @Test
  void R_ASK_2_aQuestionIsAFormAndItsAnswerArrives() throws Exception {
    var values = JSON.createObjectNode().put("q1", "B").put("q2", "mine");
    var told =
        new Told(event -> {
          if (event instanceof AgentEvent.AskOpened ask) {
            ask.pending().submit(values);
          }
        });
    run(script().call("item/tool/requestUserInput", QUESTIONS), told);
    var ask = told.first(AgentEvent.AskOpened.class);
    assertThat(ask.kind()).isEqualTo(AgentEvent.AskKind.QUESTION);
    assertThat(ask.writes()).isFalse();
    var fields = ask.schema().path("properties");
    assertThat(fields.at("/q1/oneOf/1/const").asString("")).isEqualTo("B");
    assertThat(fields.at("/q1").has("x-other")).isFalse();
    assertThat(fields.at("/q2/x-other").asBoolean(false)).isTrue();
    assertThat(told.text())
        .isEqualTo(
            "result: {\"answers\":{\"q1\":{\"answers\":[\"B\"]},\"q2\":{\"answers\":[\"mine\"]}}}");
  }

  @Test
  void R_ASK_2_aQuestionThatIsDeclinedIsAnsweredWithNothing() throws Exception {
    var told = Told.answering(false);
    run(script().call("item/tool/requestUserInput", QUESTIONS), told);
    assertThat(told.text()).isEqualTo("result: {\"answers\":{}}");
  }

  @Test
  void R_ASK_2_aPlanThatIsApprovedIsCarriedOutInTheSameTurn() throws Exception {
    var thread = bench.thread(process);
    var told = Told.answering(true);
    var plan = new Prompt(script().ask("p", "plan", "# Plan\n1. a\n").prompt(), List.of());
    var planning = new TurnSettings(null, "plan", null);
    assertThat(Asking.prompt(thread, bench.turn(), plan, planning, told).end())
        .isInstanceOf(TurnResult.Completed.class);
    var ask = told.first(AgentEvent.AskOpened.class);
    assertThat(ask.kind()).isEqualTo(AgentEvent.AskKind.PLAN);
    assertThat(ask.title()).isEqualTo("Plan");
    assertThat(ask.input().path("plan").asString("")).isEqualTo("# Plan\n1. a\n");
    // The second prompt of the turn has no script: the child says that it heard it.
    assertThat(told.text()).startsWith("# Plan\n1. a\n").contains("heard 19 bytes");
    assertThat(thread.offers().mode()).isEqualTo("auto");
  }

  @Test
  void R_ASK_2_aPlanThatIsNotApprovedEndsTheTurnAndNothingElseIsSent() throws Exception {
    var thread = bench.thread(process);
    var told = Told.answering(false);
    var plan = new Prompt(script().ask("p", "plan", "# Plan").prompt(), List.of());
    var planning = new TurnSettings(null, "plan", null);
    assertThat(Asking.prompt(thread, bench.turn(), plan, planning, told).end())
        .isInstanceOf(TurnResult.Completed.class);
    assertThat(started(thread)).isEqualTo(1);
  }

  @Test
  void R_INT_5_anInterruptCallsThePlanOff() throws Exception {
    var thread = bench.thread(process);
    var turn = bench.turn();
    var told = new Told();
    var plan = new Prompt(script().ask("p", "plan", "# Plan").prompt(), List.of());
    var planning = new TurnSettings(null, "plan", null);
    var asks = Asking.prompt(thread, turn, plan, planning, told);
    told.first(AgentEvent.AskOpened.class);
    thread.interrupt(turn);
    assertThat(asks.end()).isInstanceOf(TurnResult.Cancelled.class);
    assertThat(started(thread)).isEqualTo(1);
  }

  @Test
  void anAskThatIsOverWithoutUsIsWithdrawn() throws Exception {
    var told = new Told();
    var thread = bench.thread(process);
    // `$REQUEST` is the id the child gave its last request.
    var script =
        script()
            .askWithoutWaiting("c1", "execute", "touch x", "y:allow_once")
            .notification(
                "serverRequest/resolved", "{\"threadId\":\"$THREAD\",\"requestId\":\"$REQUEST\"}")
            .say("over")
            .hang();
    var turn = bench.turn();
    var running = Asking.prompt(thread, turn, script.prompt(), told);
    told.first(AgentEvent.AskWithdrawn.class);
    int before = bench.received.answers().size();
    told.first(AgentEvent.AskOpened.class).pending().choose("accept", null);
    thread.interrupt(turn);
    assertThat(running.end()).isInstanceOf(TurnResult.Cancelled.class);
    assertThat(bench.received.answers()).hasSize(before); // an answer would be to nobody
    assertThat(told.all(AgentEvent.AskWithdrawn.class)).hasSize(1);
  }

  @Test
  void R_TURN_6_eachCallOfTheModelIsCountedOnceThoughCodexRepeatsItself() throws Exception {
    var thread = bench.thread(process);
    var told = new Told();
    var first = bench.run(thread, script().usage(10, 1).usage(20, 2).say("x"), told);
    var second = bench.run(thread, script().usage(5, 5).say("y"), new Told());
    assertThat(usage(first).totalTokens()).isEqualTo(33);
    assertThat(usage(second).totalTokens()).isEqualTo(10);
    assertThat(usage(second).contextUsed()).isEqualTo(10);
    assertThat(usage(second).contextSize()).isEqualTo(1_000);
    assertThat(told.all(AgentEvent.UsageReported.class))
        .filteredOn(reported -> !reported.ofTurn())
        .extracting(reported -> reported.usage().totalTokens())
        .containsExactly(11L, 33L);
  }

  @Test
  void aTurnThatIsEndedTwiceEndsOnceAndTheNextIsItsOwn() throws Exception {
    var thread = bench.thread(process);
    var told = bench.run(thread, script().say("a").answerTwice().afterwards(50, "late", "later"));
    assertThat(told.text()).isEqualTo("a");
    var next = bench.run(thread, script().say("b").sleep(300));
    assertThat(next.text()).isEqualTo("b");
  }

  @Test
  void answersToNobodyEndNothing() throws Exception {
    assertThat(bench.run(bench.thread(process), script().answerWrongIds().say("a")).text())
        .isEqualTo("a");
  }

  @Test
  void R_DRV_5_whatNobodyKnowsIsKeptRaw() throws Exception {
    var told = bench.run(bench.thread(process), script().update("{\"sessionUpdate\":\"odd\"}"));
    var unknown = told.first(AgentEvent.Unknown.class);
    assertThat(unknown.type()).isEqualTo("item/scripted/unknown");
    assertThat(unknown.raw().at("/update/sessionUpdate").asString("")).isEqualTo("odd");
  }

  @Test
  void requestsWeDoNotServeAreRefused() throws Exception {
    var told =
        bench.run(
            bench.thread(process),
            script().call("item/tool/call", "{\"threadId\":\"$THREAD\",\"turnId\":\"$TURN\"}"));
    assertThat(told.text()).isEqualTo("error: -32601");
  }

  @Test
  void moreWordsReachTheTurnThatRunsAndNoOther() throws Exception {
    var thread = bench.thread(process);
    var turn = bench.turn();
    var told = new Told();
    var running = Asking.prompt(thread, turn, script().say("a ").sleep(1_000).prompt(), told);
    told.first(AgentEvent.Text.class);
    assertThat(thread.steer(bench.turn(), new Prompt("other", List.of()))).isFalse();
    assertThat(thread.steer(turn, new Prompt("more", List.of()))).isTrue();
    assertThat(running.end()).isInstanceOf(TurnResult.Completed.class);
    assertThat(told.text()).isEqualTo("a steered: more");
    assertThat(thread.steer(turn, new Prompt("late", List.of()))).isFalse();
  }

  @Test
  void aSubagentsWordsAndAsksAreBelowTheCallThatBeganIt() throws Exception {
    var thread = bench.thread(process);
    var told = Told.answering(true);
    var script =
        script()
            .notification(
                "item/started",
                """
                {"threadId":"$THREAD","turnId":"$TURN","item":{"id":"spawn","status":"inProgress",
                  "type":"collabAgentToolCall","tool":"spawnAgent","prompt":"Look",
                  "receiverThreadIds":[]}}
                """)
            .notification(
                "thread/started",
                "{\"thread\":{\"id\":\"sub-$THREAD\",\"parentThreadId\":\"$THREAD\"}}")
            .notification(
                "item/agentMessage/delta",
                "{\"threadId\":\"sub-$THREAD\",\"turnId\":\"other\",\"itemId\":\"m\",\"delta\":\"below\"}")
            .call(
                "item/commandExecution/requestApproval",
                "{\"threadId\":\"sub-$THREAD\",\"turnId\":\"other\",\"itemId\":\"c\",\"command\":\"ls\"}");
    assertThat(bench.run(thread, script, told)).isInstanceOf(TurnResult.Completed.class);
    assertThat(told.all(AgentEvent.Text.class).getFirst())
        .isEqualTo(new AgentEvent.Text("below", "m", "spawn"));
    assertThat(told.text()).contains("\"accept\"");

    var late =
        script()
            .notification(
                "item/agentMessage/delta",
                "{\"threadId\":\"sub-%s\",\"turnId\":\"other\",\"itemId\":\"m\",\"delta\":\"late\"}"
                    .formatted(thread.nativeId()))
            .say("next");
    assertThat(bench.run(thread, late).text()).isEqualTo("next");
  }

  @Test
  void aLimitOfUseSaysWhenItEnds() throws Exception {
    var script =
        script()
            .notification(
                "account/rateLimits/updated",
                """
                {"rateLimits":{"primary":{"usedPercent":100,"resetsAt":1795280400},
                 "secondary":{"usedPercent":40,"resetsAt":1795880400}}}
                """)
            .meta(
                """
                {"status":"failed","error":{"message":"You've hit your usage limit.",
                 "codexErrorInfo":"usageLimitExceeded"}}
                """);
    var result = bench.run(bench.thread(process), script, new Told());
    var problem = ((TurnResult.Failed) result).problem();
    assertThat(problem.code()).isEqualTo("rate-limit");
    assertThat(problem.resetsAt()).isEqualTo("2026-11-21T17:00:00Z");
  }

  @Test
  void R_SEND_4_promptAndImagesArriveExactly() throws Exception {
    var image = Files.write(bench.folder.resolve("i.png"), new byte[] {1, 2, 3});
    var told = new Told();
    var prompt = new Prompt("line\r\n«ü» 🙂", List.of(new Prompt.Image(image, "image/png")));
    var thread = bench.thread(process);
    Asking.prompt(thread, bench.turn(), prompt, Asking.AS_IS, told).end();
    var input = bench.received.messages("turn/start").getLast().at("/params/input");
    assertThat(input.at("/0/text").asString("")).isEqualTo("line\r\n«ü» 🙂");
    assertThat(input.at("/1/url").asString("")).isEqualTo("data:image/png;base64,AQID");
  }

  private static final String QUESTIONS =
      """
      {"threadId":"$THREAD","turnId":"$TURN","itemId":"i","isBlocking":true,"questions":[
        {"id":"q1","header":"Pick","question":"Which?","isOther":false,"options":[
          {"label":"A","description":"a"},{"label":"B","description":"b"}]},
        {"id":"q2","header":"Say","question":"What?","isOther":true,"options":[
          {"label":"C","description":""}]}]}
      """;

  private void run(Script script, Told told) throws Exception {
    assertThat(bench.run(bench.thread(process), script, told))
        .isInstanceOf(TurnResult.Completed.class);
  }

  private long started(AgentThread thread) {
    return bench.received.messages("turn/start").stream()
        .filter(message -> message.at("/params/threadId").asString("").equals(thread.nativeId()))
        .count();
  }

  private static Usage usage(TurnResult result) {
    var usage = ((TurnResult.Completed) result).usage();
    assertThat(usage).isNotNull();
    return usage;
  }

  /// The kinds of events in order, with what is not a matter of the protocol; several alike in a
  /// row count as one.
  private static List<String> shape(Told told) {
    var shape = new ArrayList<String>();
    for (var event : told.events()) {
      var one =
          switch (event) {
            case AgentEvent.ToolCall call ->
                "tool "
                    + call.callId()
                    + " "
                    + call.tool().kind()
                    + " "
                    + call.tool().title()
                    + " "
                    + call.status();
            case AgentEvent.AskOpened ask -> "ask " + ask.callId() + " " + ask.title();
            default -> event.getClass().getSimpleName();
          };
      if (shape.isEmpty() || !shape.getLast().equals(one)) {
        shape.add(one);
      }
    }
    return shape;
  }
}
