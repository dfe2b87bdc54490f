package dev.signalbox.testkit.agent;

import static dev.signalbox.testkit.agent.Wire.JSON;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// How Claude Code says things: every block of a message first in pieces, then whole, then its end;
/// tools' results in lines of the user. For one thread at a time.
final class ClaudeSpeech {
  private static final AtomicLong RESULTS = new AtomicLong();

  private final Wire wire;
  private final String session;
  private final Map<String, Boolean> openTools = new LinkedHashMap<>();
  private @Nullable String message;
  private @Nullable String given;
  private int index = -1;
  private String block = "";
  private final StringBuilder said = new StringBuilder();

  ClaudeSpeech(Wire wire, String session) {
    this.wire = wire;
    this.session = session;
  }

  /// The head of a pass.
  void begin(ScriptedSession state, String id, String mode) {
    send(
        JSON.createObjectNode()
            .put("type", "system")
            .put("subtype", "init")
            .put("session_id", id)
            .put("cwd", state.cwd.toString())
            .put("model", state.model)
            .put("permissionMode", mode)
            .put("claude_code_version", "7.7.7"));
    send(
        JSON.createObjectNode()
            .put("type", "system")
            .put("subtype", "status")
            .put("status", "requesting"));
  }

  /// More of the answer, or of the thinking.
  ///
  /// @param kind `text` or `thinking`
  /// @param id of the message, or null for the one that is being said
  void say(String kind, String text, @Nullable String id) {
    if (id != null && !id.equals(given)) {
      endMessage();
      given = id;
    }
    beginBlock(kind, JSON.createObjectNode().put("type", kind).put(kind, ""));
    said.append(text);
    delta(JSON.createObjectNode().put("type", kind + "_delta").put(kind, text));
  }

  /// A call of a tool that stays open.
  void tool(String id, String name, ObjectNode input) {
    endBlock();
    var start = JSON.createObjectNode().put("type", "tool_use").put("id", id).put("name", name);
    start.putObject("input");
    beginBlock("tool_use", start);
    var text = JSON.writeValueAsString(input);
    int half = text.length() / 2;
    delta(json(text.substring(0, half)));
    delta(json(text.substring(half)));
    var whole = start.deepCopy();
    whole.set("input", input);
    assistant(whole, null, false);
    stopBlock();
    openTools.put(id, true);
  }

  /// The result of a call.
  void result(String id, String text, boolean error) {
    endMessage();
    openTools.remove(id);
    var line = JSON.createObjectNode().put("type", "user").putNull("parent_tool_use_id");
    line.putObject("message")
        .put("role", "user")
        .putArray("content")
        .addObject()
        .put("type", "tool_result")
        .put("tool_use_id", id)
        .put("content", text)
        .put("is_error", error);
    send(line);
  }

  boolean knows(String tool) {
    return openTools.containsKey(tool);
  }

  /// What of calls is still open when the user interrupts.
  void cancelTools() {
    endMessage();
    openTools.keySet().stream().toList().forEach(id -> result(id, "The user interrupted.", true));
    var line = JSON.createObjectNode().put("type", "user").putNull("parent_tool_use_id");
    line.putObject("message")
        .put("role", "user")
        .putArray("content")
        .addObject()
        .put("type", "text")
        .put("text", "[Request interrupted by user]");
    send(line);
  }

  /// The end of a pass.
  void end(ObjectNode result) {
    endMessage();
    result
        .put("result_index", RESULTS.getAndIncrement())
        .put("uuid", UUID.randomUUID().toString())
        .put("session_id", session)
        .put("type", "result"); // not first, as the real one
    send(result);
  }

  void send(ObjectNode line) {
    wire.line(JSON.writeValueAsString(line));
  }

  void endMessage() {
    endBlock();
    if (message != null) {
      event(JSON.createObjectNode().put("type", "message_stop"));
      message = null;
      given = null;
      index = -1;
    }
  }

  private void beginBlock(String kind, ObjectNode start) {
    if (block.equals(kind) && !kind.equals("tool_use")) {
      return;
    }
    endBlock();
    if (message == null) {
      message = given != null ? given : "msg_" + UUID.randomUUID();
      var begun = JSON.createObjectNode().put("type", "message_start");
      begun.putObject("message").put("id", message).put("model", "scripted");
      event(begun);
    }
    index++;
    block = kind;
    var event = JSON.createObjectNode().put("type", "content_block_start").put("index", index);
    event.set("content_block", start);
    event(event);
  }

  private void endBlock() {
    if (block.equals("text") || block.equals("thinking")) {
      assistant(
          JSON.createObjectNode().put("type", block).put(block, said.toString()), null, false);
      stopBlock();
    }
  }

  private void stopBlock() {
    event(JSON.createObjectNode().put("type", "content_block_stop").put("index", index));
    block = "";
    said.setLength(0);
  }

  private void assistant(JsonNode content, @Nullable String parent, boolean failure) {
    var line = JSON.createObjectNode().put("type", "assistant").put("parent_tool_use_id", parent);
    var body = line.putObject("message").put("id", message).put("role", "assistant");
    body.put("model", failure ? "<synthetic>" : "scripted").putArray("content").add(content);
    if (failure) {
      line.put("error", "unknown").put("is_api_error_message", true);
    }
    send(line);
  }

  /// How an error of the model's server is said, before the result.
  void failure(String text) {
    endMessage();
    message = UUID.randomUUID().toString();
    assistant(JSON.createObjectNode().put("type", "text").put("text", text), null, true);
    message = null;
  }

  private static ObjectNode json(String piece) {
    return JSON.createObjectNode().put("type", "input_json_delta").put("partial_json", piece);
  }

  private void delta(ObjectNode delta) {
    var event = JSON.createObjectNode().put("type", "content_block_delta").put("index", index);
    event.set("delta", delta);
    event(event);
  }

  private void event(ObjectNode event) {
    var line = JSON.createObjectNode().put("type", "stream_event").putNull("parent_tool_use_id");
    line.set("event", event);
    send(line.put("session_id", session));
  }
}
