package dev.signalbox.practice;

import dev.signalbox.jsonrpc.Peer;
import dev.signalbox.jsonrpc.Reply;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/// What a turn shows of itself: text, thoughts, tool calls, plans and questions, as ACP updates of
/// one conversation. Used by one turn at a time.
final class Stage {
  private static final int CHUNK = 60;

  private final Peer peer;
  private final String session;
  private long words;
  private int calls;

  Stage(Peer peer, String session) {
    this.peer = peer;
    this.session = session;
  }

  void beginTurn() {
    words = 0;
  }

  /// Words said and thought since the turn began.
  long wordsOfTurn() {
    return words;
  }

  /// Says the text in pieces, as a model would.
  void say(String text) throws InterruptedException {
    for (int at = 0; at < text.length(); ) {
      int end = pieceEnd(text, at);
      chunk("agent_message_chunk", text.substring(at, end));
      at = end;
    }
  }

  /// The last words of a turn that failed; the turn's thread may be interrupted already.
  void sayAtEnd(String text) {
    words += words(text);
    peer.post("session/update", update("agent_message_chunk", content(text)));
  }

  void think(String text) throws InterruptedException {
    chunk("agent_thought_chunk", text);
  }

  /// An id for a tool call, new in this conversation.
  String newCall() {
    calls++;
    return "practice-" + calls;
  }

  void tool(String kind, ObjectNode call) throws InterruptedException {
    peer.send("session/update", update(kind, call));
  }

  /// A tool update that is sent also when the turn is being cancelled.
  void toolAtEnd(ObjectNode call) {
    peer.post("session/update", update("tool_call_update", call));
  }

  void plan(ObjectNode plan) throws InterruptedException {
    peer.send("session/update", update("plan", plan));
  }

  /// Asks and waits for the answer.
  ///
  /// @return the id of the chosen option, or null when no answer will come
  @Nullable String ask(ObjectNode toolCall, String allow, String reject)
      throws InterruptedException {
    var params = PracticeAgent.object().put("sessionId", session);
    params.set("toolCall", toolCall);
    var options = params.putArray("options");
    options.addObject().put("optionId", "allow").put("name", allow).put("kind", "allow_once");
    options.addObject().put("optionId", "reject").put("name", reject).put("kind", "reject_once");
    return switch (peer.request("session/request_permission", params, null)) {
      case Reply.Result(var value) -> value.path("outcome").path("optionId").stringValue(null);
      case Reply.Refused _, Reply.TimedOut _, Reply.Gone _ -> null;
    };
  }

  void announceCommands() throws InterruptedException {
    var update = PracticeAgent.object();
    var list = update.putArray("availableCommands");
    for (var line : Help.COMMANDS) {
      var command =
          list.addObject().put("name", line.name()).put("description", line.description());
      if (!line.arguments().isEmpty()) {
        command.putObject("input").put("hint", line.arguments());
      }
    }
    peer.send("session/update", update("available_commands_update", update));
  }

  static long words(String text) {
    var stripped = text.strip();
    return stripped.isEmpty() ? 0 : stripped.split("\\s+").length;
  }

  private void chunk(String kind, String text) throws InterruptedException {
    words += words(text);
    peer.send("session/update", update(kind, content(text)));
  }

  private static ObjectNode content(String text) {
    var content = PracticeAgent.object();
    content.putObject("content").put("type", "text").put("text", text);
    return content;
  }

  private ObjectNode update(String kind, ObjectNode fields) {
    var params = PracticeAgent.object().put("sessionId", session);
    params.putObject("update").put("sessionUpdate", kind).setAll(fields);
    return params;
  }

  /// Never inside a surrogate pair.
  private static int pieceEnd(String text, int at) {
    int end = Math.min(at + CHUNK, text.length());
    boolean splits = end < text.length() && Character.isHighSurrogate(text.charAt(end - 1));
    return splits ? end + 1 : end;
  }
}
