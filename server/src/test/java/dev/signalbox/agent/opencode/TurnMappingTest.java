package dev.signalbox.agent.opencode;

import static org.assertj.core.api.Assertions.assertThat;

import dev.signalbox.agent.AgentEvent;
import dev.signalbox.event.Item;
import dev.signalbox.event.Usage;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// What events mean, shaped as opencode 1.18.33 shapes them.
@Tag("R-DRV-5")
class TurnMappingTest {
  private static final JsonMapper JSON = JsonMapper.builder().build();

  private final TurnMapping mapping = new TurnMapping("ses_1", "msg_5");

  @Test
  void textIsToldPieceByPieceAndItsWholeAddsOnlyWhatWasMissing() {
    answer("msg_6", "msg_5");
    assertThat(part("text", "\"text\":\"\",\"time\":{\"start\":1}")).isEmpty();
    assertThat(delta("Hel")).containsExactly(new AgentEvent.Text("Hel", "prt_1"));
    assertThat(delta("lo ")).containsExactly(new AgentEvent.Text("lo ", "prt_1"));
    assertThat(part("text", "\"text\":\"Hello world\",\"time\":{\"start\":1,\"end\":2}"))
        .containsExactly(new AgentEvent.Text("world", "prt_1"));
    assertThat(delta("more")).isEmpty();
  }

  @Test
  void aFinishedTextThatWasTrimmedTakesNothingBack() {
    answer("msg_6", "msg_5");
    part("text", "\"text\":\"\"");
    delta("Hello   ");
    assertThat(part("text", "\"text\":\"Hello\",\"time\":{\"start\":1,\"end\":2}")).isEmpty();
  }

  @Test
  void reasoningIsApartFromTheAnswer() {
    answer("msg_6", "msg_5");
    part("reasoning", "\"text\":\"\"");
    assertThat(delta("hm")).containsExactly(new AgentEvent.Reasoning("hm", "prt_1"));
  }

  @Test
  void afterAGapPiecesAreHeldBackUntilTheWholeTextIsThere() {
    answer("msg_6", "msg_5");
    part("text", "\"text\":\"\"");
    delta("one ");
    mapping.gap();
    assertThat(delta("three ")).isEmpty();
    assertThat(part("text", "\"text\":\"one two three \",\"time\":{\"start\":1,\"end\":2}"))
        .containsExactly(new AgentEvent.Text("two three ", "prt_1"));
  }

  @Test
  void aSnapshotTellsWhatIsNewInItAndNothingTwice() {
    answer("msg_6", "msg_5");
    part("text", "\"text\":\"\"");
    delta("one ");
    var snapshot =
        json(
            """
            [{"info":{"id":"msg_6","parentID":"msg_5","role":"assistant","sessionID":"ses_1"},
              "parts":[{"id":"prt_1","messageID":"msg_6","sessionID":"ses_1","type":"text",
                        "text":"one two "}]},
             {"info":{"id":"msg_3","parentID":"msg_2","role":"assistant","sessionID":"ses_1"},
              "parts":[{"id":"prt_0","messageID":"msg_3","sessionID":"ses_1","type":"text",
                        "text":"an earlier turn"}]}]
            """);
    assertThat(mapping.snapshot(snapshot)).containsExactly(new AgentEvent.Text("two ", "prt_1"));
    assertThat(mapping.snapshot(snapshot)).isEmpty();
    assertThat(delta("two ")).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({"msg_4,false", "msg_5,true", "msg_55,true"})
  @Tag("R-INT-6")
  void R_INT_6_onlyAnswersToThisPromptOrALaterOneBelongToTheTurn(String parent, boolean belongs) {
    answer("msg_6", parent);
    part("text", "\"text\":\"\"");
    assertThat(delta("x")).hasSize(belongs ? 1 : 0);
    assertThat(mapping.last() != null).isEqualTo(belongs);
  }

  @Test
  void theUsersOwnWordsAndTheSummaryOfACompactionAreNoAnswer() {
    event(
        "message.updated", "\"info\":{\"id\":\"msg_5\",\"role\":\"user\",\"sessionID\":\"ses_1\"}");
    assertThat(mapping.newestUser()).isEqualTo("msg_5");
    assertThat(
            event(
                "message.part.updated",
                "\"part\":{\"id\":\"p\",\"messageID\":\"msg_5\",\"sessionID\":\"ses_1\","
                    + "\"type\":\"text\",\"text\":\"mine\"}"))
        .isEmpty();
    event(
        "message.updated",
        "\"info\":{\"id\":\"msg_7\",\"role\":\"assistant\",\"parentID\":\"msg_5\","
            + "\"summary\":true,\"sessionID\":\"ses_1\"}");
    assertThat(
            event(
                "message.part.updated",
                "\"part\":{\"id\":\"p2\",\"messageID\":\"msg_7\",\"sessionID\":\"ses_1\","
                    + "\"type\":\"text\",\"text\":\"a summary\"}"))
        .isEmpty();
  }

  @Test
  @Tag("R-DRV-6")
  void aCommandGrowsAndEndsWithItsOutputAndExitCode() {
    answer("msg_6", "msg_5");
    var pending = tool("bash", "{\"status\":\"pending\",\"input\":{}}");
    assertThat(pending.status()).isEqualTo(Item.Status.OPEN);
    assertThat(pending.callId()).isEqualTo("msg_6/call_1");
    var running =
        tool(
            "bash",
            "{\"status\":\"running\",\"input\":{\"command\":\"make\"},"
                + "\"metadata\":{\"output\":\"a\\n\"}}");
    assertThat(running.tool().title()).isEqualTo("make");
    assertThat(running.tool().kind()).isEqualTo("execute");
    assertThat(running.output()).isEqualTo("a\n");
    var done =
        tool(
            "bash",
            "{\"status\":\"completed\",\"input\":{\"command\":\"make\"},\"title\":\"make\","
                + "\"output\":\"a\\nb\\n\",\"metadata\":{\"output\":\"a\\nb\\n\",\"exit\":2}}");
    assertThat(done.status()).isEqualTo(Item.Status.DONE);
    assertThat(done.output()).isEqualTo("a\nb\n");
    assertThat(done.tool().exitCode()).isEqualTo(2);
  }

  @Test
  void anOlderWordOnACallDoesNotUndoANewerOne() {
    answer("msg_6", "msg_5");
    tool("bash", "{\"status\":\"completed\",\"output\":\"all\"}");
    assertThat(
            part(
                "tool",
                "\"tool\":\"bash\",\"callID\":\"call_1\",\"state\":{\"status\":\"running\"}"))
        .isEmpty();
  }

  @Test
  void anEditHasItsDifferencesFromWhereverTheyAreTold() {
    answer("msg_6", "msg_5");
    var made =
        tool(
            "edit",
            "{\"status\":\"completed\",\"input\":{\"filePath\":\"/w/a\"},"
                + "\"metadata\":{\"diff\":\"--- a\\n+++ a\\n@@ -1 +1 @@\\n-b\\n+B\\n\"}}");
    assertThat(made.diff()).contains("-b").contains("+B");
    assertThat(made.tool().paths()).containsExactly("/w/a");
    var ofInput =
        tool(
            "edit",
            "{\"status\":\"running\",\"input\":{\"filePath\":\"/w/a\",\"oldString\":\"x\","
                + "\"newString\":\"y\"}}",
            "call_2");
    assertThat(ofInput.diff()).contains("-x").contains("+y");
  }

  @Test
  void aFailedCallSaysWhy() {
    answer("msg_6", "msg_5");
    var failed = tool("read", "{\"status\":\"error\",\"error\":\"no such file\"}");
    assertThat(failed.status()).isEqualTo(Item.Status.FAILED);
    assertThat(failed.output()).isEqualTo("no such file");
  }

  @Test
  @Tag("R-TURN-6")
  void aStepIsCountedOnceAndSaysHowFullTheContextIs() {
    answer("msg_6", "msg_5");
    mapping.contextSize(1000L);
    var told =
        part(
            "step-finish",
            "\"cost\":0.5,\"tokens\":{\"input\":10,\"output\":5,\"reasoning\":1,"
                + "\"cache\":{\"read\":4,\"write\":0}}");
    assertThat(told)
        .containsExactly(
            new AgentEvent.UsageReported(
                new Usage(10L, 5L, 4L, 1L, 20L, null, null, 0.5, "USD"), true),
            new AgentEvent.UsageReported(
                new Usage(null, null, null, null, null, 20L, 1000L, null, null), false));
    assertThat(part("step-finish", "\"cost\":0.5,\"tokens\":{\"input\":10}")).isEmpty();
  }

  @Test
  void aPlanIsToldWhenItChanges() {
    var todos = "\"todos\":[{\"content\":\"a\",\"status\":\"pending\",\"priority\":\"low\"}]";
    assertThat(event("todo.updated", todos))
        .containsExactly(new AgentEvent.Plan(List.of(new Item.PlanEntry("a", "pending", "low"))));
    assertThat(event("todo.updated", todos)).isEmpty();
  }

  @Test
  void aModelThatIsTriedAgainIsANotice() {
    var told =
        event(
            "session.status",
            "\"status\":{\"type\":\"retry\",\"attempt\":2,\"message\":\"overloaded\",\"next\":1}");
    assertThat(told)
        .singleElement()
        .isInstanceOfSatisfying(
            AgentEvent.Notice.class,
            notice -> assertThat(notice.detail()).contains("overloaded").contains("attempt 2"));
    assertThat(event("session.status", "\"status\":{\"type\":\"busy\"}")).isEmpty();
  }

  @Test
  void aPartNobodyKnowsIsKeptRaw() {
    answer("msg_6", "msg_5");
    assertThat(part("hologram", "\"light\":1"))
        .singleElement()
        .isInstanceOfSatisfying(
            AgentEvent.Unknown.class,
            unknown -> {
              assertThat(unknown.type()).isEqualTo("hologram");
              assertThat(unknown.raw().path("light").asInt()).isEqualTo(1);
            });
  }

  @Test
  void aSubagentsWordsHaveItsCallAsParent() {
    answer("msg_6", "msg_5");
    tool("task", "{\"status\":\"running\",\"input\":{}}");
    event("session.created", "\"info\":{\"id\":\"ses_2\",\"parentID\":\"ses_1\"}", "\"ses_2\"");
    assertThat(mapping.covers("ses_2")).isTrue();
    event("session.created", "\"info\":{\"id\":\"ses_9\",\"parentID\":\"ses_8\"}", "\"ses_9\"");
    assertThat(mapping.covers("ses_9")).isFalse();
    event(
        "message.updated",
        "\"info\":{\"id\":\"msg_7\",\"role\":\"assistant\",\"parentID\":\"x\","
            + "\"sessionID\":\"ses_2\"}",
        "\"ses_2\"");
    var told =
        event(
            "message.part.updated",
            "\"part\":{\"id\":\"p\",\"messageID\":\"msg_7\",\"sessionID\":\"ses_2\","
                + "\"type\":\"text\",\"text\":\"below\"}",
            "\"ses_2\"");
    assertThat(told).containsExactly(new AgentEvent.Text("below", "p", "msg_6/call_1"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "[]",
        "5",
        "{}",
        "{\"type\":5,\"properties\":[]}",
        "{\"type\":\"message.updated\"}",
        "{\"type\":\"message.updated\",\"properties\":{\"info\":{\"sessionID\":\"ses_1\"}}}",
        "{\"type\":\"message.part.updated\",\"properties\":{\"part\":null}}",
        "{\"type\":\"message.part.delta\",\"properties\":{\"delta\":{}}}",
        "{\"type\":\"todo.updated\",\"properties\":{\"todos\":\"none\"}}",
        "{\"type\":\"session.status\",\"properties\":{\"status\":[]}}",
      })
  void R_DRV_7_whatMakesNoSenseTellsNothing(String event) {
    assertThat(mapping.event(json(event))).isEmpty();
  }

  private void answer(String id, String parent) {
    event(
        "message.updated",
        "\"info\":{\"id\":\"%s\",\"role\":\"assistant\",\"parentID\":\"%s\",\"sessionID\":\"ses_1\"}"
            .formatted(id, parent));
  }

  private List<AgentEvent> part(String type, String more) {
    return event(
        "message.part.updated",
        "\"part\":{\"id\":\"prt_1\",\"messageID\":\"msg_6\",\"sessionID\":\"ses_1\",\"type\":\"%s\",%s}"
            .formatted(type, more));
  }

  private AgentEvent.ToolCall tool(String name, String state) {
    return tool(name, state, "call_1");
  }

  private AgentEvent.ToolCall tool(String name, String state, String call) {
    var told =
        new ArrayList<>(
            part(
                "tool",
                "\"tool\":\"%s\",\"callID\":\"%s\",\"state\":%s".formatted(name, call, state)));
    return (AgentEvent.ToolCall) told.getLast();
  }

  private List<AgentEvent> delta(String text) {
    return event(
        "message.part.delta",
        "\"messageID\":\"msg_6\",\"partID\":\"prt_1\",\"field\":\"text\",\"delta\":\"%s\""
            .formatted(text));
  }

  private List<AgentEvent> event(String type, String properties) {
    return event(type, properties, "\"ses_1\"");
  }

  private List<AgentEvent> event(String type, String properties, String session) {
    return mapping.event(
        json(
            "{\"id\":\"evt_1\",\"type\":\"%s\",\"properties\":{\"sessionID\":%s,%s}}"
                .formatted(type, session, properties)));
  }

  private static JsonNode json(String text) {
    return JSON.readTree(text);
  }
}
