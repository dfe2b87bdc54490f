package dev.signalbox.testkit.agent;

import static dev.signalbox.testkit.agent.Wire.JSON;

import dev.signalbox.agent.Agent;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// The process of a scripted Claude Code: speaks stream-json as `claude -p` does, plays the scripts
/// that [Script] writes, has the habits that [Habits] gives. Its conversation is told by its
/// arguments, as the real one's.
///
/// Of [Habits] it knows `initialize` (silent, crash, refuse, login), `resume` (ok, silent, other),
/// `set` (silent, refuse, crash), models, state, log, standard error, first line, and staying when
/// its input ends or it is told to terminate.
public final class ScriptedClaude {
  private final Habits habits;
  private final List<String> args;
  final Wire wire;
  final ScriptedSession session;

  /// The id it names in every pass; not the one it was asked for when it fakes a resume.
  final String told;

  private final LinkedBlockingQueue<JsonNode> prompts = new LinkedBlockingQueue<>();
  private final ConcurrentHashMap<String, SynchronousQueue<JsonNode>> asked =
      new ConcurrentHashMap<>();
  private final AtomicLong lastId = new AtomicLong();
  private volatile @Nullable ClaudeTurn running;

  private ScriptedClaude(Habits habits, List<String> args, ScriptedSession session, String told) {
    this.habits = habits;
    this.args = args;
    this.wire = new Wire(habits);
    this.session = session;
    this.told = told;
  }

  /// A registry entry for one.
  public static Agent agent(Habits habits) {
    var argv = new ArrayList<>(Habits.command());
    argv.set(argv.size() - 1, ScriptedClaude.class.getName());
    return new Agent(
        "scripted-claude",
        "Scripted Claude",
        "claude",
        argv,
        habits.environment(),
        List.of(),
        "install-scripted",
        "scripted login",
        true);
  }

  /// @param args as of `claude`
  public static void main(String[] args) throws IOException, InterruptedException {
    var habits = Habits.of(System.getenv().getOrDefault(Habits.VARIABLE, "{}"));
    if (habits.has("ignoreTerm")) {
      Runtime.getRuntime().addShutdownHook(new Thread(ScriptedClaude::sleepForEver));
    }
    var given = Arrays.asList(args);
    var cwd = Path.of("").toAbsolutePath();
    var resumed = after(given, "--resume");
    var fresh = after(given, "--session-id");
    var known = resumed == null ? null : ScriptedSession.kept(resumed, cwd, habits);
    var way = habits.text("resume", "ok");
    if (resumed != null && known == null && !way.equals("other")) {
      if (way.equals("silent")) {
        sleepForEver();
      }
      missing(new Wire(habits), resumed);
    }
    var id = fresh != null ? fresh : String.valueOf(resumed);
    var session = known != null && fresh == null ? known : ScriptedSession.create(id, cwd, habits);
    if (known != null && fresh != null) {
      known.words().forEach(session::remember); // a fork
    }
    session.model = habits.strings("models").stream().findFirst().orElse("");
    boolean other = resumed != null && way.equals("other");
    var told = other ? UUID.randomUUID().toString() : id;
    new ScriptedClaude(habits, given, session, told).run();
    if (habits.has("ignoreEof")) {
      sleepForEver();
    }
    System.exit(0);
  }

  private static void missing(Wire wire, String id) {
    var result = JSON.createObjectNode().put("type", "result").put("is_error", true);
    result
        .put("subtype", "error_during_execution")
        .putArray("errors")
        .add("No conversation found with session ID: " + id);
    wire.line(JSON.writeValueAsString(result));
    System.err.println("No conversation found with session ID: " + id);
    Runtime.getRuntime().halt(1);
  }

  private void run() throws IOException {
    var start = JSON.createObjectNode().put("start", ProcessHandle.current().pid());
    var list = start.putArray("args");
    args.forEach(list::add);
    wire.record(start);
    if (!habits.text("stderr", "").isEmpty()) {
      System.err.println(habits.text("stderr", ""));
    }
    if (!habits.text("firstLine", "").isEmpty()) {
      wire.line(habits.text("firstLine", ""));
    }
    Thread.ofPlatform().daemon().start(this::play);
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

  /// One prompt after the other: what comes while one runs waits, as with the real one.
  private void play() {
    while (true) {
      try {
        var turn = new ClaudeTurn(this, prompts.take());
        running = turn;
        turn.run();
        running = null;
      } catch (InterruptedException e) {
        // an interrupt that came too late for its turn
      }
    }
  }

  private void take(JsonNode message) {
    switch (message.path("type").asString("")) {
      case "user" -> prompts.add(message.path("message").path("content"));
      case "control_response" -> answered(message.path("response"));
      case "control_request" ->
          serve(message.path("request_id").asString(""), message.path("request"));
      default -> {}
    }
  }

  private void serve(String id, JsonNode request) {
    switch (request.path("subtype").asString("")) {
      case "initialize" -> answer("initialize", id, introduction());
      case "get_settings" -> {
        var settings = JSON.createObjectNode();
        settings.putObject("applied").put("model", session.model).put("effort", session.effort);
        success(id, settings);
      }
      case "get_context_usage" ->
          success(id, JSON.createObjectNode().put("totalTokens", 1_234).put("maxTokens", 200_000));
      case "mcp_set_servers" -> {
        var result = JSON.createObjectNode();
        var errors = result.putObject("errors");
        request.path("servers").propertyNames().stream()
            .filter(name -> name.startsWith("broken"))
            .forEach(name -> errors.put(name, "Connection closed"));
        success(id, result);
      }
      case "set_model" -> {
        session.model = request.path("model").asString("");
        answer("set", id, JSON.createObjectNode());
      }
      case "set_permission_mode" -> {
        session.mode = request.path("mode").asString("");
        answer("set", id, JSON.createObjectNode());
      }
      case "apply_flag_settings" -> {
        session.effort = request.path("settings").path("effortLevel").asString("");
        answer("set", id, JSON.createObjectNode());
      }
      case "set_max_thinking_tokens" -> {
        session.effort = "thinking " + request.path("max_thinking_tokens").asInt(-1);
        answer("set", id, JSON.createObjectNode());
      }
      case "interrupt" -> {
        success(id, JSON.createObjectNode());
        var turn = running;
        if (turn != null) {
          turn.cancel();
        }
      }
      default -> error(id, "Unsupported control request subtype");
    }
  }

  private ObjectNode introduction() {
    var answer = JSON.createObjectNode();
    answer
        .putArray("commands")
        .addObject()
        .put("name", "scripted")
        .put("description", "A scripted command")
        .put("argumentHint", "");
    var models = answer.putArray("models");
    for (var model : habits.strings("models")) {
      var told = models.addObject().put("value", model).put("displayName", "The " + model);
      if (!model.startsWith("plain")) {
        told.put("supportsEffort", true).putArray("supportedEffortLevels").add("low").add("high");
      }
    }
    boolean out = habits.text("initialize", "ok").equals("login");
    answer
        .putObject("account")
        .put("tokenSource", "none")
        .put("apiKeySource", out ? "none" : "ANTHROPIC_API_KEY")
        .put("apiProvider", "firstParty");
    return answer.put("claude_code_version", "7.7.7");
  }

  private void answer(String step, String id, ObjectNode response) {
    switch (habits.text(step, "ok")) {
      case "silent" -> {}
      case "refuse" -> error(id, "scripted refusal");
      case "crash" -> {
        System.err.println("scripted crash at " + step);
        Runtime.getRuntime().halt(7);
      }
      default -> success(id, response);
    }
  }

  private void success(String id, ObjectNode response) {
    var line = JSON.createObjectNode().put("type", "control_response");
    line.putObject("response")
        .put("subtype", "success")
        .put("request_id", id)
        .set("response", response);
    wire.line(JSON.writeValueAsString(line));
  }

  private void error(String id, String text) {
    var line = JSON.createObjectNode().put("type", "control_response");
    line.putObject("response").put("subtype", "error").put("request_id", id).put("error", text);
    wire.line(JSON.writeValueAsString(line));
  }

  /// Asks the client; waits for its answer when `wait`. An interrupt of the wait withdraws it.
  @Nullable JsonNode ask(ObjectNode request, boolean wait) throws InterruptedException {
    var id = "scripted-" + lastId.incrementAndGet();
    var answer = new SynchronousQueue<JsonNode>();
    if (wait) {
      asked.put(id, answer);
    }
    var line = JSON.createObjectNode().put("type", "control_request").put("request_id", id);
    line.set("request", request);
    wire.line(JSON.writeValueAsString(line));
    try {
      return wait ? answer.take() : null;
    } catch (InterruptedException e) {
      asked.remove(id);
      var withdrawn = JSON.createObjectNode().put("type", "control_cancel_request");
      wire.line(JSON.writeValueAsString(withdrawn.put("request_id", id)));
      throw e;
    }
  }

  private void answered(JsonNode response) {
    var waiting = asked.remove(response.path("request_id").asString(""));
    try {
      if (waiting != null) {
        // Nobody takes it when the turn was interrupted meanwhile.
        var _ = waiting.offer(response, 200, TimeUnit.MILLISECONDS);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  String mode() {
    var mode = session.mode.isEmpty() ? after(args, "--permission-mode") : session.mode;
    return mode == null ? "auto" : mode;
  }

  private static @Nullable String after(List<String> args, String name) {
    int at = args.indexOf(name);
    return at < 0 || at + 1 >= args.size() ? null : args.get(at + 1);
  }

  static void sleepForEver() {
    try {
      Thread.sleep(Long.MAX_VALUE);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
