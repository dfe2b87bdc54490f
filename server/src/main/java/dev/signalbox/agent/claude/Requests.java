package dev.signalbox.agent.claude;

import dev.signalbox.agent.McpServer;
import dev.signalbox.agent.Prompt;
import dev.signalbox.agent.wire.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import tools.jackson.databind.node.ObjectNode;

/// What we say to the agent: the arguments it is started with and the messages. Pure, but for the
/// reading of images.
final class Requests {
  private static final List<String> ALWAYS =
      List.of(
          "-p",
          "--input-format",
          "stream-json",
          "--output-format",
          "stream-json",
          "--verbose",
          "--include-partial-messages",
          "--permission-prompt-tool",
          "stdio");

  private Requests() {}

  /// @param argv of the registry entry
  /// @param mode without it the agent's own default counts, which changes between versions
  /// @param which the arguments that say which conversation
  static List<String> command(List<String> argv, String mode, List<String> which) {
    var command = new ArrayList<>(argv);
    command.addAll(ALWAYS);
    command.addAll(List.of("--permission-mode", mode));
    command.addAll(which);
    return List.copyOf(command);
  }

  static ObjectNode request(String id, ObjectNode request) {
    return Json.object()
        .put("type", "control_request")
        .put("request_id", id)
        .set("request", request);
  }

  static ObjectNode subtype(String subtype) {
    return Json.object().put("subtype", subtype);
  }

  static ObjectNode success(String id, ObjectNode response) {
    var message = Json.object().put("type", "control_response");
    message
        .putObject("response")
        .put("subtype", "success")
        .put("request_id", id)
        .set("response", response);
    return message;
  }

  static ObjectNode error(String id, String error) {
    var message = Json.object().put("type", "control_response");
    message.putObject("response").put("subtype", "error").put("request_id", id).put("error", error);
    return message;
  }

  /// The servers go over the line and not into the arguments, which everybody on the machine can
  /// read: they may hold keys.
  static ObjectNode servers(List<McpServer> servers) {
    var request = subtype("mcp_set_servers");
    var all = request.putObject("servers");
    for (var server : servers) {
      var one = all.putObject(server.name());
      switch (server) {
        case McpServer.Stdio(var name, var argv, var environment) -> {
          one.put("type", "stdio").put("command", argv.getFirst());
          var args = one.putArray("args");
          argv.stream().skip(1).forEach(args::add);
          var env = one.putObject("env");
          environment.forEach(env::put);
        }
        case McpServer.Http(var name, var url, var headers) -> {
          one.put("type", "http").put("url", url);
          var sent = one.putObject("headers");
          headers.forEach(sent::put);
        }
      }
    }
    return request;
  }

  /// The text exactly as given, then the images.
  static ObjectNode prompt(Prompt prompt) throws IOException {
    var message = Json.object().put("type", "user");
    var content = message.putObject("message").put("role", "user").putArray("content");
    if (!prompt.text().isEmpty() || prompt.images().isEmpty()) {
      content.addObject().put("type", "text").put("text", prompt.text());
    }
    for (var image : prompt.images()) {
      content
          .addObject()
          .put("type", "image")
          .putObject("source")
          .put("type", "base64")
          .put("media_type", image.type())
          .put("data", Base64.getEncoder().encodeToString(Files.readAllBytes(image.file())));
    }
    return message.put("session_id", "").putNull("parent_tool_use_id");
  }
}
