package dev.signalbox.agent.claude;

import dev.signalbox.agent.wire.EditDiff;
import dev.signalbox.agent.wire.Json;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/// The diff of an edit: what was done once the agent told it, else what its input wants.
final class ToolDiff {
  private ToolDiff() {}

  /// @param result missing while it is not done
  static @Nullable String of(String tool, JsonNode input, JsonNode result) {
    var file = ClaudeTools.file(input);
    if (file == null) {
      return null;
    }
    var done = done(file, result);
    return done != null ? done : wanted(tool, file, input);
  }

  private static @Nullable String done(String file, JsonNode result) {
    if (!Json.list(result.path("structuredPatch")).isEmpty()) {
      return hunks(file, result.path("structuredPatch"));
    }
    var content = Json.text(result, "content");
    return Json.text(result, "type", "").equals("create") && content != null
        ? EditDiff.unified(file, null, content)
        : null;
  }

  private static String hunks(String file, JsonNode patch) {
    var name = file.startsWith("/") ? file.substring(1) : file;
    var diff = new StringBuilder("--- a/" + name + "\n+++ b/" + name + "\n");
    for (var hunk : Json.list(patch)) {
      diff.append(
          "@@ -%d,%d +%d,%d @@\n"
              .formatted(
                  number(hunk, "oldStart"),
                  number(hunk, "oldLines"),
                  number(hunk, "newStart"),
                  number(hunk, "newLines")));
      for (var line : Json.list(hunk.path("lines"))) {
        diff.append(line.stringValue("")).append('\n');
      }
    }
    return diff.toString();
  }

  /// The texts of the input, which tell as much as the first hunk.
  private static @Nullable String wanted(String tool, String file, JsonNode input) {
    return switch (tool) {
      case "Write" -> texts(file, "", Json.text(input, "content"));
      case "Edit" -> texts(file, Json.text(input, "old_string"), Json.text(input, "new_string"));
      case "MultiEdit" -> several(file, input.path("edits"));
      case "NotebookEdit" -> texts(file, "", Json.text(input, "new_source"));
      default -> null;
    };
  }

  private static @Nullable String several(String file, JsonNode edits) {
    var diff = new StringBuilder();
    for (var edit : Json.list(edits)) {
      var one = texts(file, Json.text(edit, "old_string"), Json.text(edit, "new_string"));
      diff.append(one == null ? "" : one);
    }
    return diff.isEmpty() ? null : diff.toString();
  }

  private static @Nullable String texts(
      String file, @Nullable String before, @Nullable String after) {
    return before == null || after == null ? null : EditDiff.unified(file, before, after);
  }

  private static long number(JsonNode hunk, String key) {
    var number = Json.number(hunk, key);
    return number == null ? 0 : number;
  }
}
