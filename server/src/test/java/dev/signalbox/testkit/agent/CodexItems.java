package dev.signalbox.testkit.agent;

import static dev.signalbox.testkit.agent.Wire.JSON;

import java.util.HashMap;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// Tells of the items of a scripted turn as Codex does: a text is one item as long as nothing else
/// comes between, and is completed only when the turn goes on to its own end.
final class CodexItems {
  private final Wire wire;
  private final CodexSession session;
  private final String turn;
  private final Map<String, ObjectNode> calls = new HashMap<>();
  private @Nullable ObjectNode prose;
  private int texts;

  CodexItems(Wire wire, CodexSession session, String turn) {
    this.wire = wire;
    this.session = session;
    this.turn = turn;
  }

  void tell(String method, ObjectNode params) {
    wire.notification(method, params.put("threadId", session.id()).put("turnId", turn));
  }

  void say(String text, @Nullable String messageId) {
    var open = prose("agentMessage", messageId);
    open.put("text", open.path("text").asString("") + text);
    tell("item/agentMessage/delta", delta(open, text));
  }

  void plan(String text) {
    var open = prose("plan", turn + "-plan");
    open.put("text", open.path("text").asString("") + text);
    tell("item/plan/delta", delta(open, text));
  }

  void think(String text) {
    boolean fresh = prose == null || !prose.path("type").asString("").equals("reasoning");
    var open = prose("reasoning", null);
    if (fresh) {
      tell(
          "item/reasoning/summaryPartAdded",
          JSON.createObjectNode()
              .put("itemId", open.path("id").asString(""))
              .put("summaryIndex", 0));
    }
    var summary = open.withArray("summary");
    var before = summary.isEmpty() ? "" : summary.get(0).asString("");
    summary.removeAll().add(before + text);
    tell("item/reasoning/summaryTextDelta", delta(open, text).put("summaryIndex", 0));
  }

  /// The text that is open is whole.
  void close() {
    var open = prose;
    prose = null;
    if (open != null) {
      item("item/completed", open);
    }
  }

  /// An update of ACP's, which scripts are written in, as Codex tells the same.
  ///
  /// @return false when Codex has nothing like it
  boolean update(JsonNode update) {
    switch (update.path("sessionUpdate").asString("")) {
      case "tool_call" -> begin(update);
      case "tool_call_update" -> go(update);
      case "plan" -> entries(update.path("entries"));
      case "agent_message_chunk" -> say(update.at("/content/text").asString(""), null);
      default -> {
        return false;
      }
    }
    return true;
  }

  /// A tool call begins, in the words of ACP.
  void begin(JsonNode call) {
    var id = call.path("toolCallId").asString("");
    if (calls.containsKey(id)) {
      return;
    }
    close();
    var title = call.path("title").asString("");
    var item = JSON.createObjectNode().put("id", id).put("status", "inProgress");
    switch (call.path("kind").asString("")) {
      case "execute" -> {
        item.put("type", "commandExecution").put("command", "/bin/bash -lc '" + title + "'");
        item.put("cwd", session.memory.cwd.toString()).put("processId", "p-" + id);
        item.putArray("commandActions").addObject().put("type", "unknown").put("command", title);
        session.terminals.put("p-" + id, id);
      }
      case "edit" -> {
        item.put("type", "fileChange");
        var change = item.putArray("changes").addObject();
        change.put("path", session.memory.cwd.resolve("made.txt").toString());
        change.put("diff", "hello\n").putObject("kind").put("type", "add");
      }
      default -> {
        item.put("type", "mcpToolCall").put("server", "scripted").put("tool", title);
        item.putObject("arguments").put("of", title);
      }
    }
    calls.put(id, item);
    item("item/started", item);
  }

  /// What an approval is about, or null.
  @Nullable ObjectNode call(String id) {
    return calls.get(id);
  }

  void over(String id, String status, @Nullable String output) {
    var item = calls.remove(id);
    if (item == null) {
      return;
    }
    session.terminals.values().remove(id);
    item.put("status", status);
    if (item.path("type").asString("").equals("mcpToolCall")) {
      item.putObject("result")
          .putArray("content")
          .addObject()
          .put("type", "text")
          .put("text", output);
    } else if (output != null) {
      item.put("aggregatedOutput", output).put("exitCode", status.equals("completed") ? 0 : 1);
    }
    item("item/completed", item);
  }

  private void go(JsonNode update) {
    begin(update);
    var id = update.path("toolCallId").asString("");
    var text = update.at("/content/0/content/text").stringValue(null);
    switch (update.path("status").asString("")) {
      case "completed" -> over(id, "completed", text);
      case "failed" -> over(id, "failed", text);
      default -> {
        if (text != null) {
          var params = JSON.createObjectNode().put("itemId", id).put("delta", text);
          tell("item/commandExecution/outputDelta", params);
        }
      }
    }
  }

  private void entries(JsonNode entries) {
    var params = JSON.createObjectNode();
    var plan = params.putArray("plan");
    for (var entry : entries) {
      var status = entry.path("status").asString("");
      plan.addObject()
          .put("step", entry.path("content").asString(""))
          .put("status", status.equals("in_progress") ? "inProgress" : status);
    }
    tell("turn/plan/updated", params);
  }

  private ObjectNode prose(String type, @Nullable String id) {
    var open = prose;
    if (open != null
        && open.path("type").asString("").equals(type)
        && (id == null || open.path("id").asString("").equals(id))) {
      return open;
    }
    close();
    var fresh = JSON.createObjectNode();
    fresh
        .put("id", id != null ? id : "item-" + ++texts + "-" + UUID.randomUUID())
        .put("type", type);
    prose = fresh;
    item("item/started", fresh);
    return fresh;
  }

  private static ObjectNode delta(ObjectNode item, String text) {
    return JSON.createObjectNode().put("itemId", item.path("id").asString("")).put("delta", text);
  }

  private void item(String method, ObjectNode item) {
    tell(method, JSON.createObjectNode().set("item", item.deepCopy()));
  }
}
