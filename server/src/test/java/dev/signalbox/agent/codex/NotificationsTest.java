package dev.signalbox.agent.codex;

import static org.assertj.core.api.Assertions.assertThat;

import dev.signalbox.agent.AgentEvent;
import dev.signalbox.event.Item;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.json.JsonMapper;

/// The mapping alone, from JSON to events; no process.
@Tag("R-DRV-4")
class NotificationsTest {
  private static final JsonMapper JSON = JsonMapper.builder().build();

  private final Map<String, ItemCard> cards = new HashMap<>();
  private final List<AgentEvent> events = new ArrayList<>();

  @Test
  void R_DRV_5_textIsSaidPieceByPieceAndNotAgainWhenItIsWhole() {
    tell("item/started", "{\"item\":{\"id\":\"m\",\"type\":\"agentMessage\",\"text\":\"\"}}");
    tell("item/agentMessage/delta", "{\"itemId\":\"m\",\"delta\":\"Hel\"}");
    tell("item/agentMessage/delta", "{\"itemId\":\"m\",\"delta\":\"lo\"}");
    tell(
        "item/completed", "{\"item\":{\"id\":\"m\",\"type\":\"agentMessage\",\"text\":\"Hello\"}}");
    assertThat(events)
        .containsExactly(new AgentEvent.Text("Hel", "m"), new AgentEvent.Text("lo", "m"));
  }

  @Test
  void textThatWasNotStreamedIsSaidWhenItIsWhole() {
    tell("item/agentMessage/delta", "{\"itemId\":\"m\",\"delta\":\"Hel\"}");
    tell(
        "item/completed", "{\"item\":{\"id\":\"m\",\"type\":\"agentMessage\",\"text\":\"Hello\"}}");
    tell("item/completed", "{\"item\":{\"id\":\"n\",\"type\":\"agentMessage\",\"text\":\"All.\"}}");
    assertThat(text()).isEqualTo("HelloAll.");
  }

  @Test
  void aWholeTextThatIsAnotherThanTheStreamedOneIsNotMixedIntoIt() {
    tell("item/agentMessage/delta", "{\"itemId\":\"m\",\"delta\":\"abc\"}");
    tell(
        "item/completed",
        "{\"item\":{\"id\":\"m\",\"type\":\"agentMessage\",\"text\":\"xyz and more\"}}");
    assertThat(text()).isEqualTo("abc");
  }

  @Test
  void R_DRV_5_thePartsOfAReasoningAreParagraphs() {
    tell("item/reasoning/summaryPartAdded", "{\"itemId\":\"r\",\"summaryIndex\":0}");
    tell("item/reasoning/summaryTextDelta", "{\"itemId\":\"r\",\"delta\":\"One.\"}");
    tell("item/reasoning/summaryPartAdded", "{\"itemId\":\"r\",\"summaryIndex\":1}");
    tell("item/reasoning/summaryTextDelta", "{\"itemId\":\"r\",\"delta\":\"Two.\"}");
    tell(
        "item/completed",
        "{\"item\":{\"id\":\"r\",\"type\":\"reasoning\",\"summary\":[\"One.\",\"Two.\"]}}");
    assertThat(events)
        .allSatisfy(event -> assertThat(event).isInstanceOf(AgentEvent.Reasoning.class));
    assertThat(
            events.stream()
                .map(event -> ((AgentEvent.Reasoning) event).text())
                .collect(Collectors.joining()))
        .isEqualTo("One.\n\nTwo.");
  }

  @Test
  void R_DRV_6_aCommandsOutputGrowsAndItsLastWordReplacesIt() {
    tell(
        "item/started",
        """
        {"item":{"id":"c","type":"commandExecution","command":"/bin/bash -lc 'make it'","cwd":"/w",
          "status":"inProgress","aggregatedOutput":null,"exitCode":null,
          "commandActions":[{"type":"unknown","command":"make it"}]}}
        """);
    // The real one does not stream what comes before its first look.
    tell("item/commandExecution/outputDelta", "{\"itemId\":\"c\",\"delta\":\"line 2\\n\"}");
    tell("item/commandExecution/outputDelta", "{\"itemId\":\"c\",\"delta\":\"line 3\\n\"}");
    assertThat(call().output()).isEqualTo("line 2\nline 3\n");
    assertThat(call().status()).isEqualTo(Item.Status.OPEN);
    tell(
        "item/completed",
        """
        {"item":{"id":"c","type":"commandExecution","status":"completed","exitCode":0,
          "aggregatedOutput":"line 1\\nline 2\\nline 3\\n"}}
        """);
    assertThat(call().output()).isEqualTo("line 1\nline 2\nline 3\n");
    assertThat(call().status()).isEqualTo(Item.Status.DONE);
    assertThat(call().tool().title()).isEqualTo("make it");
    assertThat(call().tool().exitCode()).isZero();
    assertThat(call().tool().input().path("command").asString(""))
        .isEqualTo("/bin/bash -lc 'make it'");
  }

  @ParameterizedTest
  @CsvSource({
    "inProgress, OPEN",
    "completed, DONE",
    "failed, FAILED",
    "declined, FAILED",
    "new, OPEN"
  })
  void everyStatusIsKnownOrOpen(String status, Item.Status expected) {
    tell(
        "item/started",
        "{\"item\":{\"id\":\"c\",\"type\":\"mcpToolCall\",\"status\":\"%s\"}}".formatted(status));
    assertThat(call().status()).isEqualTo(expected);
  }

  @Test
  void anEditShowsAFileThatIsNewOneThatChangesAndOneThatGoes() {
    tell(
        "item/started",
        """
        {"item":{"id":"e","type":"fileChange","status":"inProgress","changes":[
          {"path":"/w/new.txt","kind":{"type":"add"},"diff":"one\\ntwo\\n"},
          {"path":"/w/a.txt","kind":{"type":"update","move_path":"/w/b.txt"},
           "diff":"@@ -1 +1 @@\\n-x\\n+y\\n"},
          {"path":"/w/old.txt","kind":{"type":"delete"},"diff":"gone\\n"}]}}
        """);
    assertThat(call().diff())
        .contains("--- /dev/null\n+++ b/w/new.txt\n", "+one\n+two\n")
        .contains("--- a/w/a.txt\n+++ b/w/b.txt\n@@ -1 +1 @@\n-x\n+y\n")
        .endsWith("--- a/w/old.txt\n+++ /dev/null\n@@ -1,1 +0,0 @@\n-gone\n");
    assertThat(call().tool().kind()).isEqualTo("edit");
    assertThat(call().tool().paths())
        .containsExactly("/w/new.txt", "/w/a.txt", "/w/b.txt", "/w/old.txt");
  }

  @Test
  void whatAnMcpToolAnswersOrFailsWithIsItsOutput() {
    tell(
        "item/completed",
        """
        {"item":{"id":"t","type":"mcpToolCall","server":"tiny","tool":"echo","status":"completed",
          "arguments":{"text":"hey"},
          "result":{"content":[{"type":"text","text":"one"},{"type":"image"},{"type":"text","text":"two"}]}}}
        """);
    assertThat(call().tool().title()).isEqualTo("tiny: echo");
    assertThat(call().tool().kind()).isEqualTo("mcp");
    assertThat(call().output()).isEqualTo("one\ntwo");
    tell(
        "item/completed",
        "{\"item\":{\"id\":\"u\",\"type\":\"mcpToolCall\",\"status\":\"failed\",\"error\":{\"message\":\"no\"}}}");
    assertThat(call().output()).isEqualTo("no");
  }

  @Test
  void thePlanOfATurnIsItsToDos() {
    tell(
        "turn/plan/updated",
        "{\"plan\":[{\"step\":\"a\",\"status\":\"completed\"},{\"step\":\"b\",\"status\":\"inProgress\"}]}");
    assertThat(events)
        .containsExactly(
            new AgentEvent.Plan(
                List.of(
                    new Item.PlanEntry("a", "completed", null),
                    new Item.PlanEntry("b", "in_progress", null))));
  }

  @Test
  void anErrorIsToldOnlyWhileItIsTriedAgain() {
    tell("error", "{\"willRetry\":false,\"error\":{\"message\":\"end\"}}");
    assertThat(events).isEmpty();
    tell("error", "{\"willRetry\":true,\"error\":{\"message\":\"stream cut\"}}");
    assertThat(events)
        .containsExactly(
            new AgentEvent.Notice("agent-retries", "warn", "Trying again: stream cut"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "turn/started",
        "thread/status/changed",
        "turn/diff/updated",
        "hook/started",
        "deprecationNotice"
      })
  void whatIsNotForTheUserIsNotTold(String method) {
    tell(method, "{}");
    tell("item/started", "{\"item\":{\"id\":\"u\",\"type\":\"userMessage\"}}");
    tell("item/completed", "{\"item\":{\"id\":\"u\",\"type\":\"userMessage\"}}");
    assertThat(events).isEmpty();
  }

  @Test
  void R_DRV_5_whatNobodyKnowsIsKeptRawAndItemsOnlyOnce() {
    tell("thread/brandNew", "{\"a\":1}");
    tell("item/started", "{\"item\":{\"id\":\"x\",\"type\":\"hologram\"}}");
    tell("item/completed", "{\"item\":{\"id\":\"x\",\"type\":\"hologram\"}}");
    assertThat(events)
        .extracting(event -> ((AgentEvent.Unknown) event).type())
        .containsExactly("thread/brandNew", "hologram");
  }

  @ParameterizedTest
  @ValueSource(strings = {"{}", "{\"item\":7}", "{\"item\":{\"id\":\"\"}}", "{\"item\":null}"})
  void aMessageWithoutSenseIsNoException(String params) {
    for (var method :
        List.of(
            "item/started",
            "item/completed",
            "turn/plan/updated",
            "model/rerouted",
            "error",
            "item/agentMessage/delta",
            "item/reasoning/summaryPartAdded",
            "item/commandExecution/outputDelta",
            "item/fileChange/patchUpdated")) {
      tell(method, params);
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      value = {
        "/bin/bash -lc 'ls -l'|ls -l",
        "bash -lc \"ls -l\"|ls -l",
        "/bin/zsh -c 'a && b'|a && b",
        "/bin/bash -lc 'it'\"'\"'s'|/bin/bash -lc 'it'\"'\"'s'",
        "bash -lc \"rm $HOME\"|bash -lc \"rm $HOME\"",
        "git status|git status"
      })
  void theShellAroundACommandIsLeftOutOnlyWhereTheRestIsExact(String line, String shown) {
    assertThat(CommandLine.shown(line)).isEqualTo(shown);
  }

  private void tell(String method, String params) {
    var mapped = Notifications.map(method, JSON.readTree(params), cards::get, null);
    if (mapped.card() != null) {
      cards.put(mapped.card().id(), mapped.card());
    }
    events.addAll(mapped.events());
  }

  private AgentEvent.ToolCall call() {
    return (AgentEvent.ToolCall) events.getLast();
  }

  private String text() {
    return events.stream()
        .map(event -> ((AgentEvent.Text) event).text())
        .collect(Collectors.joining());
  }
}
