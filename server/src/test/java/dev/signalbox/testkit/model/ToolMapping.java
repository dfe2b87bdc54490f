package dev.signalbox.testkit.model;

import dev.signalbox.testkit.model.Conversation.Tool;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/// Says what the model wants in the names and arguments of the tools one agent announced. A pure
/// function.
final class ToolMapping {

  private static final List<String> PATH =
      List.of("filePath", "file_path", "absolute_path", "path");
  private static final List<String> OLD =
      List.of("oldString", "old_string", "before", "old_str", "old_text");
  private static final List<String> NEW =
      List.of("newString", "new_string", "after", "new_str", "new_text");

  private final List<Tool> tools;

  ToolMapping(List<Tool> tools) {
    this.tools = tools;
  }

  /// @return the call, or empty when the agent announced nothing that does this
  Optional<Dialect.Call> call(String id, ToolUse use) {
    return switch (use) {
      case ToolUse.Exact(var name, var arguments) ->
          Optional.of(new Dialect.Call(id, name, arguments));
      case ToolUse.Shell(var command) ->
          tool("bash", "shell", "run_shell_command", "exec_command", "shell_command")
              .map(tool -> with(id, tool, shell(tool, command)));
      case ToolUse.Write(var path, var content) ->
          tool("write", "write_file", "text_editor")
              .map(tool -> with(id, tool, write(tool, path, content)))
              .or(() -> patch(id, Patch.adding(path, content)));
      case ToolUse.Edit(var path, var oldText, var newText) ->
          tool("edit", "replace", "text_editor")
              .map(tool -> with(id, tool, edit(tool, path, oldText, newText)))
              .or(() -> patch(id, Patch.replacing(path, oldText, newText)));
      case ToolUse.Read(var path) ->
          tool("read", "read_file")
              .map(tool -> with(id, tool, file(tool, path)))
              .or(() ->
                  call(id, new ToolUse.Shell("cat '" + path + "'"))); // goose reads by its shell
    };
  }

  /// Codex edits by patches.
  private Optional<Dialect.Call> patch(String id, String patch) {
    return tool("apply_patch")
        .map(tool ->
            with(id, tool, JsonNodeFactory.instance.objectNode().put(Responses.FREE_TEXT, patch)));
  }

  private static Dialect.Call with(String id, Tool tool, ObjectNode arguments) {
    return new Dialect.Call(id, tool.name(), arguments);
  }

  /// A tool of one of these names, the first name first; `developer__shell` is a `shell` of an
  /// extension.
  private Optional<Tool> tool(String... names) {
    for (String name : names) {
      for (Tool tool : tools) {
        if (tool.name().equalsIgnoreCase(name) || tool.name().endsWith("__" + name)) {
          return Optional.of(tool);
        }
      }
    }
    return Optional.empty();
  }

  private static ObjectNode shell(Tool tool, String command) {
    var name = tool.parameters().contains("cmd") ? "cmd" : "command";
    var arguments = JsonNodeFactory.instance.objectNode().put(name, command);
    if (tool.parameters().contains("description")) {
      arguments.put("description", "Runs a command");
    }
    if (tool.required().contains("is_background")) {
      arguments.put("is_background", false);
    }
    return arguments;
  }

  private static ObjectNode file(Tool tool, String path) {
    return JsonNodeFactory.instance.objectNode().put(parameter(tool, PATH), path);
  }

  private static ObjectNode write(Tool tool, String path, String content) {
    var arguments = file(tool, path).put(parameter(tool, List.of("content", "file_text")), content);
    return command(tool, arguments, "write");
  }

  private static ObjectNode edit(Tool tool, String path, String oldText, String newText) {
    var arguments =
        file(tool, path).put(parameter(tool, OLD), oldText).put(parameter(tool, NEW), newText);
    if (tool.required().contains("instruction")) {
      arguments.put("instruction", "Replace the text");
    }
    return command(tool, arguments, "str_replace");
  }

  /// An editor that does everything is told what to do.
  private static ObjectNode command(Tool tool, ObjectNode arguments, String command) {
    return tool.parameters().contains("command") ? arguments.put("command", command) : arguments;
  }

  private static String parameter(Tool tool, List<String> names) {
    return names.stream().filter(tool.parameters()::contains).findFirst().orElse(names.getFirst());
  }
}
