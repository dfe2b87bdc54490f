package dev.signalbox.agent.claude;

import dev.signalbox.agent.wire.Json;
import dev.signalbox.agent.wire.ToolKinds;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/// What is known of the agent's tools by their names: how a call is shown, and which only look.
final class ClaudeTools {
  static final String QUESTION = "AskUserQuestion";
  static final String PLAN = "ExitPlanMode";
  static final String TODO = "TodoWrite";
  static final String SHELL = "Bash";

  private static final int LONGEST_TITLE = 200;

  /// Tools that surely neither write nor run anything, nor reach the network.
  private static final Set<String> LOOKS =
      Set.of("Read", "Glob", "Grep", "LS", "NotebookRead", "EnterPlanMode");

  private static final Set<String> SUBAGENTS = Set.of("Task", "Agent");

  /// Kinds that do not follow from the name alone.
  private static final Map<String, String> KINDS =
      Map.of(
          "NotebookEdit",
          "edit",
          "MultiEdit",
          "edit",
          "NotebookRead",
          "read",
          "LS",
          "search",
          "WebSearch",
          "fetch",
          "EnterPlanMode",
          "think",
          PLAN,
          "think",
          QUESTION,
          "think",
          TODO,
          "think",
          "KillShell",
          "execute");

  private ClaudeTools() {}

  static boolean onlyLooks(String name) {
    return LOOKS.contains(name);
  }

  static boolean isSubagent(String name) {
    return SUBAGENTS.contains(name);
  }

  static String kind(String name) {
    return ToolKinds.kind(KINDS.get(name), name, null);
  }

  /// One line for people; the name where the input tells nothing (yet).
  ///
  /// @param directory paths below it are shown relative to it
  static String title(String name, JsonNode input, Path directory) {
    var detail =
        switch (name) {
          case SHELL -> oneLine(Json.text(input, "command"), "");
          case "Read", "Write", "Edit", "MultiEdit", "NotebookEdit", "NotebookRead", "LS" ->
              oneLine(path(input, directory), name + " ");
          case "Glob", "Grep" -> oneLine(Json.text(input, "pattern"), name + " ");
          case "WebFetch" -> oneLine(Json.text(input, "url"), name + " ");
          case "WebSearch" -> oneLine(Json.text(input, "query"), name + " ");
          case "Task", "Agent" -> oneLine(Json.text(input, "description"), "");
          case "Skill" -> oneLine(Json.text(input, "skill"), name + " ");
          case PLAN -> oneLine(firstLine(Json.text(input, "plan")), "");
          case QUESTION -> oneLine(Json.text(input.path("questions").path(0), "question"), "");
          default -> mcp(name);
        };
    return detail == null ? name : detail;
  }

  /// Files the call names.
  static List<String> paths(JsonNode input) {
    var file = file(input);
    return file == null ? List.of() : List.of(file);
  }

  static @Nullable String file(JsonNode input) {
    for (var key : List.of("file_path", "notebook_path", "path")) {
      var file = Json.text(input, key);
      if (file != null && !file.isEmpty()) {
        return file;
      }
    }
    return null;
  }

  private static @Nullable String oneLine(@Nullable String told, String before) {
    if (told == null || told.isBlank()) {
      return null;
    }
    var line = told.strip().lines().findFirst().orElse("");
    var cut = line.length() > LONGEST_TITLE ? line.substring(0, LONGEST_TITLE) + "…" : line;
    return before + cut;
  }

  private static @Nullable String path(JsonNode input, Path directory) {
    var file = file(input);
    if (file == null) {
      return null;
    }
    try {
      var path = Path.of(file);
      return path.startsWith(directory) ? directory.relativize(path).toString() : file;
    } catch (InvalidPathException e) {
      return file;
    }
  }

  /// The first line that says something, without the marks of a heading.
  private static @Nullable String firstLine(@Nullable String plan) {
    return plan == null
        ? null
        : plan.lines()
            .map(line -> line.replaceFirst("^\\s*#+\\s*", "").strip())
            .filter(line -> !line.isEmpty())
            .findFirst()
            .orElse(null);
  }

  /// `mcp__server__tool`.
  private static @Nullable String mcp(String name) {
    var parts = name.split("__", 3);
    return parts.length == 3 && parts[0].equals("mcp") ? parts[1] + ": " + parts[2] : null;
  }
}
