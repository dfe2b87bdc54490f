package dev.signalbox.agent.codex;

import dev.signalbox.agent.AgentEvent.AskKind;
import dev.signalbox.agent.wire.Json;
import dev.signalbox.event.Item;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// What Codex asks for, and how each answer is said. A pure function of the request and of what is
/// known of the item it is about.
final class AskMapping {
  private AskMapping() {}

  /// What is known of the items of the turn.
  ///
  /// @param byId finds one by its id
  /// @param openCall finds the newest tool call that is not over and fits
  record Items(
      Function<String, @Nullable ItemCard> byId,
      Function<Predicate<ItemCard>, @Nullable ItemCard> openCall) {
    static final Items NONE = new Items(id -> null, fits -> null);
  }

  /// Empty for a request that we do not serve.
  static Optional<Question> question(String method, JsonNode params, Items items) {
    return switch (method) {
      case "item/commandExecution/requestApproval" -> Optional.of(command(params, items));
      case "item/fileChange/requestApproval" -> Optional.of(edit(params, items));
      case "item/permissions/requestApproval" -> Optional.of(permissions(params));
      case "item/tool/requestUserInput" -> Optional.of(UserInput.question(params));
      case "mcpServer/elicitation/request" -> Elicitation.question(params, items);
      default -> Optional.empty();
    };
  }

  private static Question command(JsonNode params, Items items) {
    var id = Json.text(params, "itemId", "");
    var known = items.byId().apply(id);
    var card =
        (known == null ? ItemCard.unknown(id, "commandExecution") : known).with(told(params));
    var tool = ToolCalls.tool(card.item()).orElseThrow();
    var network = params.path("networkApprovalContext");
    var input = tool.input() instanceof ObjectNode object ? object.deepCopy() : Json.object();
    for (var more : List.of("reason", "networkApprovalContext", "additionalPermissions")) {
      if (Json.tells(params.path(more))) {
        input.set(more, params.path(more));
      }
    }
    var title =
        Json.tells(network)
            ? "Connect to " + Json.text(network, "host", "the network")
            : tool.title();
    return permission(title, id, tool, input, null, decisions());
  }

  /// Of what a request tells of its command.
  static JsonNode told(JsonNode params) {
    var told = Json.object();
    for (var field : List.of("command", "cwd", "commandActions")) {
      if (Json.tells(params.path(field))) {
        told.set(field, params.path(field));
      }
    }
    return told;
  }

  /// The request itself does not say what would change; the item before it does.
  private static Question edit(JsonNode params, Items items) {
    var id = Json.text(params, "itemId", "");
    var known = items.byId().apply(id);
    var card = known == null ? ItemCard.unknown(id, "fileChange") : known;
    var tool = ToolCalls.tool(card.item()).orElseThrow();
    var input = Json.object();
    for (var more : List.of("reason", "grantRoot")) {
      if (Json.tells(params.path(more))) {
        input.set(more, params.path(more));
      }
    }
    return permission(
        tool.title(),
        id,
        tool,
        input.isEmpty() ? null : input,
        ToolCalls.diff(card.item()),
        decisions());
  }

  /// More powers than its sandbox has: granted for this turn alone.
  private static Question permissions(JsonNode params) {
    var granted = Json.object().put("scope", "turn");
    granted.set("permissions", params.path("permissions"));
    var nothing = Json.object().put("scope", "turn");
    nothing.putObject("permissions");
    var title = Json.text(params, "reason", "");
    return permission(
        title.isBlank() ? "More permissions" : title,
        Json.text(params, "itemId"),
        null,
        Json.object().set("permissions", params.path("permissions")),
        null,
        new Question.Answers(granted, nothing, nothing));
  }

  static Question permission(
      String title,
      @Nullable String callId,
      Item.@Nullable Tool tool,
      @Nullable JsonNode input,
      @Nullable String diff,
      Question.Answers answers) {
    var about = callId == null || callId.isEmpty() ? null : callId;
    return new Question(AskKind.PERMISSION, title, about, tool, input, diff, null, answers);
  }

  /// `decline` lets the turn go on, `cancel` ends it.
  private static Question.Answers decisions() {
    return new Question.Answers(decision("accept"), decision("decline"), decision("cancel"));
  }

  private static JsonNode decision(String word) {
    return Json.object().put("decision", word);
  }
}
