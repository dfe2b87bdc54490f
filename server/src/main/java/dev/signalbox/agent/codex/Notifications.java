package dev.signalbox.agent.codex;

import dev.signalbox.agent.AgentEvent;
import dev.signalbox.agent.wire.Json;
import dev.signalbox.event.Item;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/// What a notification of a turn means. A pure function of the notification and of what is known of
/// the item it is about.
///
/// Not here, because they are about more than one item: the begin and end of a turn, the tokens
/// used, and requests that are over.
final class Notifications {
  /// Nothing in them is for the user: states we keep ourselves, or what is told elsewhere, too (the
  /// diff of a turn is that of its edits).
  private static final Set<String> SILENT =
      Set.of(
          "turn/started",
          "turn/completed",
          "turn/diff/updated",
          "turn/moderationMetadata",
          "thread/started",
          "thread/status/changed",
          "thread/readState/changed",
          "thread/settings/updated",
          "thread/closed",
          "thread/archived",
          "thread/unarchived",
          "thread/compacted",
          "thread/goal/updated",
          "thread/goal/cleared",
          "thread/queue/changed",
          "thread/environment/connected",
          "thread/environment/disconnected",
          "serverRequest/resolved",
          "hook/started",
          "hook/completed",
          "item/commandExecution/terminalInteraction",
          "item/autoApprovalReview/started",
          "item/autoApprovalReview/completed",
          "mcpServer/startupStatus/updated",
          "model/verification",
          "model/safetyBuffering/updated",
          "deprecationNotice");

  /// Items that say nothing: our own words, and marks of Codex's.
  private static final Set<String> SILENT_ITEMS =
      Set.of(
          "userMessage",
          "hookPrompt",
          "functionCallOutput",
          "enteredReviewMode",
          "exitedReviewMode",
          "subAgentActivity");

  private Notifications() {}

  /// @param events what is to be told, in order
  /// @param card the item as known from now on, when the notification was about one
  record Mapped(List<AgentEvent> events, @Nullable ItemCard card) {
    Mapped {
      events = List.copyOf(events);
    }
  }

  /// @param cards finds what is known of an item by its id
  /// @param parent the tool call of the subagent whose turn it is, or null
  static Mapped map(
      String method,
      JsonNode params,
      Function<String, @Nullable ItemCard> cards,
      @Nullable String parent) {
    return switch (method) {
      case "item/started" -> item(params.path("item"), false, cards, parent);
      case "item/completed" -> item(params.path("item"), true, cards, parent);
      case "item/agentMessage/delta" -> prose("agentMessage", params, "", cards, parent);
      case "item/plan/delta" -> prose("plan", params, "", cards, parent);
      case "item/reasoning/summaryTextDelta" -> prose("reasoning", params, "", cards, parent);
      case "item/reasoning/textDelta" -> prose("reasoning", params, "", cards, parent);
      case "item/reasoning/summaryPartAdded" -> newPart(params, cards, parent);
      case "item/commandExecution/outputDelta" -> output("commandExecution", params, cards, parent);
      case "item/fileChange/outputDelta" -> output("fileChange", params, cards, parent);
      case "item/mcpToolCall/progress" -> progress(params, cards, parent);
      case "item/fileChange/patchUpdated" -> patch(params, cards, parent);
      case "turn/plan/updated" -> events(plan(params));
      case "error" -> events(error(params));
      case "warning", "guardianWarning" ->
          events(new AgentEvent.Notice("agent-notice", "warn", Json.text(params, "message", "")));
      case "model/rerouted" -> rerouted(params);
      default ->
          SILENT.contains(method)
              ? new Mapped(List.of(), null)
              : events(new AgentEvent.Unknown(method, Json.bounded(params)));
    };
  }

  private static Mapped events(AgentEvent... events) {
    return new Mapped(List.of(events), null);
  }

  private static Mapped item(
      JsonNode told,
      boolean over,
      Function<String, @Nullable ItemCard> cards,
      @Nullable String parent) {
    var id = Json.text(told, "id", "");
    var type = Json.text(told, "type", "");
    if (id.isEmpty() || SILENT_ITEMS.contains(type)) {
      return new Mapped(List.of(), null);
    }
    var card = known(id, type, cards).with(told);
    return switch (type) {
      case "agentMessage", "plan", "reasoning" ->
          over ? rest(card, parent) : new Mapped(List.of(), card);
      case "contextCompaction" ->
          new Mapped(
              over
                  ? List.of(
                      new AgentEvent.Notice(
                          "compacted",
                          "info",
                          "The agent shortened its memory of this conversation."))
                  : List.of(),
              card);
      default ->
          ToolCalls.event(card, parent)
              .map(call -> new Mapped(List.of(call), card))
              .orElseGet(() ->
                  over
                      ? events(new AgentEvent.Unknown(type, Json.bounded(told)))
                      : new Mapped(List.of(), card));
    };
  }

  /// A completed text says what was not streamed: all of it, or the tail.
  private static Mapped rest(ItemCard card, @Nullable String parent) {
    var whole =
        card.type().equals("reasoning")
            ? joined(card.item().path("summary"))
            : Json.text(card.item(), "text", "");
    var told = card.streamed();
    return whole.length() > told.length() && whole.startsWith(told)
        ? said(card, whole.substring(told.length()), parent)
        : new Mapped(List.of(), card);
  }

  private static Mapped prose(
      String type,
      JsonNode params,
      String before,
      Function<String, @Nullable ItemCard> cards,
      @Nullable String parent) {
    var card = known(Json.text(params, "itemId", ""), type, cards);
    return said(card, before + Json.text(params, "delta", ""), parent);
  }

  private static Mapped said(ItemCard card, String more, @Nullable String parent) {
    if (more.isEmpty()) {
      return new Mapped(List.of(), card);
    }
    AgentEvent event =
        card.type().equals("reasoning")
            ? new AgentEvent.Reasoning(more, card.id(), parent)
            : new AgentEvent.Text(more, card.id(), parent);
    return new Mapped(List.of(event), card.streamed(more));
  }

  /// The second part of a summary, and each later one, begins a paragraph.
  private static Mapped newPart(
      JsonNode params, Function<String, @Nullable ItemCard> cards, @Nullable String parent) {
    var card = known(Json.text(params, "itemId", ""), "reasoning", cards);
    return card.streamed().isEmpty() ? new Mapped(List.of(), card) : said(card, PARAGRAPH, parent);
  }

  private static final String PARAGRAPH = "\n\n";

  private static Mapped output(
      String type,
      JsonNode params,
      Function<String, @Nullable ItemCard> cards,
      @Nullable String parent) {
    var card =
        known(Json.text(params, "itemId", ""), type, cards)
            .streamed(Json.text(params, "delta", ""));
    return tool(card, parent);
  }

  private static Mapped progress(
      JsonNode params, Function<String, @Nullable ItemCard> cards, @Nullable String parent) {
    var card =
        known(Json.text(params, "itemId", ""), "mcpToolCall", cards)
            .streamed(Json.text(params, "message", "") + "\n");
    return tool(card, parent);
  }

  private static Mapped patch(
      JsonNode params, Function<String, @Nullable ItemCard> cards, @Nullable String parent) {
    var card =
        known(Json.text(params, "itemId", ""), "fileChange", cards)
            .with("changes", params.path("changes"));
    return tool(card, parent);
  }

  private static Mapped tool(ItemCard card, @Nullable String parent) {
    return new Mapped(List.copyOf(ToolCalls.event(card, parent).stream().toList()), card);
  }

  private static ItemCard known(
      String id, String type, Function<String, @Nullable ItemCard> cards) {
    var card = cards.apply(id);
    return card == null ? ItemCard.unknown(id, type) : card;
  }

  private static AgentEvent plan(JsonNode params) {
    var entries = new ArrayList<Item.PlanEntry>();
    for (var step : Json.list(params.path("plan"))) {
      var status = Json.text(step, "status", "pending");
      entries.add(
          new Item.PlanEntry(
              Json.text(step, "step", ""),
              status.equals("inProgress") ? "in_progress" : status,
              null));
    }
    return new AgentEvent.Plan(entries);
  }

  /// One that will be tried again is worth a word; the last one is the turn's end, which tells it.
  private static AgentEvent[] error(JsonNode params) {
    return Json.flag(params, "willRetry")
        ? new AgentEvent[] {
          new AgentEvent.Notice(
              "agent-retries",
              "warn",
              "Trying again: " + Json.text(params.path("error"), "message", ""))
        }
        : new AgentEvent[0];
  }

  private static Mapped rerouted(JsonNode params) {
    var to = Json.text(params, "toModel", "another model");
    return events(
        new AgentEvent.ModeChanged(null, to),
        new AgentEvent.Notice(
            "model-rerouted",
            "warn",
            "The agent went on with "
                + to
                + " instead of "
                + Json.text(params, "fromModel", "its model")
                + "."));
  }

  private static String joined(JsonNode parts) {
    return String.join(
        PARAGRAPH, Json.list(parts).stream().map(part -> part.stringValue("")).toList());
  }
}
