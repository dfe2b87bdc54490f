package dev.signalbox.agent.acp;

import dev.signalbox.agent.AgentEvent;
import dev.signalbox.agent.wire.Json;
import dev.signalbox.agent.wire.ToolKinds;
import dev.signalbox.event.Item;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.MissingNode;

/// What is known of one tool call: everything its messages told so far, later ones over earlier
/// ones. Agents tell of a call in a `tool_call`, a `tool_call_update` or, as the first word of it,
/// inside a permission request; all three make or change the same card.
///
/// @param content the agent's content blocks; a later message replaces all of them
record ToolCard(
    String id,
    @Nullable String title,
    @Nullable String name,
    @Nullable String kind,
    @Nullable String status,
    JsonNode content,
    JsonNode locations,
    JsonNode input,
    JsonNode output) {

  static ToolCard unknown(String id) {
    var nothing = MissingNode.getInstance();
    return new ToolCard(id, null, null, null, null, nothing, nothing, nothing, nothing);
  }

  /// The card after one more message about the call. What the message leaves out stays as it was.
  ToolCard with(JsonNode message) {
    return new ToolCard(
        id,
        told(message, "title", title),
        toolName(message, name),
        toldKind(message),
        told(message, "status", status),
        // An empty list takes content back; an absent one leaves it.
        message.path("content").isArray() ? message.path("content") : content,
        later(message.path("locations"), locations),
        later(message.path("rawInput"), input),
        later(message.path("rawOutput"), output));
  }

  AgentEvent.ToolCall event() {
    return event(itemStatus());
  }

  AgentEvent.ToolCall event(Item.Status status) {
    return new AgentEvent.ToolCall(
        id, tool(), status, ToolOutput.text(content, output), ToolOutput.diff(this));
  }

  boolean open() {
    return itemStatus() == Item.Status.OPEN;
  }

  Item.Tool tool() {
    var kind = ToolKinds.kind(this.kind, name, title);
    var shownName = name != null ? name : kind;
    return new Item.Tool(
        shownName,
        kind,
        title != null ? title : shownName,
        Json.tells(input) ? Json.bounded(input) : null,
        paths(),
        ToolOutput.exitCode(output));
  }

  /// Whether the agent itself says that the call neither writes nor runs anything.
  boolean onlyLooks() {
    return "read".equals(kind) || "search".equals(kind) || "think".equals(kind);
  }

  private Item.Status itemStatus() {
    return switch (status) {
      case "completed" -> Item.Status.DONE;
      case "failed" -> Item.Status.FAILED;
      case null, default -> Item.Status.OPEN;
    };
  }

  private List<String> paths() {
    var paths = new LinkedHashSet<String>();
    for (var location : Json.list(locations)) {
      add(paths, Json.text(location, "path"));
    }
    for (var block : Json.list(content)) {
      if (Json.text(block, "type", "").equals("diff")) {
        add(paths, Json.text(block, "path"));
      }
    }
    return new ArrayList<>(paths);
  }

  private static void add(LinkedHashSet<String> paths, @Nullable String path) {
    if (path != null && !path.isEmpty()) {
      paths.add(path);
    }
  }

  /// An agent that first names a kind and later calls it `other` did not learn anything.
  private @Nullable String toldKind(JsonNode message) {
    var told = Json.text(message, "kind");
    return told == null || (told.equals("other") && kind != null) ? kind : told;
  }

  private static @Nullable String told(JsonNode message, String key, @Nullable String before) {
    var told = Json.text(message, key);
    return told == null || told.isEmpty() ? before : told;
  }

  /// The schema's `name`, or where goose and qwen put it.
  private static @Nullable String toolName(JsonNode message, @Nullable String before) {
    var meta = message.path("_meta");
    var goose = Json.text(meta.path("goose").path("toolCall"), "toolName");
    return told(message, "name", goose != null ? goose : told(meta, "toolName", before));
  }

  private static JsonNode later(JsonNode told, JsonNode before) {
    return Json.tells(told) ? told : before;
  }
}
