package dev.signalbox.agent.opencode;

import dev.signalbox.agent.AgentEvent;
import dev.signalbox.agent.McpServer;
import dev.signalbox.agent.Prompt;
import dev.signalbox.agent.wire.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.util.Base64;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/// What we send.
final class Requests {
  /// What a read-only conversation may not do, whatever the user's own configuration allows.
  private static final List<String> FORBIDDEN = List.of("edit", "bash");

  private Requests() {}

  static String session(String id) {
    return "/session/" + OpencodeServer.segment(id);
  }

  static ObjectNode newSession(boolean readOnly) {
    var body = Json.object();
    if (readOnly) {
      var rules = body.putArray("permission");
      for (var permission : FORBIDDEN) {
        rules.addObject().put("permission", permission).put("pattern", "*").put("action", "deny");
      }
    }
    return body;
  }

  /// For the environment of a read-only process: the rules of a session do not bind its subagents.
  static String readOnlyPermissions() {
    var rules = Json.object();
    FORBIDDEN.forEach(permission -> rules.put(permission, "deny"));
    return rules.toString();
  }

  /// A command that the prompt begins with: `/name words`.
  record Command(String name, String words) {}

  /// The command of that prompt, or null when it is none that is known.
  static @Nullable Command command(String text, List<AgentEvent.Commands.Command> known) {
    if (!text.startsWith("/")) {
      return null;
    }
    int end = 1;
    while (end < text.length() && !Character.isWhitespace(text.charAt(end))) {
      end++;
    }
    var name = text.substring(1, end);
    return known.stream().anyMatch(command -> command.name().equals(name))
        ? new Command(name, text.substring(end).strip())
        : null;
  }

  static ObjectNode prompt(String message, Prompt prompt, Choices choices) throws IOException {
    var body = Json.object().put("messageID", message);
    choices.write(body, false);
    var parts = body.putArray("parts");
    if (!prompt.text().isEmpty() || prompt.images().isEmpty()) {
      parts.addObject().put("type", "text").put("text", prompt.text());
    }
    for (var image : prompt.images()) {
      write(image, parts.addObject());
    }
    return body;
  }

  static ObjectNode command(String message, Command command, Prompt prompt, Choices choices)
      throws IOException {
    var body =
        Json.object()
            .put("messageID", message)
            .put("command", command.name())
            .put("arguments", command.words());
    choices.write(body, true);
    if (!prompt.images().isEmpty()) {
      var parts = body.putArray("parts");
      for (var image : prompt.images()) {
        write(image, parts.addObject());
      }
    }
    return body;
  }

  static ObjectNode server(McpServer server) {
    var body = Json.object().put("name", server.name());
    var config = body.putObject("config");
    switch (server) {
      case McpServer.Stdio(var _, var argv, var environment) -> {
        var command = config.put("type", "local").putArray("command");
        argv.forEach(command::add);
        var variables = config.putObject("environment");
        environment.forEach(variables::put);
      }
      case McpServer.Http(var _, var url, var headers) -> {
        var given = config.put("type", "remote").put("url", url).putObject("headers");
        headers.forEach(given::put);
      }
    }
    return body;
  }

  private static void write(Prompt.Image image, ObjectNode part) throws IOException {
    var bytes = Files.readAllBytes(image.file());
    part.put("type", "file")
        .put("mime", image.type())
        .put("filename", String.valueOf(image.file().getFileName()))
        .put(
            "url", "data:" + image.type() + ";base64," + Base64.getEncoder().encodeToString(bytes));
  }
}
