package dev.signalbox.agent.codex;

import dev.signalbox.agent.AgentEvent;
import dev.signalbox.agent.wire.Json;
import dev.signalbox.event.Item;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/// Codex's items that are tool calls, as the interface knows tool calls. Pure.
final class ToolCalls {
  private static final int TITLE = 200;

  private ToolCalls() {}

  /// Empty for items that are no tool calls.
  ///
  /// @param parent the tool call of the subagent that makes it, or null
  static Optional<AgentEvent.ToolCall> event(ItemCard card, @Nullable String parent) {
    var tool = tool(card.item());
    return tool.map(known ->
        new AgentEvent.ToolCall(
            card.id(), known, status(card.item()), output(card), diff(card.item()), parent));
  }

  static Optional<Item.Tool> tool(JsonNode item) {
    return switch (Json.text(item, "type", "")) {
      case "commandExecution" -> Optional.of(command(item));
      case "fileChange" -> Optional.of(edit(item));
      case "mcpToolCall" -> Optional.of(mcp(item));
      case "dynamicToolCall" ->
          Optional.of(plain(Json.text(item, "tool", "tool"), "other", null, input(item)));
      case "collabAgentToolCall" -> Optional.of(subagent(item));
      case "webSearch" -> Optional.of(plain("web_search", "fetch", Json.text(item, "query"), null));
      case "imageView" -> Optional.of(image(item));
      case "imageGeneration" ->
          Optional.of(plain("image_generation", "other", Json.text(item, "revisedPrompt"), null));
      case "sleep" -> Optional.of(plain("sleep", "other", null, null));
      default -> Optional.empty();
    };
  }

  static @Nullable String diff(JsonNode item) {
    return Json.text(item, "type", "").equals("fileChange")
        ? FileChanges.diff(item.path("changes"))
        : null;
  }

  private static Item.Tool command(JsonNode item) {
    var line = Json.text(item, "command", "");
    var input = Json.object().put("command", line);
    var cwd = Json.text(item, "cwd");
    if (cwd != null) {
      input.put("cwd", cwd);
    }
    var code = item.path("exitCode");
    return new Item.Tool(
        "shell",
        CommandLine.kind(item.path("commandActions")),
        shortened(CommandLine.shown(line)),
        input,
        CommandLine.paths(item.path("commandActions")),
        code.isInt() ? Integer.valueOf(code.asInt(0)) : null);
  }

  private static Item.Tool edit(JsonNode item) {
    var changes = item.path("changes");
    var paths = FileChanges.paths(changes);
    var title =
        paths.size() == 1 ? paths.getFirst() : paths.isEmpty() ? "Edit" : paths.size() + " files";
    return new Item.Tool("apply_patch", FileChanges.kind(changes), title, null, paths, null);
  }

  private static Item.Tool mcp(JsonNode item) {
    var tool = Json.text(item, "tool", "tool");
    var title = Json.text(item, "server", "mcp") + ": " + tool;
    return plain(tool, "mcp", title, input(item));
  }

  private static Item.Tool subagent(JsonNode item) {
    return plain(
        Json.text(item, "tool", "agent"),
        "subagent",
        Json.text(item, "prompt"),
        Json.tells(item.path("prompt")) ? Json.object().set("prompt", item.path("prompt")) : null);
  }

  private static Item.Tool image(JsonNode item) {
    var path = Json.text(item, "path", "");
    return new Item.Tool(
        "view_image", "read", path, null, path.isEmpty() ? List.of() : List.of(path), null);
  }

  private static Item.Tool plain(
      String name, String kind, @Nullable String title, @Nullable JsonNode input) {
    var shown = title == null || title.isBlank() ? name : shortened(title);
    return new Item.Tool(name, kind, shown, input, List.of(), null);
  }

  private static @Nullable JsonNode input(JsonNode item) {
    var arguments = item.path("arguments");
    return Json.tells(arguments) ? Json.bounded(arguments) : null;
  }

  private static Item.Status status(JsonNode item) {
    return switch (Json.text(item, "status", "")) {
      case "completed" -> Item.Status.DONE;
      case "failed", "declined" -> Item.Status.FAILED;
      case "interrupted" -> Item.Status.CANCELLED;
      // Items without a status are over when they say when.
      case "" -> Json.tells(item.path("completedAtMs")) ? Item.Status.DONE : Item.Status.OPEN;
      default -> Item.Status.OPEN;
    };
  }

  private static @Nullable String output(ItemCard card) {
    var item = card.item();
    return switch (card.type()) {
      case "commandExecution" -> {
        var all = Json.text(item, "aggregatedOutput");
        yield all != null ? all : orNull(card.streamed());
      }
      case "mcpToolCall" -> {
        var said = texts(item.path("result").path("content"));
        var failed = Json.text(item.path("error"), "message");
        yield said != null ? said : failed != null ? failed : orNull(card.streamed());
      }
      case "dynamicToolCall" -> texts(item.path("contentItems"));
      case "imageGeneration" -> Json.text(item, "savedPath");
      default -> orNull(card.streamed());
    };
  }

  private static @Nullable String texts(JsonNode content) {
    var parts = new ArrayList<String>();
    for (var block : Json.list(content)) {
      var text = Json.text(block, "text", "");
      if (!text.isEmpty()) {
        parts.add(text);
      }
    }
    return parts.isEmpty() ? null : String.join("\n", parts);
  }

  private static @Nullable String orNull(String text) {
    return text.isEmpty() ? null : text;
  }

  private static String shortened(String text) {
    var line = text.strip();
    return line.length() <= TITLE ? line : line.substring(0, TITLE) + "…";
  }
}
