package dev.signalbox.testkit.agent;

import static dev.signalbox.testkit.agent.Wire.JSON;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// One session of a scripted opencode: its messages, what it waits for, its turn.
final class OpencodeSession {
  private record Waiting(JsonNode request, SynchronousQueue<JsonNode> reply) {}

  final ScriptedSession memory;
  final Habits habits;
  volatile JsonNode todos = JSON.createArrayNode();
  volatile boolean readOnly;
  volatile String agent = "build";
  private final String parent;
  private final OpencodeStreams streams;
  private final Map<String, ObjectNode> messages = new LinkedHashMap<>();
  private final Map<String, Waiting> waiting = new ConcurrentHashMap<>();
  private final AtomicLong counter = new AtomicLong();
  private volatile @Nullable OpencodeTurn running;

  OpencodeSession(ScriptedSession memory, String parent, OpencodeStreams streams, Habits habits) {
    this.memory = memory;
    this.parent = parent;
    this.streams = streams;
    this.habits = habits;
  }

  ObjectNode info() {
    var info = JSON.createObjectNode().put("id", memory.id).put("directory", memory.cwd.toString());
    if (!parent.isEmpty()) {
      info.put("parentID", parent);
    }
    info.put("title", "New session - today").put("version", "7.7.7");
    info.putObject("time").put("created", 1).put("updated", System.currentTimeMillis());
    return info;
  }

  ObjectNode about() {
    var about = JSON.createObjectNode().put("sessionID", memory.id);
    about.set("info", info());
    return about;
  }

  boolean busy() {
    var turn = running;
    return turn != null && turn.busy();
  }

  /// Takes a prompt; one that comes while a turn runs is heard when its script is over.
  synchronized OpencodeTurn prompt(JsonNode body, UnaryOperator<OpencodeSession> children) {
    memory.model = body.at("/model/modelID").asString(memory.model);
    memory.effort = body.path("variant").asString("default");
    agent = body.path("agent").asString(agent);
    var turn = running;
    if (turn != null && turn.more(body)) {
      return turn;
    }
    turn = new OpencodeTurn(this, body, children);
    running = turn;
    turn.start();
    return turn;
  }

  void abort() {
    var turn = running;
    if (turn != null && turn.abort()) {
      return;
    }
    status("idle");
    emit("session.idle", own());
  }

  /// Asks and waits; null when the turn was aborted meanwhile (and the request stays in the list,
  /// as the real one's does).
  JsonNode ask(ObjectNode request, boolean wait) throws InterruptedException {
    var kind = request.path("id").asString("").startsWith("per_") ? "permission" : "question";
    request.put("sessionID", memory.id);
    var entry = new Waiting(request, new SynchronousQueue<>());
    waiting.put(request.path("id").asString(""), entry);
    emit(kind + ".asked", request);
    return wait ? entry.reply.take() : JSON.missingNode();
  }

  List<JsonNode> waiting() {
    return waiting.values().stream().map(Waiting::request).toList();
  }

  void replied(String id, String verb, JsonNode body) {
    var entry = waiting.remove(id);
    if (entry == null) {
      return;
    }
    var told = own().put("requestID", id);
    told.set("reply", body.path("reply"));
    var kind = id.startsWith("per_") ? "permission" : "question";
    emit(kind + (verb.equals("reject") ? ".rejected" : ".replied"), told);
    var reply = ((ObjectNode) body).put("verb", verb);
    try {
      var _ = entry.reply.offer(reply, 300, TimeUnit.MILLISECONDS); // nobody, after an abort
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  ObjectNode own() {
    return JSON.createObjectNode().put("sessionID", memory.id);
  }

  void status(String type) {
    var properties = own();
    properties.putObject("status").put("type", type);
    emit("session.status", properties);
  }

  void emit(String type, JsonNode properties) {
    streams.emit(memory.cwd, type, properties);
  }

  OpencodeStreams streams() {
    return streams;
  }

  /// Ids that sort by time, as the real ones do.
  String id(String prefix) {
    long value = System.currentTimeMillis() * 4096 + (counter.incrementAndGet() & 0xfff);
    return prefix + "%012x".formatted(value & ((1L << 48) - 1)) + "scripted000000";
  }

  /// Keeps a message and tells of it.
  synchronized void message(ObjectNode info) {
    var id = info.path("id").asString("");
    var entry = messages.computeIfAbsent(id, key -> JSON.createObjectNode());
    entry.set("info", info.deepCopy());
    if (!entry.has("parts")) {
      entry.putArray("parts");
    }
    var properties = own();
    properties.set("info", info.deepCopy());
    emit("message.updated", properties);
  }

  /// Keeps a part and tells of it.
  synchronized void part(ObjectNode part) {
    store(part);
    var properties = own();
    properties.set("part", part.deepCopy());
    emit("message.part.updated", properties);
  }

  /// As the real one: pieces are told, but kept only when the text is whole.
  void delta(ObjectNode part, String delta) {
    var properties = own();
    properties
        .put("messageID", part.path("messageID").asString(""))
        .put("partID", part.path("id").asString(""))
        .put("field", "text")
        .put("delta", delta);
    emit("message.part.delta", properties);
  }

  synchronized void store(ObjectNode part) {
    var entry = messages.get(part.path("messageID").asString(""));
    var parts = (ArrayNode) entry.path("parts");
    for (int i = 0; i < parts.size(); i++) {
      if (parts.get(i).path("id").equals(part.path("id"))) {
        parts.set(i, part.deepCopy());
        return;
      }
    }
    parts.add(part.deepCopy());
  }

  /// @param fresh whether a text that still grows is told as far as it is
  synchronized JsonNode messages(boolean fresh) {
    var list = JSON.createArrayNode();
    var turn = running;
    if (fresh && turn != null) {
      turn.storeOpenText();
    }
    new ArrayList<>(messages.values()).forEach(entry -> list.add(entry.deepCopy()));
    return list;
  }
}
