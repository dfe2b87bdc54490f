package dev.signalbox.agent.acp;

import dev.signalbox.agent.wire.EditDiff;
import dev.signalbox.agent.wire.Json;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/// What a tool call put out, wherever the agent put it.
final class ToolOutput {
  private ToolOutput() {}

  /// The text blocks, or what the raw output calls its output when there are none.
  static @Nullable String text(JsonNode content, JsonNode rawOutput) {
    var parts = new ArrayList<String>();
    for (var block : Json.list(content)) {
      if (Json.text(block, "type", "").equals("content")) {
        var text = blockText(block.path("content"));
        if (text != null && !text.isEmpty()) {
          parts.add(text);
        }
      }
    }
    return parts.isEmpty() ? rawText(rawOutput) : String.join("\n", parts);
  }

  private static @Nullable String blockText(JsonNode block) {
    return switch (Json.text(block, "type", "")) {
      case "text" -> Json.text(block, "text");
      case "resource" -> Json.text(block.path("resource"), "text");
      case "resource_link" -> Json.text(block, "uri");
      default -> null; // pictures and sound have no place in an output of text
    };
  }

  private static @Nullable String rawText(JsonNode raw) {
    if (raw.isString()) {
      return raw.stringValue("").isEmpty() ? null : raw.stringValue("");
    }
    var output = Json.text(raw, "output");
    return output == null || output.isEmpty() ? null : output;
  }

  static @Nullable Integer exitCode(JsonNode raw) {
    for (var value :
        List.of(
            raw.path("exitCode"),
            raw.path("exit_code"),
            raw.path("exit"),
            raw.path("metadata").path("exit"))) {
      if (value.isInt()) {
        return value.asInt(0);
      }
    }
    return null;
  }

  /// The unified diff the agent made itself, since it has the right line numbers; otherwise one of
  /// the texts it gave.
  static @Nullable String diff(ToolCard card) {
    for (var made :
        List.of(
            card.output().path("metadata").path("diff"),
            card.output().path("fileDiff"),
            card.input().path("diff"))) {
      var text = made.stringValue("");
      if (text.contains("@@") && (text.startsWith("Index: ") || text.startsWith("--- "))) {
        return text;
      }
    }
    var diffs = new ArrayList<String>();
    for (var block : Json.list(card.content())) {
      if (Json.text(block, "type", "").equals("diff")) {
        diffs.add(
            EditDiff.unified(
                Json.text(block, "path", "file"),
                Json.text(block, "oldText"),
                Json.text(block, "newText", "")));
      }
    }
    return diffs.isEmpty() ? ofInput(card) : String.join("", diffs);
  }

  /// Goose shows an edit only as the arguments of its tool, which tell as much as the first hunk.
  private static @Nullable String ofInput(ToolCard card) {
    if (!card.tool().kind().equals("edit")) {
      return null;
    }
    var path = first(card.input(), "path", "filePath", "file_path", "filepath");
    var before = first(card.input(), "before", "oldString", "old_string", "old_str", "oldText");
    var after = first(card.input(), "after", "newString", "new_string", "new_str", "newText");
    if (after == null) {
      before = "";
      after = first(card.input(), "content", "file_text", "text");
    }
    return path == null || before == null || after == null
        ? null
        : EditDiff.unified(path, before, after);
  }

  private static @Nullable String first(JsonNode input, String... keys) {
    return Stream.of(keys)
        .map(key -> input.path(key).stringValue(null))
        .filter(Objects::nonNull)
        .findFirst()
        .orElse(null);
  }
}
