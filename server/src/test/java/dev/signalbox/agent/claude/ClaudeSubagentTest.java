package dev.signalbox.agent.claude;

import static dev.signalbox.testkit.agent.Script.script;
import static org.assertj.core.api.Assertions.assertThat;

import dev.signalbox.agent.AgentEvent;
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

/// Subagents: what they do hangs below their call, and the turn waits for them.
@Timeout(180)
class ClaudeSubagentTest {
  private static final String RESULT =
      "{\"type\":\"result\",\"subtype\":\"success\",\"is_error\":false,\"stop_reason\":\"end_turn\"}";

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
  void theTurnIsNotOverWhileASubagentWorksAndTellsItsReport() throws Exception {
    var told =
        bench.run(
            bench.thread(Habits.good()),
            launched()
                .say("Launched. ")
                .line(RESULT)
                .sleep(200)
                .line(
                    "{\"type\":\"assistant\",\"parent_tool_use_id\":\"s1\",\"message\":{\"id\":\"m9\",\"content\":[{\"type\":\"text\",\"text\":\"digging\"},{\"type\":\"tool_use\",\"id\":\"s1a\",\"name\":\"Read\",\"input\":{\"file_path\":\"/x\"}}]}}")
                .line(ended("completed"))
                .line("{\"type\":\"system\",\"subtype\":\"init\",\"session_id\":\"$SESSION\"}")
                .say("It found gold."));
    assertThat(told.text()).isEqualTo("Launched. diggingIt found gold.");
    assertThat(told.all(AgentEvent.Text.class))
        .filteredOn(text -> "s1".equals(text.parent()))
        .extracting(AgentEvent.Text::text)
        .containsExactly("digging");
    assertThat(told.tool("s1a").parent()).isEqualTo("s1");
    assertThat(told.tool("s1").status()).isEqualTo(Item.Status.DONE);
    assertThat(told.tool("s1").output()).isEqualTo("found gold");
    assertThat(told.tool("s1").tool().kind()).isEqualTo("subagent");
  }

  @Test
  void anInterruptWhileOnlyASubagentWorksEndsTheTurn() throws Exception {
    var thread = bench.thread(Habits.good());
    var turn = bench.turn();
    var told = new Told();
    var waits = bench.begin(thread, turn, launched().say("Launched.").line(RESULT).hang(), told);
    told.until(now -> now.text().contains("Launched."));
    thread.interrupt(turn);
    assertThat(waits.end()).isInstanceOf(TurnResult.Cancelled.class);
  }

  @Test
  void aCommandInTheBackgroundDoesNotHoldTheTurn() throws Exception {
    var told =
        bench.run(
            bench.thread(Habits.good()),
            script()
                .line(
                    "{\"type\":\"system\",\"subtype\":\"background_tasks_changed\",\"tasks\":[{\"task_id\":\"b\",\"task_type\":\"local_bash\"}]}")
                .say("Started it."));
    assertThat(told.text()).isEqualTo("Started it.");
  }

  /// A call of the tool, and a subagent that works from then on.
  private static Script launched() {
    return script()
        .openTool("s1", "subagent", "dig")
        .line(
            "{\"type\":\"system\",\"subtype\":\"background_tasks_changed\",\"tasks\":[{\"task_id\":\"t1\",\"task_type\":\"local_agent\"}]}")
        .line(
            "{\"type\":\"system\",\"subtype\":\"task_started\",\"task_id\":\"t1\",\"tool_use_id\":\"s1\",\"is_backgrounded\":true,\"task_type\":\"local_agent\"}")
        .line(
            "{\"type\":\"user\",\"message\":{\"content\":[{\"type\":\"tool_result\",\"tool_use_id\":\"s1\",\"content\":\"Async agent launched\"}]},\"tool_use_result\":{\"status\":\"async_launched\"}}");
  }

  private static String ended(String status) {
    return "{\"type\":\"system\",\"subtype\":\"task_notification\",\"task_id\":\"t1\",\"tool_use_id\":\"s1\",\"status\":\"%s\",\"summary\":\"found gold\"}"
        .formatted(status);
  }
}
