package dev.signalbox.agent.acp;

import dev.signalbox.agent.Capabilities;
import dev.signalbox.agent.wire.Json;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/// What an agent answered to `initialize`.
///
/// @param version of the agent, when it tells
/// @param loginAdvice what the agent itself says about logging in
/// @param signIns the ids of the ways in it offers
/// @param httpServers whether it takes MCP servers that are reached by HTTP
record Introduction(
    long protocol,
    Capabilities capabilities,
    @Nullable String version,
    @Nullable String loginAdvice,
    List<String> signIns,
    boolean httpServers) {
  static final Introduction NONE =
      new Introduction(0, Capabilities.NONE, null, null, List.of(), false);

  static Introduction of(JsonNode answer) {
    var told = answer.path("agentCapabilities");
    var session = told.path("sessionCapabilities");
    var protocol = Json.number(answer, "protocolVersion");
    return new Introduction(
        protocol == null ? 0 : protocol,
        new Capabilities(
            Json.flag(told, "loadSession"),
            Json.has(session, "resume"),
            Json.has(session, "fork"),
            Json.has(session, "list"),
            Json.has(session, "close"),
            Json.flag(told.path("promptCapabilities"), "image"),
            true,
            false),
        Json.text(answer.path("agentInfo"), "version"),
        advice(answer.path("authMethods")),
        Json.list(answer.path("authMethods")).stream()
            .map(method -> Json.text(method, "id", ""))
            .toList(),
        Json.flag(told.path("mcpCapabilities"), "http"));
  }

  private static @Nullable String advice(JsonNode methods) {
    for (var method : Json.list(methods)) {
      var description = Json.text(method, "description");
      if (description != null && !description.isBlank()) {
        return description;
      }
    }
    return null;
  }
}
