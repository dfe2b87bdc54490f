package dev.signalbox.testkit.agent;

import static dev.signalbox.testkit.agent.Wire.JSON;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// The process of a scripted `codex app-server`: the [Script]s, [Habits] and [Received] of
/// [ScriptedAgent], spoken as Codex speaks. In the table of [Habits] `new` is `thread/start`,
/// `prompt` is `turn/start`, `load` and `authenticate` do not exist; `login` also tells in
/// `account/read` that nobody is logged in. `fork` can be spoiled, too.
///
/// As the real one it answers `turn/start` during a turn by adding to that turn.
public final class ScriptedCodex {
  private final Habits habits;
  private final Wire wire;
  private final ConcurrentHashMap<String, CodexSession> sessions = new ConcurrentHashMap<>();

  private ScriptedCodex(Habits habits) {
    this.habits = habits;
    this.wire = new Wire(habits, true);
  }

  /// @param args ignored; everything is told by the environment
  public static void main(String[] args) throws IOException, InterruptedException {
    var habits = Habits.of(System.getenv().getOrDefault(Habits.VARIABLE, "{}"));
    new ScriptedCodex(habits).run();
    if (habits.has("ignoreEof")) {
      Thread.sleep(Long.MAX_VALUE);
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
    }
  }

  private void serve(String method, JsonNode id, JsonNode params) throws InterruptedException {
    var session = sessions.get(params.path("threadId").asString(""));
    switch (method) {
      case "initialize" ->
          answer("initialize", id, json().put("userAgent", "signalbox/7.7.7 (scripted)"));
      case "account/read" ->
          wire.result(id, json().put("requiresOpenaiAuth", is("initialize", "unauthorized")));
      case "model/list" -> wire.result(id, CodexAnswers.models(habits));
      case "thread/start" -> begin(id, params);
      case "thread/resume" -> reopen(id, params);
      case "thread/fork" -> fork(id, params);
      case "thread/list" -> wire.result(id, CodexAnswers.list(sessions.values(), params));
      case "thread/loaded/list" -> wire.result(id, json());
      case "thread/turns/list" -> wire.result(id, CodexAnswers.turns(session));
      case "thread/backgroundTerminals/list" -> wire.result(id, CodexAnswers.terminals(session));
      case "thread/backgroundTerminals/terminate" -> {
        if (session != null) {
          session.terminals.remove(params.path("processId").asString(""));
        }
        wire.result(id, json());
      }
      case "thread/backgroundTerminals/clean" -> wire.result(id, json());
      case "thread/unsubscribe" -> wire.result(id, json().put("status", "unsubscribed"));
      case "turn/start" -> prompt(id, session, params);
      case "turn/steer" -> steer(id, session, params);
      case "turn/interrupt" -> interrupt(id, session, params);
      default -> wire.error(id, -32600, "Invalid request: unknown variant `" + method + "`");
    }
  }

  private void begin(JsonNode id, JsonNode params) throws InterruptedException {
    var session = CodexSession.create(UUID.randomUUID().toString(), params, habits);
    sessions.put(session.id(), session);
    answer("new", id, CodexAnswers.thread(session, habits));
    wire.notification("thread/started", CodexAnswers.thread(session, habits));
  }

  private void reopen(JsonNode id, JsonNode params) throws InterruptedException {
    var name = params.path("threadId").asString("");
    var open = sessions.get(name);
    var session = open != null ? open : CodexSession.kept(name, params, habits);
    var way = habits.text("resume", "ok");
    if (way.equals("other")) {
      answer("resume", id, CodexAnswers.thread(CodexSession.nowhere(params), habits));
    } else if (way.equals("fake")) {
      var stranger = CodexSession.named(name, params);
      wire.result(id, CodexAnswers.thread(stranger, habits));
    } else if (session == null) {
      wire.error(id, -32600, "no rollout found for thread id " + name);
    } else {
      sessions.put(name, session);
      answer("resume", id, CodexAnswers.thread(session, habits));
    }
  }

  private void fork(JsonNode id, JsonNode params) throws InterruptedException {
    var original = sessions.get(params.path("threadId").asString(""));
    if (original == null) {
      wire.error(id, -32600, "no rollout found for thread id");
      return;
    }
    var copy = CodexSession.create(UUID.randomUUID().toString(), params, habits);
    original.memory.words().forEach(copy.memory::remember);
    sessions.put(copy.id(), copy);
    var told = habits.text("fork", "ok").equals("other") ? original : copy;
    answer("fork", id, CodexAnswers.thread(told, habits));
  }

  private void prompt(JsonNode id, @Nullable CodexSession session, JsonNode params)
      throws InterruptedException {
    if (session == null) {
      wire.error(id, -32600, "thread not found: " + params.path("threadId").asString(""));
      return;
    }
    var running = session.running;
    if (running != null) {
      running.steered(CodexPlay.text(params.path("input")));
      wire.result(id, turn(running.id()));
      return;
    }
    session.settings(params);
    var play = new CodexPlay(wire, session, params.path("input"));
    if (habits.text("prompt", "ok").equals("ok")) {
      session.running = play;
      wire.result(id, turn(play.id()));
      play.start();
    } else {
      answer("prompt", id, turn(play.id()));
    }
  }

  private void steer(JsonNode id, @Nullable CodexSession session, JsonNode params) {
    var running = session == null ? null : session.running;
    if (running == null || !running.id().equals(params.path("expectedTurnId").asString(""))) {
      wire.error(id, -32600, "no active turn to steer");
    } else {
      running.steered(CodexPlay.text(params.path("input")));
      wire.result(id, json().put("turnId", running.id()));
    }
  }

  private void interrupt(JsonNode id, @Nullable CodexSession session, JsonNode params) {
    var running = session == null ? null : session.running;
    if (running == null || !running.id().equals(params.path("turnId").asString(""))) {
      wire.error(id, -32600, "no active turn to interrupt");
    } else {
      wire.result(id, json());
      running.cancel();
    }
  }

  private static ObjectNode turn(String id) {
    var answer = json();
    answer.putObject("turn").put("id", id).put("status", "inProgress");
    return answer;
  }

  private boolean is(String step, String way) {
    return habits.text(step, "ok").equals(way);
  }

  private static ObjectNode json() {
    return JSON.createObjectNode();
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
      case "login" -> wire.error(id, -32600, "scripted: not logged in");
      case "late" -> {
        Thread.sleep(300);
        wire.result(id, result);
      }
      default -> wire.result(id, result);
    }
  }
}
