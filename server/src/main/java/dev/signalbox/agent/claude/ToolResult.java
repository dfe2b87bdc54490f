package dev.signalbox.agent.claude;

import dev.signalbox.agent.wire.Json;
import java.util.ArrayList;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/// Reads the text of a tool's result.
final class ToolResult {
  private static final Pattern EXIT = Pattern.compile("\\A(?:Error: )?Exit code (\\d{1,3})\\b");
  private static final Pattern ERROR =
      Pattern.compile("\\A<tool_use_error>(.*)</tool_use_error>\\z", Pattern.DOTALL);

  private ToolResult() {}

  /// @param content a text, or blocks of which pictures have no place in an output of text
  static @Nullable String text(JsonNode content) {
    var parts = new ArrayList<String>();
    if (content.isString()) {
      parts.add(content.stringValue(""));
    }
    for (var block : Json.list(content)) {
      if (Json.text(block, "type", "").equals("text")) {
        parts.add(Json.text(block, "text", ""));
      }
    }
    var text = String.join("\n", parts);
    var error = ERROR.matcher(text.strip());
    var plain = error.matches() ? error.group(1) : text;
    return plain.isEmpty() ? null : plain;
  }

  static @Nullable Integer exitCode(String output) {
    var found = EXIT.matcher(output);
    return found.find() ? Integer.valueOf(found.group(1)) : null;
  }
}
