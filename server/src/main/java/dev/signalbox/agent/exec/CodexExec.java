package dev.signalbox.agent.exec;

import dev.signalbox.agent.Agent;
import dev.signalbox.agent.AgentEvent;
import dev.signalbox.agent.ThreadSettings;
import dev.signalbox.agent.TurnResult;
import dev.signalbox.agent.TurnSettings;
import dev.signalbox.agent.launch.Problems;
import dev.signalbox.agent.wire.Json;
import dev.signalbox.event.Item;
import dev.signalbox.event.Usage;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/// `codex exec --json`. Messages come whole; nothing is asked, because it runs with the approval
/// policy `never`; what a turn may touch is the sandbox's affair.
final class CodexExec implements Dialect {
  @Override
  public List<String> command(
      Agent agent, ThreadSettings thread, TurnSettings turn, @Nullable String nativeId) {
    var command = new ArrayList<>(agent.argv());
    command.add("exec");
    command.addAll(List.of("--json", "--skip-git-repo-check"));
    command.addAll(List.of("--sandbox", sandbox(thread, turn)));
    if (turn.model() != null) {
      command.addAll(List.of("--model", turn.model()));
    }
    if (turn.effort() != null) {
      command.addAll(List.of("--config", "model_reasoning_effort=\"" + turn.effort() + "\""));
    }
    if (nativeId != null) {
      command.addAll(List.of("resume", nativeId));
    }
    command.add("-"); // the prompt is on the standard input
    return command;
  }

  /// A conversation that only reads stays so, whatever mode is chosen.
  private static String sandbox(ThreadSettings thread, TurnSettings turn) {
    if (thread.readOnly()) {
      return "read-only";
    }
    return turn.mode() != null ? turn.mode() : "workspace-write";
  }

  @Override
  public boolean forgot(String said) {
    return said.contains("no rollout found for thread");
  }

  @Override
  public Reading reading(Agent agent, ThreadSettings thread) {
    return new Lines(agent, thread.directory());
  }

  private static final class Lines implements Reading {
    private final Agent agent;
    private final Path directory;
    private @Nullable String nativeId;
    private @Nullable TurnResult end;

    Lines(Agent agent, Path directory) {
      this.agent = agent;
      this.directory = directory;
    }

    @Override
    public @Nullable String nativeId() {
      return nativeId;
    }

    @Override
    public @Nullable TurnResult end() {
      return end;
    }

    @Override
    public List<AgentEvent> map(JsonNode line) {
      var type = Json.text(line, "type", "unknown");
      switch (type) {
        case "thread.started" -> nativeId = Json.text(line, "thread_id");
        case "turn.completed" ->
            end = new TurnResult.Completed("end_turn", usage(line.path("usage")));
        case "turn.failed" -> end = failed(line.path("error"));
        case "item.started", "item.updated", "item.completed" -> {
          return item(line.path("item"), type.equals("item.completed"));
        }
        case "turn.started", "error" -> {} // a failure that counts is told again as the turn's
        default -> {
          return List.of(new AgentEvent.Unknown(type, Json.bounded(line)));
        }
      }
      return List.of();
    }

    private TurnResult failed(JsonNode error) {
      var said = Json.text(error, "message", "no reason given");
      return new TurnResult.Failed(Problems.told(agent, 0, said, null), null);
    }

    private static Usage usage(JsonNode used) {
      return new Usage(
          Json.number(used, "input_tokens"),
          Json.number(used, "output_tokens"),
          Json.number(used, "cached_input_tokens"),
          Json.number(used, "reasoning_output_tokens"),
          null,
          null,
          null,
          null,
          null);
    }

    private List<AgentEvent> item(JsonNode item, boolean completed) {
      var id = Json.text(item, "id", "item");
      var text = Json.text(item, "text", "");
      return switch (Json.text(item, "type", "")) {
        case "agent_message" -> completed ? List.of(new AgentEvent.Text(text, id)) : List.of();
        case "reasoning" -> completed ? List.of(new AgentEvent.Reasoning(text, id)) : List.of();
        case "command_execution" -> List.of(command(id, item));
        case "file_change" -> List.of(files(id, item));
        case "mcp_tool_call" ->
            List.of(
                call(
                    id,
                    item,
                    "mcp",
                    Json.text(item, "server", "") + " " + Json.text(item, "tool", "")));
        case "web_search" -> List.of(call(id, item, "search", Json.text(item, "query", "")));
        case "todo_list" -> List.of(new AgentEvent.Plan(entries(item.path("items"))));
        case "error" ->
            List.of(new AgentEvent.Notice("agent-notice", "warn", Json.text(item, "message", "")));
        default -> List.of(new AgentEvent.Unknown("item", Json.bounded(item)));
      };
    }

    private static AgentEvent command(String id, JsonNode item) {
      var line = Json.text(item, "command", "");
      var exit = Json.number(item, "exit_code");
      return new AgentEvent.ToolCall(
          id,
          new Item.Tool(
              "command_execution",
              "execute",
              line,
              Json.object().put("command", line),
              List.of(),
              exit == null ? null : exit.intValue()),
          status(item),
          Json.text(item, "aggregated_output"),
          null);
    }

    private AgentEvent files(String id, JsonNode item) {
      var paths = new ArrayList<String>();
      for (var change : Json.list(item.path("changes"))) {
        paths.add(relative(Json.text(change, "path", "")));
      }
      return new AgentEvent.ToolCall(
          id,
          new Item.Tool(
              "file_change",
              "edit",
              String.join(", ", paths),
              Json.object().set("changes", item.path("changes")),
              paths,
              null),
          status(item),
          null,
          null);
    }

    private String relative(String path) {
      return path.startsWith(directory + "/")
          ? path.substring(directory.toString().length() + 1)
          : path;
    }

    private static AgentEvent call(String id, JsonNode item, String kind, String title) {
      return new AgentEvent.ToolCall(
          id,
          new Item.Tool(
              Json.text(item, "type", "tool"), kind, title, Json.bounded(item), List.of(), null),
          status(item),
          null,
          null);
    }

    private static Item.Status status(JsonNode item) {
      return switch (Json.text(item, "status", "completed")) {
        case "in_progress" -> Item.Status.OPEN;
        case "failed", "declined" -> Item.Status.FAILED;
        default -> Item.Status.DONE;
      };
    }

    private static List<Item.PlanEntry> entries(JsonNode todos) {
      var entries = new ArrayList<Item.PlanEntry>();
      for (var todo : Json.list(todos)) {
        entries.add(
            new Item.PlanEntry(
                Json.text(todo, "text", ""),
                Json.flag(todo, "completed") ? "completed" : "pending",
                null));
      }
      return entries;
    }
  }
}
