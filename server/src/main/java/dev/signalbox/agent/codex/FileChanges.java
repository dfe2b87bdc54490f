package dev.signalbox.agent.codex;

import dev.signalbox.agent.wire.EditDiff;
import dev.signalbox.agent.wire.Json;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/// The changes of an edit: Codex gives the whole text of a file that is new or goes, and hunks
/// without a head for one that changes. Pure.
final class FileChanges {
  private FileChanges() {}

  /// One unified diff of all of them, null when there is none.
  static @Nullable String diff(JsonNode changes) {
    var all = Json.list(changes).stream().map(FileChanges::one).collect(Collectors.joining());
    return all.isEmpty() ? null : all;
  }

  /// Every path that is named, also the one a file is moved to.
  static List<String> paths(JsonNode changes) {
    var paths = new LinkedHashSet<String>();
    for (var change : Json.list(changes)) {
      for (var path :
          List.of(Json.text(change, "path", ""), Json.text(change.path("kind"), "move_path", ""))) {
        if (!path.isEmpty()) {
          paths.add(path);
        }
      }
    }
    return List.copyOf(paths);
  }

  static String kind(JsonNode changes) {
    var all = Json.list(changes);
    return !all.isEmpty() && all.stream().allMatch(change -> type(change).equals("delete"))
        ? "delete"
        : "edit";
  }

  private static String one(JsonNode change) {
    var path = Json.text(change, "path", "file");
    var diff = Json.text(change, "diff", "");
    return switch (type(change)) {
      case "add" -> EditDiff.unified(path, null, diff);
      case "delete" -> deleted(path, diff);
      default -> changed(path, Json.text(change.path("kind"), "move_path", path), diff);
    };
  }

  private static String changed(String path, String after, String diff) {
    var hunks = diff.endsWith("\n") || diff.isEmpty() ? diff : diff + "\n";
    return hunks.startsWith("--- ") || hunks.startsWith("diff ")
        ? hunks
        : "--- a/" + stripped(path) + "\n+++ b/" + stripped(after) + "\n" + hunks;
  }

  /// The content of a file that goes is told as it is, in older versions as a diff.
  private static String deleted(String path, String content) {
    if (content.startsWith("--- ") || content.startsWith("diff ") || content.startsWith("@@ ")) {
      return changed(path, path, content);
    }
    var lines = content.lines().toList();
    var hunk =
        lines.isEmpty()
            ? ""
            : "@@ -1," + lines.size() + " +0,0 @@\n-" + String.join("\n-", lines) + "\n";
    return "--- a/" + stripped(path) + "\n+++ /dev/null\n" + hunk;
  }

  private static String type(JsonNode change) {
    return Json.text(change.path("kind"), "type", Json.text(change, "kind", ""));
  }

  private static String stripped(String path) {
    return path.startsWith("/") ? path.substring(1) : path;
  }
}
