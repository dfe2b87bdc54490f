package dev.signalbox.agent.acp;

import dev.signalbox.agent.AgentThread;
import dev.signalbox.agent.Prompt;
import dev.signalbox.agent.ThreadSettings;
import dev.signalbox.agent.wire.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.util.Base64;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/// The messages we send, as version 1 of the protocol wants them.
final class Requests {
  static final int PROTOCOL = 1;

  private Requests() {}

  /// Offers nothing: an agent reads, writes and runs by itself, in its sandbox. What is not offered
  /// must not be answered either.
  static ObjectNode initialize() {
    var params = Json.object().put("protocolVersion", PROTOCOL);
    var capabilities = params.putObject("clientCapabilities");
    capabilities.putObject("fs").put("readTextFile", false).put("writeTextFile", false);
    capabilities.put("terminal", false);
    var version = AgentThread.class.getPackage().getImplementationVersion();
    params
        .putObject("clientInfo")
        .put("name", "signalbox")
        .put("title", "Signalbox")
        .put("version", version == null ? "0" : version);
    return params;
  }

  static ObjectNode newSession(ThreadSettings settings) {
    var params = Json.object().put("cwd", settings.directory().toString());
    params.putArray("mcpServers");
    return params;
  }

  /// Of `session/load` and `session/resume`.
  static ObjectNode existingSession(String session, ThreadSettings settings) {
    return newSession(settings).put("sessionId", session);
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
