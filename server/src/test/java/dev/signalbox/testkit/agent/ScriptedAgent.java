package dev.signalbox.testkit.agent;

import static dev.signalbox.testkit.agent.Wire.JSON;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import tools.jackson.databind.JsonNode;

/// The process of a scripted ACP agent. Start it with [Habits#command] and [Habits#environment];
/// script its turns with [Script]; look at what it received with [Received].
///
/// ```java
/// var habits = Habits.good().log(dir.resolve("received")).spoil("load", "silent");
/// // argv: Habits.command(), environment: habits.environment()
/// String prompt = Script.script().say("hello ").ask("c1", "execute", "rm x", "y:allow_once",
///     "n:reject_once").say("done").prompt();
/// ```
///
/// Every method of ACP v1 it knows answers as a good agent would unless its habits say otherwise; a
/// second prompt in a busy session is refused with -32600. It speaks to any ACP client.
public final class ScriptedAgent {
  private final Habits habits;
  private final Wire wire;
  private final ConcurrentHashMap<String, ScriptedSession> sessions = new ConcurrentHashMap<>();

  private boolean signedIn;

  private ScriptedAgent(Habits habits) {
    this.habits = habits;
    this.wire = new Wire(habits);
  }

  /// @param args ignored; everything is told by the environment
  public static void main(String[] args) throws IOException, InterruptedException {
    var habits = Habits.of(System.getenv().getOrDefault(Habits.VARIABLE, "{}"));
    if (habits.has("ignoreTerm")) {
      Runtime.getRuntime().addShutdownHook(new Thread(ScriptedAgent::sleepForEver));
    }
    new ScriptedAgent(habits).run();
    if (habits.has("ignoreEof")) {
      sleepForEver();
    }
    System.exit(0);
  }

  private void run() throws IOException, InterruptedException {
    wire.record(JSON.createObjectNode().put("start", ProcessHandle.current().pid()));
    if (!habits.text("stderr", "").isEmpty()) {
      System.err.println(habits.text("stderr", ""));
    }
    if (!habits.text("firstLine", "").isEmpty()) {
      wire.line(habits.text("firstLine", ""));
    }
    try (var in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8))) {
      for (var line = in.readLine(); line != null; line = in.readLine()) {
        var message = JSON.readTree(line);
        var record = JSON.createObjectNode().put("pid", ProcessHandle.current().pid());
        record.set("got", message);
        wire.record(record);
        take(message);
      }
    }
  }

  private void take(JsonNode message) throws InterruptedException {
    var method = message.path("method").stringValue(null);
    if (method == null) {
      wire.answered(message);
    } else if (message.has("id")) {
      serve(method, message.get("id"), message.path("params"));
    } else if (method.equals("session/cancel")) {
      var session = sessions.get(message.path("params").path("sessionId").asString(""));
      var turn = session == null ? null : session.running;
      if (turn != null) {
        turn.cancel();
      }
    }
  }

  private void serve(String method, JsonNode id, JsonNode params) throws InterruptedException {
    switch (method) {
      case "initialize" -> answer("initialize", id, Answers.introduction(habits));
      case "authenticate" -> {
        signedIn = params.path("methodId").asString("").equals(habits.text("signIn", ""));
        answer("authenticate", id, JSON.createObjectNode());
      }
      case "session/new" -> begin(id, params);
      case "session/load" -> reopen("load", id, params);
      case "session/resume" -> reopen("resume", id, params);
      case "session/fork" -> fork(id, params);
      case "session/list" -> list(id, params);
      case "session/close" -> {
        sessions.remove(params.path("sessionId").asString(""));
        answer("close", id, JSON.createObjectNode());
      }
      case "session/set_mode", "session/set_model", "session/set_config_option" ->
          set(method, id, params);
      case "session/prompt" -> prompt(id, params);
      default -> wire.error(id, -32601, "Method not found: " + method);
    }
  }

  private void begin(JsonNode id, JsonNode params) throws InterruptedException {
    if (!signedIn && !habits.text("signIn", "").isEmpty()) {
      wire.error(id, -32000, "scripted: not signed in");
      return;
    }
    var session =
        ScriptedSession.create(
            UUID.randomUUID().toString(), Path.of(params.path("cwd").asString("/")), habits);
    sessions.put(session.id, session);
    Answers.choose(session, habits);
    habits.nodes("updatesBeforeNew").forEach(update -> wire.update(session.id, update));
    var result = Answers.offers(session, habits).put("sessionId", session.id);
    answer("new", id, result);
    habits.nodes("updatesAfterNew").forEach(update -> wire.update(session.id, update));
  }

  private void reopen(String step, JsonNode id, JsonNode params) throws InterruptedException {
    if (habits.has("no-" + step)) {
      wire.error(id, -32601, "Method not found: session/" + step);
      return;
    }
    var name = params.path("sessionId").asString("");
    var cwd = Path.of(params.path("cwd").asString("/"));
    var fake = habits.text(step, "ok").equals("fake");
    var open = sessions.get(name);
    var session = open != null ? open : ScriptedSession.kept(name, cwd, habits);
    if (session == null && !fake) {
      wire.error(id, -32002, "Resource not found: " + name);
      return;
    }
    if (habits.text(step, "ok").equals("other")) {
      wire.result(id, JSON.createObjectNode().put("sessionId", UUID.randomUUID().toString()));
      return;
    }
    if (session == null || fake) {
      wire.result(id, JSON.createObjectNode());
      return;
    }
    sessions.put(name, session);
    Answers.choose(session, habits);
    var replay = step.equals("load") ? habits.text("replay", "before") : "none";
    if (replay.equals("before")) {
      replay(session);
    }
    answer(step, id, Answers.offers(session, habits));
    if (replay.equals("after")) {
      replay(session);
    }
  }

  private void fork(JsonNode id, JsonNode params) throws InterruptedException {
    var original = sessions.get(params.path("sessionId").asString(""));
    if (original == null || !habits.has("also-fork")) {
      wire.error(id, -32601, "Method not found: session/fork");
      return;
    }
    var copy = ScriptedSession.create(UUID.randomUUID().toString(), original.cwd, habits);
    original.words().forEach(copy::remember);
    sessions.put(copy.id, copy);
    Answers.choose(copy, habits);
    wire.chunk(copy.id, "user_message_chunk", "replayed before the answer, as opencode does", null);
    answer("fork", id, Answers.offers(copy, habits).put("sessionId", copy.id));
  }

  /// One on a page, the oldest first, also those of other folders.
  private void list(JsonNode id, JsonNode params) throws InterruptedException {
    var all = sessions.values().stream().sorted(Comparator.comparing(one -> one.began)).toList();
    int at = Integer.parseInt(params.path("cursor").asString("0"));
    var page = JSON.createObjectNode();
    var listed = page.putArray("sessions");
    if (at < all.size()) {
      var one = all.get(at);
      listed
          .addObject()
          .put("sessionId", one.id)
          .put("cwd", one.cwd.toString())
          .put("title", "Conversation " + at)
          .put("updatedAt", one.began.toString());
    }
    if (at + 1 < all.size()) {
      page.put("nextCursor", String.valueOf(at + 1));
    }
    answer("list", id, page);
  }

  private void replay(ScriptedSession session) {
    for (var word : session.words()) {
      wire.chunk(session.id, "user_message_chunk", "remember " + word, null);
      wire.chunk(session.id, "agent_message_chunk", "replayed " + word, null);
    }
  }

  private void set(String method, JsonNode id, JsonNode params) throws InterruptedException {
    var session = sessions.get(params.path("sessionId").asString(""));
    if (session == null) {
      wire.error(id, -32002, "Resource not found");
      return;
    }
    var wanted =
        params
            .path("modeId")
            .asString(params.path("modelId").asString(params.path("value").asString("")));
    var what =
        switch (method) {
          case "session/set_mode" -> "mode";
          case "session/set_model" -> "model";
          default -> params.path("configId").asString("");
        };
    if (!Answers.offered(what, habits).contains(wanted)) {
      wire.error(id, -32602, "Invalid params: " + what + " " + wanted);
      return;
    }
    switch (what) {
      case "mode" -> session.mode = wanted;
      case "model" -> session.model = wanted;
      default -> session.effort = wanted;
    }
    if (habits.has("textOnModeChange") && what.equals("mode")) {
      wire.chunk(session.id, "agent_message_chunk", "[MODE_UPDATE] " + wanted, null);
    }
    var older = habits.has("olderOffers");
    answer("set", id, older ? JSON.createObjectNode() : Answers.offers(session, habits));
  }

  private void prompt(JsonNode id, JsonNode params) throws InterruptedException {
    var session = sessions.get(params.path("sessionId").asString(""));
    if (session == null) {
      wire.error(id, -32602, "Invalid params: session not found");
    } else if (session.running != null) {
      wire.error(id, -32600, "busy");
    } else if (!habits.text("prompt", "ok").equals("ok")) {
      answer("prompt", id, JSON.createObjectNode().put("stopReason", "end_turn"));
    } else {
      var turn =
          new ScriptedTurn(
              wire, session, id, params.path("prompt"), habits.has("crashAfterPrompt"));
      session.running = turn;
      turn.start();
    }
  }

  /// Answers a step in the way the habits want it.
  private void answer(String step, JsonNode id, JsonNode result) throws InterruptedException {
    switch (habits.text(step, "ok")) {
      case "silent" -> {}
      case "crash" -> {
        System.err.println("scripted crash at " + step);
        Runtime.getRuntime().halt(7);
      }
      case "refuse" -> wire.error(id, -32603, "scripted refusal");
      case "login" -> wire.error(id, -32000, "scripted: not logged in");
      case "late" -> {
        Thread.sleep(300);
        wire.result(id, result);
      }
      default -> wire.result(id, result);
    }
  }

  private static void sleepForEver() {
    try {
      Thread.sleep(Long.MAX_VALUE);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
