package dev.signalbox.testkit.agent;

import static dev.signalbox.testkit.agent.Wire.JSON;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// Plays the script of one prompt of a scripted opencode, in the order of events that was seen of
/// the real one. Steps of [Script] mean what they mean to [ScriptedTurn]; updates of ACP are said
/// in opencode's words, those it has no words for as an event of their own kind.
final class OpencodeTurn implements Runnable {
  private final OpencodeSession session;
  private final UnaryOperator<OpencodeSession> children;
  private final Queue<JsonNode> more = new ConcurrentLinkedQueue<>();
  private final CountDownLatch ended = new CountDownLatch(1);
  private final Map<String, ObjectNode> tools = new HashMap<>();
  private final ArrayDeque<Runnable> afterwards = new ArrayDeque<>();
  private JsonNode body;
  private volatile @Nullable Thread thread;
  private volatile boolean busy = true;
  private volatile boolean deaf;
  private String user = "";
  private ObjectNode info = JSON.createObjectNode();
  private volatile @Nullable ObjectNode openText;
  private StringBuilder openWords = new StringBuilder();
  private @Nullable JsonNode onCancel;
  private @Nullable ObjectNode error;
  private String finish = "stop";
  private long[] usage = {0, 0};
  private boolean twice;
  private String lastOption = "";

  OpencodeTurn(OpencodeSession session, JsonNode body, UnaryOperator<OpencodeSession> children) {
    this.session = session;
    this.body = body;
    this.children = children;
  }

  void start() {
    var worker = Thread.ofPlatform().daemon().unstarted(this);
    thread = worker;
    worker.start();
  }

  boolean busy() {
    return busy;
  }

  void awaitEnd() throws InterruptedException {
    ended.await();
  }

  /// One more prompt; false when the turn is over.
  boolean more(JsonNode later) {
    if (!busy) {
      return false;
    }
    heard(later);
    more.add(later);
    return true;
  }

  /// The first idle comes at once, the rest when the work has stopped.
  ///
  /// @return false when nothing runs
  boolean abort() {
    var worker = thread;
    if (!busy || worker == null) {
      return false;
    }
    if (!deaf) {
      worker.interrupt();
    }
    return true;
  }

  @Override
  public void run() {
    try {
      heard(body);
      session.status("busy");
      begin();
      session.status("busy");
      play(Script.in(text()));
      for (var next = more.poll(); next != null; next = more.poll()) {
        complete("stop");
        body = next;
        begin();
        play(Script.in(text()));
      }
      end();
    } catch (InterruptedException e) {
      cut();
    } catch (IOException | RuntimeException e) {
      fail(0, "scripted opencode: " + e);
      end();
    } finally {
      busy = false;
      ended.countDown();
      afterwards.forEach(Runnable::run);
    }
  }

  /// Keeps the text that grows as far as it is.
  void storeOpenText() {
    var part = openText;
    if (part != null) {
      session.store(part.deepCopy().put("text", openWords.toString()));
    }
  }

  private void heard(JsonNode prompt) {
    var id = prompt.path("messageID").asString(session.id("msg_"));
    var message = JSON.createObjectNode().put("id", id).put("role", "user");
    message.put("sessionID", session.memory.id);
    session.message(message);
    for (var part : prompt.path("parts")) {
      var told = ((ObjectNode) part.deepCopy()).put("id", session.id("prt_"));
      session.part(told.put("messageID", id).put("sessionID", session.memory.id));
    }
    user = id;
  }

  private void begin() {
    info = JSON.createObjectNode().put("id", session.id("msg_")).put("parentID", user);
    info.put("role", "assistant").put("sessionID", session.memory.id).put("agent", session.agent);
    info.putObject("time").put("created", System.currentTimeMillis());
    session.message(info);
    session.part(part("step-start"));
  }

  private void play(JsonNode script) throws InterruptedException, IOException {
    if (script.isMissingNode()) {
      hear();
    }
    for (var step : script) {
      if (Thread.interrupted()) {
        throw new InterruptedException();
      }
      if (!play(step.propertyNames().iterator().next(), step)) {
        return;
      }
    }
  }

  /// Plays a step; false ends the turn.
  private boolean play(String name, JsonNode step) throws InterruptedException, IOException {
    var value = step.path(name).asString("");
    switch (name) {
      case "say" -> say("text", value);
      case "think" -> say("reasoning", value);
      case "count" -> count(step.path("count").asInt(), step.path("every").asLong());
      case "sleep" -> Thread.sleep(step.path("sleep").asLong());
      case "update" -> update(step);
      case "hugeTool" -> {
        tool(value, "execute", "huge", "running", "");
        tool(
            value,
            "execute",
            "huge",
            "completed",
            "0123456789".repeat(step.path("bytes").asInt() / 10));
      }
      case "ask" -> {
        return ask(step);
      }
      case "elicit" -> question();
      case "notify" -> session.emit(value, step.path("params"));
      case "line" -> session.streams().line(session.memory.cwd, value);
      case "garbage" ->
          session.streams().line(session.memory.cwd, "x".repeat(step.path("garbage").asInt()));
      case "stderr" -> System.err.println(value);
      case "remember" -> session.memory.remember(value);
      case "recall" -> say("text", words());
      case "whoami" -> say("text", whoAmI());
      case "env" -> say("text", System.getenv().getOrDefault(value, "unset"));
      case "writeFile" -> write(value, step);
      case "ignoreCancel" -> deaf = true;
      case "onCancel" -> onCancel = step;
      case "errorOnCancel" -> onCancel = JSON.createObjectNode().put("error", true);
      case "afterwards" ->
          afterwards.add(() -> late(step.path("late"), step.path("afterwards").asLong()));
      case "hang" -> Thread.sleep(Long.MAX_VALUE);
      case "closeOutput" -> session.streams().cut(session.memory.cwd);
      case "subagent" -> child(value);
      case "crash" -> Runtime.getRuntime().halt(step.path("crash").asInt());
      case "die" -> {
        new ProcessBuilder("kill", "-9", Long.toString(ProcessHandle.current().pid())).start();
        Thread.sleep(Long.MAX_VALUE);
      }
      case "stop" -> {
        finish =
            switch (value) {
              case "max_tokens" -> "length";
              case "refusal" -> "content-filter";
              default -> "stop";
            };
        return false;
      }
      case "noStop" -> finish = "";
      case "error" -> {
        fail(step.path("error").asInt(), step.path("message").asString(""));
        return false;
      }
      case "usage" ->
          usage = new long[] {step.path("usage").asLong(), step.path("output").asLong()};
      case "answerTwice" -> twice = true;
      case "wrongIds" -> strangers();
      default -> throw new IOException("unknown step " + step);
    }
    return true;
  }

  private void end() {
    complete(finish);
    session.status("busy");
    if (error != null) {
      var properties = session.own();
      properties.set("error", error);
      session.emit("session.error", properties);
    }
    busy = false;
    idle();
    if (twice || error != null) {
      idle();
    }
  }

  private void complete(String reason) {
    closeText();
    if (error == null) {
      var step = part("step-finish").put("reason", reason).put("cost", 0.25);
      step.putObject("tokens")
          .put("input", usage[0])
          .put("output", usage[1])
          .put("total", usage[0] + usage[1]);
      session.part(step);
      info.put("finish", reason);
    } else {
      info.set("error", error);
    }
    ((ObjectNode) info.path("time")).put("completed", System.currentTimeMillis());
    session.message(info);
  }

  /// What an abort does: the error, an idle, then the rest of the turn and a second idle.
  private void cut() {
    var abortion = JSON.createObjectNode().put("name", "MessageAbortedError");
    abortion.putObject("data").put("message", "Aborted");
    var told = session.own();
    told.set("error", abortion);
    session.emit("session.error", told);
    var second = session.habits.text("idle2", "ok");
    error = abortion;
    if (second.equals("never")) {
      busy = false;
      idle();
      return;
    }
    idle();
    if (onCancel != null) {
      late(onCancel.path("late"), onCancel.path("every").asLong());
    }
    closeText();
    tools.values().forEach(this::abortTool);
    complete("");
    busy = false;
    if (second.equals("late")) {
      afterwards.add(() -> {
        rest(100);
        idle();
      });
    } else {
      idle();
    }
  }

  private void abortTool(ObjectNode part) {
    if (part.at("/state/status").asString("").equals("running")) {
      ((ObjectNode) part.path("state"))
          .put("status", "error")
          .put("error", "Tool execution aborted");
      session.part(part);
    }
  }

  private void idle() {
    session.status("idle");
    session.emit("session.idle", session.own());
  }

  private void late(JsonNode texts, long everyMillis) {
    var part = openText != null ? openText : textPart("text");
    for (var text : texts) {
      rest(everyMillis);
      session.delta(part, text.asString(""));
    }
  }

  private static void rest(long millis) {
    try {
      Thread.sleep(millis);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void fail(int code, String message) {
    error = JSON.createObjectNode().put("name", code == 0 ? "UnknownError" : "APIError");
    error.putObject("data").put("message", message).put("statusCode", code);
  }

  private ObjectNode part(String type) {
    return JSON.createObjectNode()
        .put("id", session.id("prt_"))
        .put("messageID", info.path("id").asString(""))
        .put("sessionID", session.memory.id)
        .put("type", type);
  }

  private void say(String kind, String words) {
    var part = openText;
    if (part == null || !part.path("type").asString("").equals(kind)) {
      closeText();
      part = textPart(kind);
    }
    openWords.append(words);
    session.delta(part, words);
  }

  private ObjectNode textPart(String kind) {
    var part = part(kind).put("text", "");
    part.putObject("time").put("start", System.currentTimeMillis());
    session.part(part);
    openText = part;
    openWords = new StringBuilder();
    return part;
  }

  private void closeText() {
    var part = openText;
    if (part != null) {
      ((ObjectNode) part.path("time")).put("end", System.currentTimeMillis());
      session.part(part.put("text", openWords.toString()));
      openText = null;
    }
  }

  private void count(int count, long everyMillis) throws InterruptedException {
    for (int i = 0; i < count; i++) {
      say("text", i + " ");
      if (everyMillis > 0) {
        Thread.sleep(everyMillis);
      }
    }
  }

  private void update(JsonNode step) {
    var update = step.path("update");
    var kind = update.path("sessionUpdate").asString("");
    switch (kind) {
      case "agent_message_chunk" -> say("text", update.at("/content/text").asString(""));
      case "agent_thought_chunk" -> say("reasoning", update.at("/content/text").asString(""));
      case "tool_call", "tool_call_update" -> {
        var status =
            switch (update.path("status").asString("pending")) {
              case "in_progress" -> "running";
              case "completed" -> "completed";
              case "failed" -> "error";
              default -> "pending";
            };
        tool(
            update.path("toolCallId").asString(""),
            update.path("kind").asString(""),
            update.path("title").asString(""),
            status,
            update.at("/content/0/content/text").asString(""));
      }
      case "plan" -> plan(update.path("entries"));
      default -> {
        var properties = step.has("session") ? JSON.createObjectNode() : session.own();
        step.path("session").asStringOpt().ifPresent(id -> properties.put("sessionID", id));
        properties.set("update", update);
        session.emit("scripted." + kind, properties);
      }
    }
  }

  private void plan(JsonNode entries) {
    var todos = JSON.createArrayNode();
    for (var entry : entries) {
      todos
          .addObject()
          .put("content", entry.path("content").asString(""))
          .put("status", entry.path("status").asString("pending"))
          .put("priority", entry.path("priority").asString("medium"));
    }
    session.todos = todos;
    var properties = session.own();
    properties.set("todos", todos);
    session.emit("todo.updated", properties);
  }

  private ObjectNode tool(String call, String kind, String title, String status, String output) {
    closeText();
    var part = tools.computeIfAbsent(call, key -> part("tool").put("callID", key));
    if (!part.has("tool")) {
      part.put("tool", kind.equals("execute") ? "bash" : kind.equals("other") ? "task" : kind);
    }
    var state = part.path("state") instanceof ObjectNode known ? known : part.putObject("state");
    state.put("status", status);
    if (!title.isEmpty()) {
      state.put("title", title);
    }
    if (status.equals("error")) {
      state.put("error", output);
    } else {
      state.put("output", output);
    }
    session.part(part);
    return part;
  }

  private boolean ask(JsonNode step) throws InterruptedException {
    var call = step.path("callId").asString("");
    tool(call, step.path("kind").asString(""), step.path("ask").asString(""), "running", "");
    var request = JSON.createObjectNode().put("id", session.id("per_"));
    request.put("permission", step.path("kind").asString(""));
    request.putObject("metadata").put("command", step.path("ask").asString(""));
    request.putArray("patterns").add(step.path("ask").asString(""));
    request.putArray("always").add("*");
    request.putObject("tool").put("messageID", info.path("id").asString("")).put("callID", call);
    var wait = step.path("wait").asBoolean(true);
    var reply = session.ask(request, wait);
    if (!wait) {
      return true;
    }
    boolean allowed = reply.path("reply").asString("").equals("once");
    for (var option : step.path("options")) {
      var text = option.asString("");
      if (text.endsWith(allowed ? ":allow_once" : ":reject_once")) {
        lastOption = text.substring(0, text.indexOf(':'));
      }
    }
    if (allowed) {
      tool(call, "", "", "completed", "done");
      say("text", "selected: " + lastOption);
      return true;
    }
    tool(call, "", "", "error", "The user rejected permission to use this specific tool call.");
    if (reply.has("message")) {
      say("text", "rejected: " + reply.path("message").asString(""));
      return true;
    }
    finish = "tool-calls"; // and nothing follows
    return false;
  }

  private void question() throws InterruptedException {
    var request = JSON.createObjectNode().put("id", session.id("que_"));
    var questions = request.putArray("questions");
    var one = questions.addObject().put("question", "Which?").put("header", "Pick");
    one.putArray("options").addObject().put("label", "A").put("description", "first");
    var many = questions.addObject().put("question", "Many?").put("header", "Several");
    many.put("multiple", true).put("custom", false);
    many.putArray("options").addObject().put("label", "X").put("description", "X");
    ((tools.jackson.databind.node.ArrayNode) many.path("options")).addObject().put("label", "Y");
    var reply = session.ask(request, true);
    say("text", reply.path("verb").asString("") + " " + reply.path("answers"));
  }

  /// A subagent: a call, a session of its own with a turn that plays the steps, and its end.
  private void child(String steps) throws InterruptedException {
    tool("task-1", "other", "Look around", "running", "");
    var child = children.apply(session);
    var part = tool("task-1", "", "", "running", "");
    ((ObjectNode) part.path("state")).putObject("metadata").put("sessionId", child.memory.id);
    session.part(part);
    var prompt = JSON.createObjectNode();
    prompt.putArray("parts").addObject().put("type", "text").put("text", "@@" + steps + "@@");
    child.prompt(prompt, children).awaitEnd();
    tool("task-1", "", "", "completed", "looked");
  }

  /// Words of a session that is not ours, and of a turn that is not this one.
  private void strangers() {
    var stranger = JSON.createObjectNode().put("sessionID", "ses_stranger");
    session.emit("session.idle", stranger);
    session.emit("message.part.delta", stranger.deepCopy().put("partID", "x").put("delta", "no"));
  }

  private void write(String file, JsonNode step) throws IOException {
    if (step.path("if").asString(lastOption).equals(lastOption)) {
      Files.writeString(session.memory.cwd.resolve(file), step.path("text").asString(""));
    }
  }

  private String words() {
    var words = session.memory.words();
    return words.isEmpty() ? "nothing" : String.join(", ", words);
  }

  private String whoAmI() {
    return "model=%s mode=%s effort=%s cwd=%s session=%s pid=%d readOnly=%s"
        .formatted(
            session.memory.model,
            session.agent,
            session.memory.effort,
            session.memory.cwd,
            session.memory.id,
            ProcessHandle.current().pid(),
            session.readOnly);
  }

  private String text() {
    if (body.has("command")) {
      return body.path("arguments").asString("");
    }
    return body.path("parts")
        .valueStream()
        .filter(part -> part.path("type").asString("").equals("text"))
        .map(part -> part.path("text").asString(""))
        .collect(Collectors.joining());
  }

  private void hear() {
    var bytes = text().getBytes(StandardCharsets.UTF_8);
    long files =
        body.path("parts")
            .valueStream()
            .filter(part -> part.path("type").asString("").equals("file"))
            .count();
    say("text", "heard " + bytes.length + " bytes");
    say("text", files == 0 ? "" : " and " + files + " images");
  }
}
