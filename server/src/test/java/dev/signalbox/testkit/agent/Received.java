package dev.signalbox.testkit.agent;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Reads what [ScriptedAgent]s wrote to the log of their [Habits]: one JSON line per start
/// (`{"start":PID}`) and per received message (`{"pid":PID,"got":MESSAGE}`).
public record Received(Path log) {
  private static final JsonMapper JSON = JsonMapper.builder().build();

  /// How many processes were started.
  public int starts() {
    return (int) lines().stream().filter(line -> line.has("start")).count();
  }

  /// Pids in the order of their starts, as the processes know them: in a PID namespace these are
  /// not the machine's.
  public List<Long> pids() {
    return lines().stream().filter(l -> l.has("start")).map(l -> l.get("start").asLong()).toList();
  }

  /// Every message of all processes, in the order received.
  public List<JsonNode> messages() {
    return lines().stream().filter(line -> line.has("got")).map(line -> line.get("got")).toList();
  }

  public List<JsonNode> messages(String method) {
    return messages().stream()
        .filter(message -> message.path("method").asString("").equals(method))
        .toList();
  }

  /// Answers to the agent's own requests.
  public List<JsonNode> answers() {
    return messages().stream().filter(message -> !message.has("method")).toList();
  }

  private List<JsonNode> lines() {
    try {
      if (!Files.exists(log)) {
        return List.of();
      }
      var text = Files.readString(log);
      // A line that is being written just now is not there yet.
      return text.substring(0, text.lastIndexOf('\n') + 1).lines().map(JSON::readTree).toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
