package dev.signalbox.agent.opencode;

import dev.signalbox.agent.AgentEvent;
import dev.signalbox.agent.wire.EditDiff;
import dev.signalbox.agent.wire.Json;
import dev.signalbox.agent.wire.ToolKinds;
import dev.signalbox.event.Item;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/// What a `tool` part means. Pure.
final class ToolCards {
  /// Tools of opencode that other agents do not have under these names.
  private static final Map<String, String> KINDS =
      Map.of(
          "patch", "edit",
          "apply_patch", "edit",
          "multiedit", "edit",
          "websearch", "search",
          "codesearch", "search");

  private ToolCards() {}

  /// Ours of a call: opencode's own are the model's and need not differ from message to message.
  static String key(String message, String call) {
    return message + "/" + call;
  }

  static String key(JsonNode part) {
    return key(Json.text(part, "messageID", ""), Json.text(part, "callID", ""));
  }

  /// @param asked the differences a permission was asked for, which some calls do not tell again
  static AgentEvent.ToolCall call(JsonNode part, @Nullable String asked, @Nullable String parent) {
    var state = part.path("state");
    return new AgentEvent.ToolCall(
        key(part), tool(part), status(state), output(state), diff(part, asked), parent);
  }

  static Item.Status status(JsonNode state) {
    return switch (Json.text(state, "status", "")) {
      case "completed" -> Item.Status.DONE;
      case "error" -> Item.Status.FAILED;
      default -> Item.Status.OPEN;
    };
  }

  static Item.Tool tool(JsonNode part) {
    var name = Json.text(part, "tool", "tool");
    var state = part.path("state");
    var input = state.path("input");
    var title = title(state, name);
    var exit = state.path("metadata").path("exit");
    return new Item.Tool(
        name,
        ToolKinds.kind(KINDS.get(name), name, title),
        title,
        Json.tells(input) ? Json.bounded(input) : null,
        paths(state),
        exit.isInt() ? exit.asInt() : null);
  }

  /// The session a subagent of this call works in, or null.
  static @Nullable String child(JsonNode part) {
    return Json.text(part.path("state").path("metadata"), "sessionId");
  }

  private static String title(JsonNode state, String name) {
    var input = state.path("input");
    return Stream.of(
            Json.text(state, "title"),
            Json.text(input, "command"),
            Json.text(input, "description"),
            Json.text(input, "filePath"),
            Json.text(input, "pattern"),
            Json.text(input, "url"))
        .filter(Objects::nonNull)
        .filter(text -> !text.isBlank())
        .findFirst()
        .orElse(name);
  }

  private static @Nullable String output(JsonNode state) {
    var metadata = Json.text(state.path("metadata"), "output");
    var said =
        switch (Json.text(state, "status", "")) {
          case "completed" -> Json.text(state, "output", metadata == null ? "" : metadata);
          case "error" -> joined(metadata, Json.text(state, "error", ""));
          default -> metadata;
        };
    return said == null || said.isEmpty() ? null : said;
  }

  private static String joined(@Nullable String output, String error) {
    return output == null || output.isEmpty() ? error : output + "\n" + error;
  }

  private static List<String> paths(JsonNode state) {
    var paths = new LinkedHashSet<String>();
    add(paths, Json.text(state.path("input"), "filePath"));
    add(paths, Json.text(state.path("metadata").path("filediff"), "file"));
    for (var file : Json.list(state.path("metadata").path("files"))) {
      add(paths, Json.text(file, "filePath"));
    }
    return List.copyOf(paths);
  }

  private static void add(Set<String> paths, @Nullable String path) {
    if (path != null && !path.isEmpty()) {
      paths.add(path);
    }
  }

  private static @Nullable String diff(JsonNode part, @Nullable String asked) {
    var state = part.path("state");
    var made = Json.text(state.path("metadata"), "diff", "");
    if (made.contains("@@")) {
      return made;
    }
    if (asked != null && asked.contains("@@")) {
      return asked;
    }
    var input = state.path("input");
    var path = Json.text(input, "filePath");
    var after = Json.text(input, "newString");
    var before = Json.text(input, "oldString");
    if (Json.text(part, "tool", "").equals("write")) {
      before = "";
      after = Json.text(input, "content");
    }
    return path == null || before == null || after == null
        ? null
        : EditDiff.unified(path, before, after);
  }
}
