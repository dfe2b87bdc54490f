package dev.signalbox.agent.claude;

import static dev.signalbox.testkit.agent.Script.script;
import static org.assertj.core.api.Assertions.assertThat;

import dev.signalbox.agent.AgentEvent;
import dev.signalbox.agent.AgentThread;
import dev.signalbox.agent.Asking;
import dev.signalbox.agent.ThreadSettings;
import dev.signalbox.agent.Told;
import dev.signalbox.agent.TurnResult;
import dev.signalbox.agent.TurnSettings;
import dev.signalbox.event.Item;
import dev.signalbox.testkit.agent.Habits;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.json.JsonMapper;

/// Permissions, questions and plans.
@Timeout(180)
class ClaudeAskTest {
  private static final JsonMapper JSON = JsonMapper.builder().build();
  private static final String QUESTION =
      """
      {"tool_name":"AskUserQuestion","tool_use_id":"q","input":{"questions":[
        {"question":"Which colour?","header":"Colour","multiSelect":false,
         "options":[{"label":"Red","description":"warm"},{"label":"Blue","description":""}]},
        {"question":"Which sizes?","header":"Size","multiSelect":true,
         "options":[{"label":"S"},{"label":"M"},{"label":"L"}]}]}}
      """;
  private static final String PLAN =
      """
      {"tool_name":"ExitPlanMode","tool_use_id":"p","input":{"plan":"# Dig a hole\\nthen fill it"}}
      """;

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
  void R_ASK_7_aYesIsForOnceAndGivesTheInputBack() throws Exception {
    var told = Told.answering(true);
    bench.end(
        bench.thread(Habits.good()),
        script().ask("c1", "execute", "rm x", "y:allow_once", "n:reject_once"),
        told);
    var ask = told.first(AgentEvent.AskOpened.class);
    assertThat(ask.options()).noneMatch(AgentEvent.Option::lasting);
    assertThat(ask.title()).isEqualTo("rm x");
    var response = bench.answers().getLast().path("response");
    assertThat(response.path("behavior").asString()).isEqualTo("allow");
    assertThat(response.at("/updatedInput/command").asString()).isEqualTo("rm x");
    assertThat(response.has("updatedPermissions")).as("its suggestions").isFalse();
  }

  @Test
  void aNoCarriesTheUsersWords() throws Exception {
    var told =
        new Told(event -> {
          if (event instanceof AgentEvent.AskOpened ask) {
            ask.pending().choose("reject", "use another way");
          }
        });
    bench.end(
        bench.thread(Habits.good()),
        script().ask("c1", "execute", "rm x", "y:allow_once", "n:reject_once"),
        told);
    assertThat(bench.answers().getLast().at("/response/message").asString())
        .isEqualTo("use another way");
    assertThat(told.tool("c1").status()).isEqualTo(Item.Status.FAILED);
  }

  @Test
  void anAskTheAgentWithdrawsIsWithdrawn() throws Exception {
    var told = new Told();
    bench.end(
        bench.thread(Habits.good()),
        script()
            .askWithoutWaiting("c1", "execute", "rm x", "y:allow_once")
            .line("{\"type\":\"control_cancel_request\",\"request_id\":\"scripted-1\"}"),
        told);
    assertThat(told.first(AgentEvent.AskWithdrawn.class).askKey())
        .isEqualTo(told.first(AgentEvent.AskOpened.class).askKey());
  }

  @Test
  void R_ASK_4_withNobodyToAskTheAnswerIsNo() throws Exception {
    bench.thread(
        Habits.good()
            .firstLine(
                "{\"type\":\"control_request\",\"request_id\":\"early\",\"request\":{\"subtype\":\"can_use_tool\",\"tool_name\":\"Bash\"}}"));
    assertThat(bench.answers())
        .anySatisfy(answer -> {
          assertThat(answer.path("request_id").asString()).isEqualTo("early");
          assertThat(answer.at("/response/behavior").asString()).isEqualTo("deny");
        });
  }

  @Test
  void aReadOnlyConversationPlansAndSaysOfEverythingThatItMayWrite() throws Exception {
    var thread = readOnly();
    assertThat(bench.run(thread, script().whoAmI()).text()).contains("mode=plan");
    assertThat(thread.offers().modes()).extracting("id").containsExactly("plan");
    var told = Told.answering(false);
    bench.end(
        thread,
        script()
            .ask("c1", "execute", "ls", "n:reject_once")
            .ask("c2", "fetch", "http://x", "n:reject_once")
            .ask("c3", "other", "brand new", "n:reject_once")
            .ask("c4", "read", "Read a.txt", "n:reject_once"),
        told);
    assertThat(told.all(AgentEvent.AskOpened.class))
        .extracting(AgentEvent.AskOpened::writes)
        .containsExactly(true, true, true, false);
  }

  @Test
  void aReadOnlyConversationLeavesThePlanningModeForNothing() throws Exception {
    var thread = readOnly();
    var end =
        bench.end(
            thread, script().whoAmI(), new TurnSettings(null, "acceptEdits", null), new Told());
    assertThat(end).isInstanceOf(TurnResult.Failed.class);
    assertThat(bench.requests("set_permission_mode")).isEmpty();

    var told = Told.answering(true);
    bench.end(thread, script().call("can_use_tool", PLAN), told);
    var ask = told.first(AgentEvent.AskOpened.class);
    assertThat(ask.kind()).isEqualTo(AgentEvent.AskKind.PLAN);
    assertThat(ask.writes()).isFalse();
    assertThat(bench.answers().getLast().at("/response/behavior").asString()).isEqualTo("deny");
  }

  @Test
  void R_ASK_2_aPlanThatIsApprovedIsCarriedOut() throws Exception {
    var told = Told.answering(true);
    bench.end(bench.thread(Habits.good()), script().call("can_use_tool", PLAN), told);
    var ask = told.first(AgentEvent.AskOpened.class);
    assertThat(ask.kind()).isEqualTo(AgentEvent.AskKind.PLAN);
    assertThat(ask.title()).isEqualTo("Dig a hole");
    assertThat(ask.input().path("plan").asString()).contains("then fill it");
    assertThat(ask.writes()).isTrue();
    assertThat(bench.answers().getLast().at("/response/behavior").asString()).isEqualTo("allow");
  }

  @Test
  void R_ASK_2_questionsAreAFormAndItsValuesTheAnswers() throws Exception {
    var told =
        new Told(event -> {
          if (event instanceof AgentEvent.AskOpened ask) {
            ask.pending()
                .submit(
                    JSON.readTree("{\"q1\":\"Blue\",\"q2\":[\"S\",\"L\"],\"q2_other\":\"XXL\"}"));
          }
        });
    bench.end(bench.thread(Habits.good()), script().call("can_use_tool", QUESTION), told);
    var ask = told.first(AgentEvent.AskOpened.class);
    assertThat(ask.kind()).isEqualTo(AgentEvent.AskKind.QUESTION);
    assertThat(ask.writes()).isFalse();
    assertThat(ask.schema().at("/properties/q1/oneOf/0/const").asString()).isEqualTo("Red");
    assertThat(ask.schema().at("/properties/q1/oneOf/0/title").asString()).isEqualTo("Red: warm");
    assertThat(ask.schema().at("/properties/q2/type").asString()).isEqualTo("array");
    var answers = bench.answers().getLast().at("/response/updatedInput/answers");
    assertThat(answers.path("Which colour?").asString()).isEqualTo("Blue");
    assertThat(answers.path("Which sizes?").asString()).isEqualTo("S, L, XXL");
  }

  @Test
  void aQuestionNobodyAnswersIsDenied() throws Exception {
    var told =
        new Told(event -> {
          if (event instanceof AgentEvent.AskOpened ask) {
            ask.pending().cancel();
          }
        });
    var thread = bench.thread(Habits.good());
    assertThat(bench.end(thread, script().call("can_use_tool", QUESTION).say("on"), told))
        .isInstanceOf(TurnResult.Completed.class);
    assertThat(bench.answers().getLast().at("/response/behavior").asString()).isEqualTo("deny");
    assertThat(told.text()).endsWith("on");
  }

  @Test
  void R_INT_5_theInterruptIsHeardBeforeTheAskIsCancelled() throws Exception {
    var thread = bench.thread(Habits.good());
    var turn = bench.turn();
    var told = new Told();
    var asks =
        Asking.prompt(
            thread, turn, script().ask("c1", "execute", "rm x", "y:allow_once").prompt(), told);
    told.first(AgentEvent.AskOpened.class);
    thread.interrupt(turn);
    assertThat(asks.end()).isInstanceOf(TurnResult.Cancelled.class);
    var kinds =
        bench.received.messages().stream()
            .map(message -> message.at("/request/subtype").asString("answer"))
            .toList();
    assertThat(kinds.subList(kinds.indexOf("interrupt"), kinds.size())).contains("answer");
    assertThat(told.all(AgentEvent.AskWithdrawn.class)).hasSizeLessThanOrEqualTo(1);
  }

  private AgentThread readOnly() throws Exception {
    return bench.start(Habits.good()).open(ThreadSettings.readOnly(bench.work()));
  }
}
