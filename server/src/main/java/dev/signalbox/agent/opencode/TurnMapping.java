package dev.signalbox.agent.opencode;

import dev.signalbox.agent.AgentEvent;
import dev.signalbox.agent.wire.Json;
import dev.signalbox.event.Item;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/// What the events of one turn mean: a function of the events so far, without input or output. An
/// assistant's message belongs to the turn when the prompt it answers is not older than the turn's
/// own; ids of messages sort by time. Sessions of subagents belong to it when they were begun in
/// it. For the reader thread.
final class TurnMapping {
  private final String session;
  private final String floor;
  private final Map<String, Boolean> messages = new HashMap<>();
  private final Map<String, TextPart> texts = new HashMap<>();
  private final Map<String, AgentEvent.ToolCall> calls = new LinkedHashMap<>();
  private final Map<String, String> askedDiffs = new HashMap<>();
  private final Map<String, String> children = new LinkedHashMap<>();
  private final Set<String> counted = new HashSet<>();
  private List<Item.PlanEntry> plan = List.of();
  private @Nullable JsonNode last;
  private String newestUser = "";
  private @Nullable Long contextSize;

  /// @param floor the id of the prompt's message
  TurnMapping(String session, String floor) {
    this.session = session;
    this.floor = floor;
  }

  /// Of the model, in tokens; told with what is used of it.
  void contextSize(@Nullable Long tokens) {
    contextSize = tokens;
  }

  /// Whether events of that session concern this turn.
  boolean covers(String other) {
    return other.equals(session) || children.containsKey(other);
  }

  /// The sessions of subagents, and the key of the call each came of (empty while not known).
  Map<String, String> children() {
    return Map.copyOf(children);
  }

  /// The newest message of the assistant in this turn, or null.
  @Nullable JsonNode last() {
    return last;
  }

  /// The id of the newest of the user's messages of this turn that the server told of, or empty.
  String newestUser() {
    return newestUser;
  }

  /// The last word on a call.
  AgentEvent.@Nullable ToolCall call(String key) {
    return calls.get(key);
  }

  /// A permission was asked with these differences.
  void asked(String key, String diff) {
    askedDiffs.put(key, diff);
  }

  /// What an event means; nothing when it is not about this turn.
  List<AgentEvent> event(JsonNode event) {
    var properties = event.path("properties");
    return switch (Json.text(event, "type", "")) {
      case "message.updated" -> message(properties.path("info"));
      case "message.part.updated" -> part(properties.path("part"), false);
      case "message.part.delta" -> delta(properties);
      case "todo.updated" -> todos(properties.path("todos"));
      case "session.created", "session.updated" -> child(properties.path("info"));
      case "session.status" -> retry(properties.path("status"));
      case "session.compacted" ->
          List.of(
              new AgentEvent.Notice(
                  "compacted",
                  "info",
                  "opencode replaced the earlier conversation by a summary of it."));
      default -> List.of();
    };
  }

  /// Messages as they are now, read because events may have been missed.
  List<AgentEvent> snapshot(JsonNode list) {
    var events = new ArrayList<AgentEvent>();
    for (var entry : Json.list(list)) {
      events.addAll(message(entry.path("info")));
      for (var part : Json.list(entry.path("parts"))) {
        events.addAll(part(part, true));
      }
    }
    return events;
  }

  /// Pieces of any text that is open may have been missed.
  void gap() {
    texts.values().forEach(TextPart::gap);
  }

  List<AgentEvent> todos(JsonNode list) {
    var entries = new ArrayList<Item.PlanEntry>();
    for (var todo : Json.list(list)) {
      var status = Json.text(todo, "status", "pending");
      entries.add(
          new Item.PlanEntry(
              Json.text(todo, "content", ""),
              status.equals("cancelled") ? "completed" : status,
              Json.text(todo, "priority")));
    }
    if (entries.equals(plan)) {
      return List.of();
    }
    plan = List.copyOf(entries);
    return List.of(new AgentEvent.Plan(entries));
  }

  private List<AgentEvent> message(JsonNode info) {
    var id = Json.text(info, "id", "");
    var of = Json.text(info, "sessionID", "");
    boolean own = of.equals(session);
    if (Json.text(info, "role", "").equals("user")) {
      if (own && id.compareTo(floor) >= 0 && id.compareTo(newestUser) > 0) {
        newestUser = id;
      }
    } else if (own && Json.text(info, "parentID", "").compareTo(floor) >= 0) {
      messages.put(id, Json.flag(info, "summary"));
      if (last == null || id.compareTo(Json.text(last, "id", "")) >= 0) {
        last = info;
      }
    } else if (!own && children.containsKey(of)) {
      messages.put(id, Json.flag(info, "summary"));
    }
    return List.of();
  }

  private List<AgentEvent> part(JsonNode part, boolean snapshot) {
    var summary = messages.get(Json.text(part, "messageID", ""));
    if (summary == null) {
      return List.of(); // the user's own words, or those of another turn
    }
    return switch (Json.text(part, "type", "")) {
      case "text" -> summary ? List.of() : text(part, false, snapshot);
      case "reasoning" -> summary ? List.of() : text(part, true, snapshot);
      case "tool" -> tool(part);
      case "step-finish" -> usage(part);
      // What surrounds an answer: marks of steps, of snapshots, of files that came along.
      case "step-start", "snapshot", "patch", "file", "agent", "subtask", "retry", "compaction" ->
          List.of();
      default -> List.of(new AgentEvent.Unknown(Json.text(part, "type", "part"), bounded(part)));
    };
  }

  private static JsonNode bounded(JsonNode part) {
    return Json.bounded(part);
  }

  private List<AgentEvent> text(JsonNode part, boolean reasoning, boolean snapshot) {
    if (Json.flag(part, "ignored")) {
      return List.of();
    }
    var id = Json.text(part, "id", "");
    var text = texts.computeIfAbsent(id, key -> new TextPart(reasoning));
    boolean finished = Json.number(part.path("time"), "end") != null;
    var rest = text.whole(Json.text(part, "text", ""), finished);
    if (snapshot) {
      text.gap(); // whether pieces that come next are part of it already, nobody can tell
    }
    return said(rest, reasoning, id, Json.text(part, "sessionID", ""));
  }

  private List<AgentEvent> delta(JsonNode properties) {
    var id = Json.text(properties, "partID", "");
    var text = texts.get(id);
    if (text == null || !Json.text(properties, "field", "").equals("text")) {
      return List.of();
    }
    var piece = text.piece(Json.text(properties, "delta", ""));
    return said(piece, text.reasoning(), id, Json.text(properties, "sessionID", ""));
  }

  private List<AgentEvent> said(String text, boolean reasoning, String part, String of) {
    if (text.isEmpty()) {
      return List.of();
    }
    var parent = parent(of);
    return List.of(
        reasoning
            ? new AgentEvent.Reasoning(text, part, parent)
            : new AgentEvent.Text(text, part, parent));
  }

  private List<AgentEvent> tool(JsonNode part) {
    var key = ToolCards.key(part);
    var call = ToolCards.call(part, askedDiffs.get(key), parent(Json.text(part, "sessionID", "")));
    var before = calls.get(key);
    if (before != null && stale(before, call)) {
      return List.of();
    }
    calls.put(key, call);
    var child = ToolCards.child(part);
    if (child != null) {
      children.put(child, key);
    }
    return call.equals(before) ? List.of() : List.of(call);
  }

  /// After a re-reading, events that are older than it may still come.
  private static boolean stale(AgentEvent.ToolCall before, AgentEvent.ToolCall now) {
    return now.status() == Item.Status.OPEN
        && (before.status() != Item.Status.OPEN || length(now) < length(before));
  }

  private static int length(AgentEvent.ToolCall call) {
    return call.output() == null ? 0 : call.output().length();
  }

  /// A session that was begun by one of ours. Until its call tells of it, it is taken for that of
  /// the newest open call of a subagent that has none.
  private List<AgentEvent> child(JsonNode info) {
    var id = Json.text(info, "id", "");
    var parent = Json.text(info, "parentID", "");
    if (!id.isEmpty() && !parent.isEmpty() && covers(parent) && !children.containsKey(id)) {
      var call =
          calls.values().stream()
              .filter(known -> known.tool().kind().equals("subagent"))
              .filter(known -> known.status() == Item.Status.OPEN)
              .map(AgentEvent.ToolCall::callId)
              .filter(key -> !children.containsValue(key))
              .reduce((earlier, later) -> later)
              .orElse("");
      children.put(id, call);
    }
    return List.of();
  }

  private @Nullable String parent(String of) {
    var call = of.equals(session) ? "" : children.getOrDefault(of, "");
    return call.isEmpty() ? null : call;
  }

  private List<AgentEvent> usage(JsonNode part) {
    if (!counted.add(Json.text(part, "id", ""))) {
      return List.of();
    }
    boolean own = Json.text(part, "sessionID", "").equals(session);
    return Usages.step(part, own, contextSize);
  }

  private static List<AgentEvent> retry(JsonNode status) {
    if (!Json.text(status, "type", "").equals("retry")) {
      return List.of();
    }
    return List.of(
        new AgentEvent.Notice(
            "agent-retry",
            "warn",
            "The model did not answer (%s); opencode tries again, attempt %d."
                .formatted(Json.text(status, "message", "no reason given"), attempt(status))));
  }

  private static long attempt(JsonNode status) {
    var attempt = Json.number(status, "attempt");
    return attempt == null ? 1 : attempt;
  }
}
