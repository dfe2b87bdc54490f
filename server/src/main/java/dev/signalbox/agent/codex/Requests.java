package dev.signalbox.agent.codex;

import dev.signalbox.agent.AgentThread;
import dev.signalbox.agent.McpServer;
import dev.signalbox.agent.Prompt;
import dev.signalbox.agent.ThreadSettings;
import dev.signalbox.agent.wire.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// The requests we send, as `codex app-server` wants them. Pure but for the images it reads.
final class Requests {
  private static final int LISTED = 100;

  private Requests() {}

  /// The experimental interface has plan mode and the commands that were left running.
  static ObjectNode initialize() {
    var params = Json.object();
    var version = AgentThread.class.getPackage().getImplementationVersion();
    params
        .putObject("clientInfo")
        .put("name", "signalbox")
        .put("title", "Signalbox")
        .put("version", version == null ? "0" : version);
    params.putObject("capabilities").put("experimentalApi", true).put("requestAttestation", false);
    return params;
  }

  /// Of `thread/start`.
  static ObjectNode thread(ThreadSettings settings) {
    var readOnly = settings.readOnly();
    var params =
        Json.object()
            .put("cwd", settings.directory().toString())
            .put("approvalPolicy", Mode.USUAL.approvals(readOnly))
            .put("sandbox", readOnly ? "read-only" : "workspace-write");
    if (!settings.servers().isEmpty()) {
      var config = params.putObject("config");
      settings
          .servers()
          .forEach(server -> config.set("mcp_servers." + server.name(), server(server)));
    }
    return params;
  }

  /// Of `thread/resume` and `thread/fork`: without the turns, which the journal has.
  static ObjectNode existing(String id, ThreadSettings settings) {
    return thread(settings).put("threadId", id).put("excludeTurns", true);
  }

  /// Of `thread/list`: of every model provider, newest first.
  static ObjectNode list(Path directory) {
    var params =
        Json.object()
            .put("cwd", directory.toString())
            .put("limit", LISTED)
            .put("sortKey", "updated_at");
    params.putArray("modelProviders");
    return params;
  }

  /// Of everything that is about a whole conversation.
  static ObjectNode ofThread(String id) {
    return Json.object().put("threadId", id);
  }

  static ObjectNode interrupt(String thread, String turn) {
    return ofThread(thread).put("turnId", turn);
  }

  static ObjectNode terminate(String thread, String process) {
    return ofThread(thread).put("processId", process);
  }

  static ObjectNode lastTurn(String thread) {
    return ofThread(thread).put("limit", 1).put("sortDirection", "desc");
  }

  static ObjectNode steer(String thread, String turn, ArrayNode input) {
    return ofThread(thread).put("expectedTurnId", turn).set("input", input);
  }

  /// Of `turn/start`. What the turn may do is said with every one of them.
  ///
  /// @param writing Codex's own policy of a sandbox that lets the folder be written, or a missing
  ///   node
  static ObjectNode turn(
      String thread,
      ArrayNode input,
      Choices.Chosen chosen,
      ThreadSettings settings,
      JsonNode writing) {
    var params = ofThread(thread).set("input", input);
    params.put("cwd", settings.directory().toString());
    params.put("approvalPolicy", chosen.mode().approvals(settings.readOnly()));
    params.set("sandboxPolicy", sandbox(chosen.mode().writes(settings.readOnly()), writing));
    if (chosen.model() != null) {
      params.put("model", chosen.model());
    }
    if (chosen.effort() != null) {
      params.put("effort", chosen.effort());
    }
    boolean plans = chosen.mode() == Mode.PLAN;
    if (chosen.model() != null && (plans || chosen.planned())) {
      params
          .putObject("collaborationMode")
          .put("mode", plans ? "plan" : "default")
          .putObject("settings")
          .put("model", chosen.model())
          .put("reasoning_effort", chosen.effort())
          .putNull("developer_instructions");
    }
    return params;
  }

  /// The text exactly as given, then the images, inline: the sandbox of the process need not be
  /// able to read their files.
  static ArrayNode input(Prompt prompt) throws IOException {
    var input = Json.object().putArray("input");
    if (!prompt.text().isEmpty() || prompt.images().isEmpty()) {
      input.addObject().put("type", "text").put("text", prompt.text()).putArray("text_elements");
    }
    for (var image : prompt.images()) {
      var bytes = Base64.getEncoder().encodeToString(Files.readAllBytes(image.file()));
      input
          .addObject()
          .put("type", "image")
          .put("url", "data:" + image.type() + ";base64," + bytes);
    }
    return input;
  }

  private static JsonNode sandbox(boolean writes, JsonNode writing) {
    if (!writes) {
      return Json.object().put("type", "readOnly").put("networkAccess", false);
    }
    return writing.isObject() ? writing : Json.object().put("type", "workspaceWrite");
  }

  private static JsonNode server(McpServer server) {
    var config = Json.object();
    switch (server) {
      case McpServer.Stdio(_, var argv, var environment) -> {
        config.put("command", argv.getFirst());
        var args = config.putArray("args");
        argv.subList(1, argv.size()).forEach(args::add);
        var env = config.putObject("env");
        environment.forEach(env::put);
      }
      case McpServer.Http(_, var url, var headers) -> {
        config.put("url", url);
        var http = config.putObject("http_headers");
        headers.forEach(http::put);
      }
    }
    return config;
  }
}
