package dev.signalbox.agent.codex;

import dev.signalbox.agent.AgentEvent.AskKind;
import dev.signalbox.agent.wire.Json;
import dev.signalbox.event.Item;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/// What comes of an MCP server: the permission to use one of its tools, which Codex asks for in the
/// same way, a form, or a page to visit. Pure.
final class Elicitation {
  private Elicitation() {}

  /// Empty for ways of asking that we do not know.
  static Optional<Question> question(JsonNode params, AskMapping.Items items) {
    if (Json.text(params.path("_meta"), "codex_approval_kind", "").equals("mcp_tool_call")) {
      return Optional.of(tool(params, items));
    }
    return switch (Json.text(params, "mode", "form")) {
      case "form", "openai/form", "openaiForm" -> Optional.of(form(params));
      case "url" -> Optional.of(page(params));
      default -> Optional.empty();
    };
  }

  /// It names no item: the newest open call of that tool is meant.
  private static Question tool(JsonNode params, AskMapping.Items items) {
    var server = Json.text(params, "serverName", "mcp");
    var meta = params.path("_meta");
    var name = Json.text(meta, "tool_name", "");
    var card =
        items
            .openCall()
            .apply(call ->
                call.type().equals("mcpToolCall")
                    && Json.text(call.item(), "server", "").equals(server)
                    && Json.text(call.item(), "tool", "").equals(name));
    var input = Json.tells(meta.path("tool_params")) ? meta.path("tool_params") : null;
    var tool =
        card == null
            ? new Item.Tool(name, "mcp", server + ": " + name, input, List.of(), null)
            : ToolCalls.tool(card.item()).orElseThrow();
    return AskMapping.permission(
        tool.title(),
        card == null ? null : card.id(),
        tool,
        input,
        null,
        new Question.Answers(accepted(Json.object()), action("decline"), action("cancel")));
  }

  private static Question form(JsonNode params) {
    return new Question(
        AskKind.QUESTION,
        Json.text(params, "message", "A question"),
        null,
        null,
        null,
        null,
        params.path("requestedSchema"),
        new Question.Answers(
            accepted(Json.object()), action("decline"), action("cancel"), Elicitation::accepted));
  }

  private static Question page(JsonNode params) {
    return AskMapping.permission(
        Json.text(params, "message", "Visit a page"),
        null,
        null,
        Json.object().put("url", Json.text(params, "url", "")),
        null,
        new Question.Answers(accepted(Json.object()), action("decline"), action("cancel")));
  }

  private static JsonNode accepted(JsonNode content) {
    return Json.object().put("action", "accept").set("content", content);
  }

  private static JsonNode action(String word) {
    return Json.object().put("action", word);
  }
}
