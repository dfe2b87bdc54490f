package dev.signalbox.testkit.model;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/// What the model wants done, in words no agent uses. [ToolMapping] says it in the words of the
/// tools an agent announced; [Exact] goes out as it is.
public sealed interface ToolUse {

  /// Run a command by the agent's shell tool.
  record Shell(String command) implements ToolUse {}

  /// Make or replace a whole file.
  record Write(String path, String content) implements ToolUse {}

  /// Replace one text by another in a file.
  record Edit(String path, String oldText, String newText) implements ToolUse {}

  /// Read a file.
  record Read(String path) implements ToolUse {}

  /// Call a tool by the name and with the arguments given, whether the agent announced it or not.
  record Exact(String name, ObjectNode arguments) implements ToolUse {}

  /// Its form in a script; [#fromJson] reads it back.
  default ObjectNode toJson() {
    var json = JsonNodeFactory.instance.objectNode();
    switch (this) {
      case Shell(var command) -> json.put("shell", command);
      case Write(var path, var content) ->
          json.putObject("write").put("path", path).put("content", content);
      case Edit(var path, var oldText, var newText) ->
          json.putObject("edit").put("path", path).put("old", oldText).put("new", newText);
      case Read(var path) -> json.put("read", path);
      case Exact(var name, var arguments) -> json.put("name", name).set("args", arguments);
    }
    return json;
  }

  /// @throws IllegalArgumentException when it is none of the known forms
  static ToolUse fromJson(JsonNode json) {
    if (json.has("shell")) {
      return new Shell(json.path("shell").asString());
    }
    if (json.has("write")) {
      var write = json.path("write");
      return new Write(write.path("path").asString(""), write.path("content").asString(""));
    }
    if (json.has("edit")) {
      var edit = json.path("edit");
      return new Edit(
          edit.path("path").asString(""),
          edit.path("old").asString(""),
          edit.path("new").asString(""));
    }
    if (json.has("read")) {
      return new Read(json.path("read").asString());
    }
    if (json.has("name")) {
      var arguments =
          json.path("args") instanceof ObjectNode args
              ? args
              : JsonNodeFactory.instance.objectNode();
      return new Exact(json.path("name").asString(), arguments);
    }
    throw new IllegalArgumentException("not a tool of a script: " + json);
  }
}
