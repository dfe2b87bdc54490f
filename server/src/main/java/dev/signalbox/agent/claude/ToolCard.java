package dev.signalbox.agent.claude;

import dev.signalbox.agent.AgentEvent;
import dev.signalbox.agent.wire.Json;
import dev.signalbox.event.Item;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.MissingNode;

/// What is known of one tool call.
///
/// @param parent the call of the subagent that makes it, or null
/// @param input a missing node while it still streams
/// @param result what the agent's user line tells of the result beside its text
/// @param working a subagent of this call works in the background: its result only says so
/// @param granted the user said yes where the agent was told no: a plan of a conversation that
///   stays read-only
record ToolCard(
    String id,
    String name,
    @Nullable String parent,
    JsonNode input,
    Item.Status status,
    @Nullable String output,
    JsonNode result,
    boolean working,
    boolean granted) {

  static ToolCard begun(String id, String name, @Nullable String parent) {
    var nothing = MissingNode.getInstance();
    return new ToolCard(id, name, parent, nothing, Item.Status.OPEN, null, nothing, false, false);
  }

  ToolCard with(JsonNode input) {
    return Json.tells(input)
        ? new ToolCard(id, name, parent, input, status, output, result, working, granted)
        : this;
  }

  ToolCard at(Item.Status status, @Nullable String output, JsonNode result) {
    return new ToolCard(id, name, parent, input, status, output, result, false, granted);
  }

  ToolCard inBackground() {
    return new ToolCard(id, name, parent, input, status, output, result, true, granted);
  }

  ToolCard grantedByUser() {
    return new ToolCard(id, name, parent, input, status, output, result, working, true);
  }

  AgentEvent.ToolCall event(Path directory) {
    return new AgentEvent.ToolCall(
        id, tool(directory), status, output, ToolDiff.of(name, input, result), parent);
  }

  Item.Tool tool(Path directory) {
    return new Item.Tool(
        name,
        ClaudeTools.kind(name),
        ClaudeTools.title(name, input, directory),
        Json.tells(input) ? Json.bounded(input) : null,
        ClaudeTools.paths(input),
        exitCode());
  }

  /// Of a shell command: what the agent wrote before the output of one that failed, 0 for one that
  /// did not.
  private @Nullable Integer exitCode() {
    if (!name.equals(ClaudeTools.SHELL)) {
      return null;
    }
    if (status == Item.Status.DONE) {
      boolean ended =
          result.has("stdout")
              && !Json.flag(result, "interrupted")
              && !result.has("backgroundTaskId");
      return ended ? Integer.valueOf(0) : null;
    }
    return output == null ? null : ToolResult.exitCode(output);
  }
}
