package dev.signalbox.agent.codex;

import dev.signalbox.agent.AgentProcess.NativeThread;
import dev.signalbox.agent.wire.Json;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/// What Codex tells of its conversations. Pure.
final class ThreadAnswer {
  private static final int TITLE = 120;

  private ThreadAnswer() {}

  /// Of `thread/list`; what has no id is left out.
  static List<NativeThread> list(JsonNode told) {
    var threads = new ArrayList<NativeThread>();
    for (var thread : Json.list(told.path("data"))) {
      var id = Json.text(thread, "id", "");
      if (!id.isEmpty()) {
        threads.add(new NativeThread(id, title(thread), updatedAt(thread)));
      }
    }
    return threads;
  }

  /// Whether a turn runs in it.
  static boolean active(JsonNode thread) {
    return Json.text(thread.path("status"), "type", "").equals("active");
  }

  /// Its name, or the head of its first prompt.
  private static @Nullable String title(JsonNode thread) {
    var name = Json.text(thread, "name", "");
    var text = name.isBlank() ? Json.text(thread, "preview", "") : name;
    var line = text.strip().lines().findFirst().orElse("");
    return line.isEmpty() ? null : line.length() > TITLE ? line.substring(0, TITLE) + "…" : line;
  }

  private static @Nullable Instant updatedAt(JsonNode thread) {
    var seconds = Json.number(thread, "updatedAt");
    return seconds == null ? null : Instant.ofEpochSecond(seconds);
  }
}
