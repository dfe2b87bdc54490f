package dev.signalbox.agent.acp;

import dev.signalbox.agent.Agent;
import dev.signalbox.agent.AgentThread;
import dev.signalbox.agent.McpServer;
import dev.signalbox.agent.Prompt;
import dev.signalbox.agent.wire.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// The messages we send, as version 1 of the protocol wants them.
final class Requests {
  static final int PROTOCOL = 1;

  private Requests() {}

  /// Offers forms, and nothing else: an agent reads, writes and runs by itself, in its sandbox.
  /// What is not offered must not be answered either.
  static ObjectNode initialize() {
    var params = Json.object().put("protocolVersion", PROTOCOL);
    var capabilities = params.putObject("clientCapabilities");
    capabilities.putObject("fs").put("readTextFile", false).put("writeTextFile", false);
    capabilities.put("terminal", false);
    capabilities.putObject("elicitation").putObject("form");
    var version = AgentThread.class.getPackage().getImplementationVersion();
    params
        .putObject("clientInfo")
        .put("name", "signalbox")
        .put("title", "Signalbox")
        .put("version", version == null ? "0" : version);
    return params;
  }

  /// @param servers those the agent can reach
  static ObjectNode newSession(Path directory, List<McpServer> servers) {
    var params = Json.object().put("cwd", directory.toString());
    var list = params.putArray("mcpServers");
    for (var server : servers) {
      switch (server) {
        case McpServer.Stdio(var name, var argv, var environment) -> {
          var stdio = list.addObject().put("name", name).put("command", argv.getFirst());
          var arguments = stdio.putArray("args");
          argv.stream().skip(1).forEach(arguments::add);
          pairs(environment, stdio.putArray("env"));
        }
        case McpServer.Http(var name, var url, var headers) -> {
          var http = list.addObject().put("type", "http").put("name", name).put("url", url);
          pairs(headers, http.putArray("headers"));
        }
      }
    }
    return params;
  }

  /// Of `session/load`, `session/resume` and `session/fork`.
  static ObjectNode existingSession(String session, Path directory, List<McpServer> servers) {
    return newSession(directory, servers).put("sessionId", session);
  }

  static ObjectNode list(Path directory, @Nullable String cursor) {
    var params = Json.object().put("cwd", directory.toString());
    return cursor == null ? params : params.put("cursor", cursor);
  }

  /// The address and headers go where gemini looks for those of a gateway.
  static ObjectNode authenticate(Agent.SignIn how) {
    var params = Json.object().put("methodId", how.method());
    if (how.url() != null) {
      var gateway = params.putObject("_meta").putObject("gateway").put("baseUrl", how.url());
      var headers = gateway.putObject("headers");
      new TreeMap<>(how.headers()).forEach(headers::put);
    }
    return params;
  }

  private static void pairs(Map<String, String> values, ArrayNode into) {
    new TreeMap<>(values)
        .forEach((name, value) -> into.addObject().put("name", name).put("value", value));
  }

  /// Of `session/cancel` and `session/close`.
  static ObjectNode session(String session) {
    return Json.object().put("sessionId", session);
  }

  static ObjectNode setOption(String session, String option, String value) {
    return session(session).put("configId", option).put("value", value);
  }

  static ObjectNode setMode(String session, String mode) {
    return session(session).put("modeId", mode);
  }

  /// Not in the schema any more, but the only way with agents that tell `models`.
  static ObjectNode setModel(String session, String model) {
    return session(session).put("modelId", model);
  }

  /// The text exactly as given, then the images: inline where the agent takes images, as links to
  /// the files otherwise, which every agent must take.
  static ObjectNode prompt(String session, Prompt prompt, boolean images) throws IOException {
    var params = session(session);
    var blocks = params.putArray("prompt");
    if (!prompt.text().isEmpty() || prompt.images().isEmpty()) {
      blocks.addObject().put("type", "text").put("text", prompt.text());
    }
    for (var image : prompt.images()) {
      if (images) {
        var bytes = Files.readAllBytes(image.file());
        blocks
            .addObject()
            .put("type", "image")
            .put("mimeType", image.type())
            .put("data", Base64.getEncoder().encodeToString(bytes));
      } else {
        blocks
            .addObject()
            .put("type", "resource_link")
            .put("name", String.valueOf(image.file().getFileName()))
            .put("uri", image.file().toUri().toString())
            .put("mimeType", image.type());
      }
    }
    return params;
  }

  /// Makes the params of a prompt those of a prompt to another session, with another text.
  static void begunAnew(ObjectNode params, String session, String text) {
    params.put("sessionId", session);
    var blocks = params.withArray("prompt");
    if (blocks.path(0).path("type").stringValue("").equals("text")) {
      blocks.remove(0);
    }
    blocks.insertObject(0).put("type", "text").put("text", text);
  }

  /// The answer to an elicitation.
  ///
  /// @param content what was filled in, for `accept`
  static ObjectNode elicitation(String action, @Nullable ObjectNode content) {
    var answer = Json.object().put("action", action);
    if (content != null) {
      answer.set("content", content);
    }
    return answer;
  }

  /// The answer to a permission request; null cancels it.
  static ObjectNode permission(@Nullable String option) {
    var answer = Json.object();
    var outcome = answer.putObject("outcome");
    if (option == null) {
      outcome.put("outcome", "cancelled");
    } else {
      outcome.put("outcome", "selected").put("optionId", option);
    }
    return answer;
  }
}
