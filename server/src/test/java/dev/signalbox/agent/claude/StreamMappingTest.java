package dev.signalbox.agent.claude;

import static org.assertj.core.api.Assertions.assertThat;

import dev.signalbox.agent.AgentEvent;
import dev.signalbox.event.Item;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.json.JsonMapper;

/// What lines mean, with no agent at all.
@Tag("R-DRV-4")
class StreamMappingTest {
  private static final JsonMapper JSON = JsonMapper.builder().build();

  private final StreamMapping mapping = new StreamMapping(Path.of("/home/ann/work"));

  private List<AgentEvent> map(String... lines) {
    var events = new ArrayList<AgentEvent>();
    for (var line : lines) {
      events.addAll(mapping.map(JSON.readTree(line)));
    }
    return events;
  }

  private AgentEvent.ToolCall call(String... lines) {
    return (AgentEvent.ToolCall) map(lines).getLast();
  }

  @Test
  void anEditShowsWhatItWantsAndThenWhatItDid() {
    var wanted =
        call(
            use(
                "Edit",
                "{\"file_path\":\"/home/ann/work/a.txt\",\"old_string\":\"b\",\"new_string\":\"B\"}"));
    assertThat(wanted.tool().kind()).isEqualTo("edit");
    assertThat(wanted.tool().title()).isEqualTo("Edit a.txt");
    assertThat(wanted.tool().paths()).containsExactly("/home/ann/work/a.txt");
    assertThat(wanted.status()).isEqualTo(Item.Status.OPEN);
    assertThat(wanted.diff()).contains("-b\n+B\n");

    var done =
        call(
            result(
                "updated",
                false,
                "{\"structuredPatch\":[{\"oldStart\":7,\"oldLines\":2,\"newStart\":7,\"newLines\":2,\"lines\":[\" a\",\"-b\",\"+B\"]}]}"));
    assertThat(done.status()).isEqualTo(Item.Status.DONE);
    assertThat(done.diff())
        .isEqualTo(
            "--- a/home/ann/work/a.txt\n+++ b/home/ann/work/a.txt\n@@ -7,2 +7,2 @@\n a\n-b\n+B\n");
  }

  @Test
  void aNewFileIsShownAsNewOnceItIs() {
    map(use("Write", "{\"file_path\":\"/x/n.txt\",\"content\":\"one\\n\"}"));
    assertThat(
            call(result("created", false, "{\"type\":\"create\",\"content\":\"one\\n\"}")).diff())
        .contains("--- /dev/null")
        .contains("+one");
  }

  @Test
  void severalEditsOfOneFileAreAllShown() {
    assertThat(
            call(use(
                    "MultiEdit",
                    "{\"file_path\":\"/x\",\"edits\":[{\"old_string\":\"a\",\"new_string\":\"A\"},{\"old_string\":\"b\",\"new_string\":\"B\"}]}"))
                .diff())
        .contains("+A")
        .contains("+B");
  }

  @Test
  void aCommandThatFailsHasItsExitCode() {
    map(use("Bash", "{\"command\":\"make\\nmake install\",\"description\":\"Builds\"}"));
    var failed = call(result("Exit code 2\\nno rule", true, "\"Error: Exit code 2\""));
    assertThat(failed.status()).isEqualTo(Item.Status.FAILED);
    assertThat(failed.tool().exitCode()).isEqualTo(2);
    assertThat(failed.tool().title()).isEqualTo("make");
    assertThat(failed.output()).isEqualTo("Exit code 2\nno rule");
  }

  @Test
  void aCommandThatWorksHasTheExitCodeZero() {
    map(use("Bash", "{\"command\":\"ls\"}"));
    assertThat(call(result("a", false, "{\"stdout\":\"a\"}")).tool().exitCode()).isZero();
  }

  @Test
  void onlyTheRestOfATextThatBrokeOffIsTold() {
    var events =
        map(
            event("{\"type\":\"message_start\",\"message\":{\"id\":\"m1\"}}"),
            event(
                "{\"type\":\"content_block_start\",\"index\":0,\"content_block\":{\"type\":\"text\"}}"),
            event(
                "{\"type\":\"content_block_delta\",\"index\":0,\"delta\":{\"type\":\"text_delta\",\"text\":\"Half\"}}"),
            "{\"type\":\"assistant\",\"message\":{\"id\":\"m1\",\"content\":[{\"type\":\"text\",\"text\":\"Half and whole\"}]}}");
    assertThat(events)
        .containsExactly(
            new AgentEvent.Text("Half", "m1/0"), new AgentEvent.Text(" and whole", "m1/0"));
  }

  @Test
  void aMessageThatNeverStreamedIsToldWhole() {
    assertThat(
            map(
                "{\"type\":\"assistant\",\"message\":{\"id\":\"m1\",\"content\":[{\"type\":\"text\",\"text\":\"a\"}]}}",
                "{\"type\":\"assistant\",\"message\":{\"id\":\"m1\",\"content\":[{\"type\":\"text\",\"text\":\"b\"}]}}"))
        .containsExactly(
            new AgentEvent.Text("a", "m1/whole-0"), new AgentEvent.Text("b", "m1/whole-1"));
  }

  @Test
  void whatACommandOfTheAgentPrintsIsItsAnswer() {
    assertThat(
            map(
                "{\"type\":\"assistant\",\"message\":{\"id\":\"m1\",\"model\":\"<synthetic>\",\"content\":[{\"type\":\"text\",\"text\":\"## Context\"}]},\"local_command_run\":{\"command\":\"context\"}}"))
        .hasSize(1);
  }

  @Test
  void twoSubagentsThatSpeakAtOnceAreKeptApart() {
    var events =
        map(
            "{\"type\":\"assistant\",\"parent_tool_use_id\":\"s1\",\"message\":{\"id\":\"m1\",\"content\":[{\"type\":\"text\",\"text\":\"one\"}]}}",
            "{\"type\":\"assistant\",\"parent_tool_use_id\":\"s2\",\"message\":{\"id\":\"m2\",\"content\":[{\"type\":\"thinking\",\"thinking\":\"two\"}]}}");
    assertThat(events)
        .containsExactly(
            new AgentEvent.Text("one", "m1/whole-0", "s1"),
            new AgentEvent.Reasoning("two", "m2/whole-0", "s2"));
  }

  @Test
  void aToolOfAnMcpServerIsNamedWithIt() {
    var tool = call(use("mcp__git__log", "{}")).tool();
    assertThat(tool.kind()).isEqualTo("mcp");
    assertThat(tool.title()).isEqualTo("git: log");
  }

  @Test
  void anErrorOfAToolIsShownWithoutItsMarks() {
    map(use("Read", "{\"file_path\":\"/nothing\"}"));
    assertThat(call(result("<tool_use_error>No such file</tool_use_error>", true, "{}")).output())
        .isEqualTo("No such file");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{}",
        "[]",
        "7",
        "null",
        "{\"type\":7}",
        "{\"type\":\"assistant\"}",
        "{\"type\":\"assistant\",\"message\":{\"content\":\"text\"}}",
        "{\"type\":\"assistant\",\"message\":{\"content\":[7,{\"type\":\"tool_use\"}]}}",
        "{\"type\":\"user\",\"message\":\"x\"}",
        "{\"type\":\"user\",\"message\":{\"content\":[{\"type\":\"tool_result\",\"tool_use_id\":\"no\"}]}}",
        "{\"type\":\"stream_event\",\"event\":{\"type\":\"content_block_delta\",\"index\":4}}",
        "{\"type\":\"stream_event\",\"event\":{\"type\":\"content_block_stop\"}}",
        "{\"type\":\"system\",\"subtype\":\"task_notification\"}",
        "{\"type\":\"system\",\"subtype\":\"background_tasks_changed\",\"tasks\":7}"
      })
  void R_DRV_5_nothingThatComesIsAnException(String line) {
    assertThat(map(line)).allMatch(event -> event instanceof AgentEvent.Unknown);
  }

  private static String use(String name, String input) {
    return "{\"type\":\"assistant\",\"message\":{\"id\":\"m\",\"content\":[{\"type\":\"tool_use\",\"id\":\"c1\",\"name\":\"%s\",\"input\":%s}]}}"
        .formatted(name, input);
  }

  private static String result(String text, boolean error, String more) {
    return "{\"type\":\"user\",\"message\":{\"content\":[{\"type\":\"tool_result\",\"tool_use_id\":\"c1\",\"content\":\"%s\",\"is_error\":%s}]},\"tool_use_result\":%s}"
        .formatted(text, error, more);
  }

  private static String event(String event) {
    return "{\"type\":\"stream_event\",\"event\":" + event + "}";
  }
}
