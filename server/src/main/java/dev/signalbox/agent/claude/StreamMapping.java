package dev.signalbox.agent.claude;

import dev.signalbox.agent.AgentEvent;
import dev.signalbox.agent.wire.Json;
import dev.signalbox.event.Item;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// What the lines of one turn mean. What a line tells depends on the lines before it and on nothing
/// else; nothing is read, written or asked here. One for each turn; not safe for several threads.
///
/// A message comes in pieces (`stream_event`) and then whole (`assistant`); what the pieces told is
/// not told again. Subagents mostly come whole only.
public final class StreamMapping {
  private static final JsonMapper JSON = JsonMapper.builder().build();

  /// Lines that say nothing to the user: the result is the turn's end, the rest is progress that
  /// shows otherwise.
  private static final Set<String> BOOKKEEPING =
      Set.of(
          "result",
          "conversation_reset",
          "tool_progress",
          "tool_use_summary",
          "auth_status",
          "prompt_suggestion",
          "command_lifecycle",
          "keep_alive",
          "control_request",
          "control_response",
          "control_cancel_request");

  private final Path directory;
  private final Map<String, ToolCard> cards = new LinkedHashMap<>();
  private final Map<String, Blocks> streams = new HashMap<>();
  private final Subagents subagents = new Subagents();
  private final ContextMeter meter = new ContextMeter();

  /// @param directory the conversation's working directory
  public StreamMapping(Path directory) {
    this.directory = directory;
  }

  /// @param message a line of the agent, whatever it is
  /// @return what is to be told, in order
  public List<AgentEvent> map(JsonNode message) {
    var type = Json.text(message, "type", "");
    return switch (type) {
      case "stream_event" -> piece(message, message.path("event"));
      case "assistant" -> whole(message);
      case "user" -> results(message);
      case "system" -> system(message);
      case "rate_limit_event" -> limits(message.path("rate_limit_info"));
      default ->
          BOOKKEEPING.contains(type)
              ? List.of()
              : List.of(
                  new AgentEvent.Unknown(type.isEmpty() ? "unknown" : type, Json.bounded(message)));
    };
  }

  Subagents subagents() {
    return subagents;
  }

  ContextMeter meter() {
    return meter;
  }

  /// The card of a call, with the input as the agent asks for it.
  ToolCard asked(String callId, String name, JsonNode input) {
    var known = cards.get(callId);
    var card = (known == null ? ToolCard.begun(callId, name, null) : known).with(input);
    cards.put(callId, card);
    return card;
  }

  /// The user said yes although the agent is told no: its error is no failure.
  void granted(String callId) {
    cards.computeIfPresent(callId, (id, card) -> card.grantedByUser());
  }

  private List<AgentEvent> piece(JsonNode message, JsonNode event) {
    var speaker = Json.text(message, "parent_tool_use_id");
    var key = String.valueOf(speaker);
    if (speaker == null) {
      meter.heard(event);
    }
    if (Json.text(event, "type", "").equals("message_start")) {
      streams.put(key, new Blocks(Json.text(event.path("message"), "id", "")));
      return List.of();
    }
    var index = Json.number(event, "index");
    var blocks = streams.get(key);
    // The message's own end, pings, and errors that the result tells, are about no block.
    return blocks == null || index == null ? List.of() : piece(blocks, index, event, speaker);
  }

  private List<AgentEvent> piece(
      Blocks blocks, long index, JsonNode event, @Nullable String speaker) {
    var type = Json.text(event, "type", "");
    if (type.equals("content_block_start")) {
      return begun(blocks.begin(index, event.path("content_block")), event, speaker);
    }
    var block = blocks.find(index);
    if (block == null) {
      return List.of();
    }
    return switch (type) {
      case "content_block_delta" -> delta(blocks.id(block), block, event, speaker);
      case "content_block_stop" -> block.whole() ? List.of() : stopped(block);
      default -> List.of();
    };
  }

  private List<AgentEvent> begun(Blocks.Block block, JsonNode event, @Nullable String speaker) {
    var name = Json.text(event.path("content_block"), "name", "");
    if (!block.type.equals("tool_use") || block.toolId == null) {
      return List.of();
    }
    var card = ToolCard.begun(block.toolId, name, speaker);
    cards.put(card.id(), card);
    return shown(card);
  }

  private List<AgentEvent> delta(
      String id, Blocks.Block block, JsonNode event, @Nullable String speaker) {
    var delta = event.path("delta");
    switch (Json.text(delta, "type", "")) {
      case "text_delta" -> {
        var text = Json.text(delta, "text", "");
        block.told(text);
        return text(text, id, speaker);
      }
      case "thinking_delta" -> {
        var text = Json.text(delta, "thinking", "");
        block.told(text);
        return reasoning(text, id, speaker);
      }
      case "input_json_delta" -> block.input(Json.text(delta, "partial_json", ""));
      default -> {} // signatures, citations
    }
    return List.of();
  }

  /// A tool's input that streamed to its end, should it not come whole.
  private List<AgentEvent> stopped(Blocks.Block block) {
    var card = block.toolId == null ? null : cards.get(block.toolId);
    if (card == null || block.input().isEmpty()) {
      return List.of();
    }
    try {
      return tool(card.with(JSON.readTree(block.input())));
    } catch (JacksonException e) {
      return List.of(); // cut off
    }
  }

  private List<AgentEvent> whole(JsonNode message) {
    var said = message.path("message");
    var speaker = Json.text(message, "parent_tool_use_id");
    boolean failure =
        Json.flag(message, "is_api_error_message")
            || Json.flag(message, "isApiErrorMessage")
            || Json.text(message, "error") != null;
    if (failure && Json.text(said, "model", "").equals("<synthetic>")) {
      return List.of(); // the result tells it, as what it is
    }
    var id = Json.text(said, "id", "");
    var known = streams.get(String.valueOf(speaker));
    var blocks = known != null && known.of(id) ? known : new Blocks(id);
    if (blocks != known) {
      streams.put(String.valueOf(speaker), blocks);
    }
    var events = new ArrayList<AgentEvent>();
    for (var block : Json.list(said.path("content"))) {
      events.addAll(wholeBlock(blocks, block, speaker));
    }
    return events;
  }

  private List<AgentEvent> wholeBlock(Blocks blocks, JsonNode block, @Nullable String speaker) {
    var streamed = blocks.match(block);
    var id = streamed != null ? blocks.id(streamed) : blocks.nextId();
    return switch (Json.text(block, "type", "")) {
      case "text" -> text(rest(streamed, Json.text(block, "text", "")), id, speaker);
      case "thinking" -> reasoning(rest(streamed, Json.text(block, "thinking", "")), id, speaker);
      case "tool_use" -> call(block, speaker);
      default -> List.of(); // what servers of the model did, and thoughts it keeps to itself
    };
  }

  private static String rest(Blocks.@Nullable Block streamed, String whole) {
    return streamed == null ? whole : Blocks.rest(streamed, whole);
  }

  private List<AgentEvent> call(JsonNode block, @Nullable String speaker) {
    var id = Json.text(block, "id", "");
    var name = Json.text(block, "name", "");
    var known = cards.get(id);
    var card = known == null ? ToolCard.begun(id, name, speaker) : known;
    return id.isEmpty() ? List.of() : tool(card.with(block.path("input")));
  }

  private List<AgentEvent> results(JsonNode message) {
    var events = new ArrayList<AgentEvent>();
    var content = message.path("message").path("content");
    for (var block : Json.list(content)) {
      if (Json.text(block, "type", "").equals("tool_result")) {
        events.addAll(result(block, message.path("tool_use_result")));
      }
    }
    // Otherwise it is our own words, a replay of them, or "[Request interrupted by user]".
    return events;
  }

  private List<AgentEvent> result(JsonNode block, JsonNode more) {
    var card = cards.get(Json.text(block, "tool_use_id", ""));
    if (card == null) {
      return List.of();
    }
    boolean launched = Json.text(more, "status", "").equals("async_launched");
    if (ClaudeTools.isSubagent(card.name()) && (card.working() || launched)) {
      cards.put(card.id(), card.inBackground());
      return List.of(); // a note of the agent to itself; the task's end is the call's
    }
    boolean failed = Json.flag(block, "is_error") && !card.granted();
    var status = failed ? Item.Status.FAILED : Item.Status.DONE;
    return tool(card.at(status, ToolResult.text(block.path("content")), more));
  }

  private List<AgentEvent> system(JsonNode message) {
    subagents.heard(message);
    var card = cards.get(Json.text(message, "tool_use_id", ""));
    if (card != null && ClaudeTools.isSubagent(card.name())) {
      switch (Json.text(message, "subtype", "")) {
        case "task_started" -> {
          if (Json.flag(message, "is_backgrounded")) {
            cards.put(card.id(), card.inBackground());
          }
        }
        case "task_notification" -> {
          return taskEnded(card, message);
        }
        default -> {}
      }
    }
    return SystemMapping.map(message);
  }

  private List<AgentEvent> taskEnded(ToolCard card, JsonNode message) {
    if (!card.working()) {
      return List.of(); // its result tells
    }
    var status =
        switch (Json.text(message, "status", "")) {
          case "failed" -> Item.Status.FAILED;
          case "stopped", "killed" -> Item.Status.CANCELLED;
          default -> Item.Status.DONE;
        };
    return tool(card.at(status, Json.text(message, "summary"), card.result()));
  }

  /// Keeps the card and shows it.
  private List<AgentEvent> tool(ToolCard card) {
    cards.put(card.id(), card);
    return shown(card);
  }

  /// A list of things to do is a plan, and no call unless it failed.
  private List<AgentEvent> shown(ToolCard card) {
    if (card.name().equals(ClaudeTools.TODO) && card.status() != Item.Status.FAILED) {
      var todos = card.input().path("todos");
      return todos.isArray() && card.status() == Item.Status.OPEN
          ? List.of(new AgentEvent.Plan(entries(todos)))
          : List.of();
    }
    return List.of(card.event(directory));
  }

  private static List<Item.PlanEntry> entries(JsonNode todos) {
    var entries = new ArrayList<Item.PlanEntry>();
    for (var todo : Json.list(todos)) {
      entries.add(
          new Item.PlanEntry(
              Json.text(todo, "content", ""),
              Json.text(todo, "status", "pending"),
              Json.text(todo, "priority")));
    }
    return entries;
  }

  private static List<AgentEvent> limits(JsonNode info) {
    var kind = Json.text(info, "rateLimitType", "use").replace('_', ' ');
    return Json.text(info, "status", "").equals("allowed_warning")
        ? List.of(
            new AgentEvent.Notice(
                "agent-notice", "warn", "The limit of " + kind + " is nearly reached."))
        : List.of();
  }

  private static List<AgentEvent> text(String text, String id, @Nullable String speaker) {
    return text.isEmpty() ? List.of() : List.of(new AgentEvent.Text(text, id, speaker));
  }

  private static List<AgentEvent> reasoning(String text, String id, @Nullable String speaker) {
    return text.isEmpty() ? List.of() : List.of(new AgentEvent.Reasoning(text, id, speaker));
  }
}
