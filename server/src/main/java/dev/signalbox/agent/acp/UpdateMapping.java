package dev.signalbox.agent.acp;

import dev.signalbox.agent.AgentEvent;
import dev.signalbox.agent.wire.Json;
import dev.signalbox.event.Item;
import dev.signalbox.event.Usage;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/// What a `session/update` means. A pure function of the update and of what is known of the tool
/// call it is about, used by every path that speaks ACP.
final class UpdateMapping {
  private UpdateMapping() {}

  /// @param events what is to be told, in order
  /// @param card the tool call as known from now on, when the update was about one
  record Mapped(List<AgentEvent> events, @Nullable ToolCard card) {
    Mapped {
      events = List.copyOf(events);
    }
  }

  /// @param update the `update` of the notification, whatever it is
  /// @param cards finds what is known of a tool call by the agent's id of it
  static Mapped map(JsonNode update, Function<String, @Nullable ToolCard> cards) {
    return switch (Json.text(update, "sessionUpdate", "")) {
      case "agent_message_chunk" -> events(message(update));
      case "agent_thought_chunk" -> events(thought(update));
      case "user_message_chunk" -> events(List.of()); // our own words, or a replay of them
      case "tool_call", "tool_call_update" -> tool(update, cards);
      case "plan" -> events(List.of(plan(update)));
      case "available_commands_update" -> events(List.of(commands(update)));
      case "current_mode_update" -> events(modeChanged(update));
      case "config_option_update" -> events(optionsChanged(update));
      case "session_info_update" -> events(titleChanged(update));
      case "usage_update" -> events(List.of(usage(update)));
      case "notice" -> events(List.of(notice(update)));
      default -> events(List.of(unknown(update)));
    };
  }

  private static Mapped events(List<? extends AgentEvent> events) {
    return new Mapped(List.copyOf(events), null);
  }

  private static List<AgentEvent> message(JsonNode update) {
    var events = new ArrayList<AgentEvent>();
    var text = chunk(update);
    if (!text.isEmpty()) {
      events.add(new AgentEvent.Text(text, messageId(update)));
    }
    // qwen tells usage on an empty chunk after every call of its model.
    var usage = Usages.tokens(update.path("_meta").path("usage"));
    if (usage != null) {
      events.add(new AgentEvent.UsageReported(usage, true));
    }
    return events;
  }

  private static List<AgentEvent> thought(JsonNode update) {
    var text = chunk(update);
    return text.isEmpty() ? List.of() : List.of(new AgentEvent.Reasoning(text, messageId(update)));
  }

  /// The text of a chunk; nothing for pictures, sound and links.
  private static String chunk(JsonNode update) {
    var content = update.path("content");
    return Json.text(content, "type", "").equals("text") ? Json.text(content, "text", "") : "";
  }

  private static @Nullable String messageId(JsonNode update) {
    var id = Json.text(update, "messageId");
    return id != null ? id : Json.text(update.path("_meta").path("goose"), "messageId");
  }

  private static Mapped tool(JsonNode update, Function<String, @Nullable ToolCard> cards) {
    var id = Json.text(update, "toolCallId", "");
    if (id.isEmpty()) {
      return events(List.of(unknown(update)));
    }
    var before = cards.apply(id);
    var card = (before == null ? ToolCard.unknown(id) : before).with(update);
    return new Mapped(List.of(card.event()), card);
  }

  private static AgentEvent plan(JsonNode update) {
    var entries = new ArrayList<Item.PlanEntry>();
    for (var entry : Json.list(update.path("entries"))) {
      entries.add(
          new Item.PlanEntry(
              Json.text(entry, "content", ""),
              Json.text(entry, "status", "pending"),
              Json.text(entry, "priority")));
    }
    return new AgentEvent.Plan(entries);
  }

  private static AgentEvent commands(JsonNode update) {
    var commands = new ArrayList<AgentEvent.Commands.Command>();
    for (var command : Json.list(update.path("availableCommands"))) {
      var name = Json.text(command, "name", "");
      if (!name.isEmpty()) {
        commands.add(
            new AgentEvent.Commands.Command(
                name, Json.text(command, "description"), Json.text(command.path("input"), "hint")));
      }
    }
    return new AgentEvent.Commands(commands);
  }

  private static List<AgentEvent> modeChanged(JsonNode update) {
    var mode = Json.text(update, "currentModeId");
    return mode == null ? List.of() : List.of(new AgentEvent.ModeChanged(mode, null));
  }

  private static List<AgentEvent> optionsChanged(JsonNode update) {
    var offers = OfferMapping.offers(update);
    return offers.mode() == null && offers.model() == null
        ? List.of()
        : List.of(new AgentEvent.ModeChanged(offers.mode(), offers.model()));
  }

  private static List<AgentEvent> titleChanged(JsonNode update) {
    var title = Json.text(update, "title", "");
    return title.isBlank() ? List.of() : List.of(new AgentEvent.TitleChanged(title));
  }

  private static AgentEvent usage(JsonNode update) {
    var cost = update.path("cost");
    var amount = cost.path("amount");
    return new AgentEvent.UsageReported(
        new Usage(
            null,
            null,
            null,
            null,
            null,
            Json.number(update, "used"),
            Json.number(update, "size"),
            amount.isNumber() ? Double.valueOf(amount.asDouble(0)) : null,
            Json.text(cost, "currency")),
        false);
  }

  private static AgentEvent notice(JsonNode update) {
    var level =
        switch (Json.text(update, "severity", "info")) {
          case "error" -> "error";
          case "warning" -> "warn";
          default -> "info";
        };
    var title = Json.text(update, "title", "");
    var more = Json.text(update, "description", "");
    return new AgentEvent.Notice(
        "agent-notice", level, more.isEmpty() ? title : title + "\n" + more);
  }

  static AgentEvent unknown(JsonNode update) {
    return new AgentEvent.Unknown(
        Json.text(update, "sessionUpdate", "unknown"), Json.bounded(update));
  }
}
