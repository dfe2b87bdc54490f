package dev.signalbox.testkit.agent;

import static dev.signalbox.testkit.agent.Wire.JSON;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.signalbox.agent.Agent;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// The process of a scripted opencode server: the requests and events that were seen of the real
/// one, and its bad habits. It plays the same [Script]s as [ScriptedAgent] and obeys the same
/// [Habits]; what it received is kept as `{"method":"POST /path","directory":…,"body":…}`, and
/// every change of the number of streams it feeds as `{"method":"streams","count":N}`.
///
/// Steps that can be spoiled: `start` (`silent`, `crash`, `late`), `health` (`silent`, `refuse`),
/// `new`, `resume` (`silent`, `refuse`, `login`, `crash`; `resume` also `other`), `prompt`
/// (`silent`, `refuse`, `crash`; `unknown`: 404; `lost`: taken, and nothing comes of it), `abort`
/// (`silent`, `refuse`, `ignore`), `idle2`, the second idle after an abort (`never`, `late`),
/// `status` (`silent`).
public final class ScriptedOpencode {
  private final Habits habits;
  private final Wire log;
  private final OpencodeStreams streams;
  private final Map<String, OpencodeSession> sessions = new ConcurrentHashMap<>();
  private final String authorization;

  private ScriptedOpencode(Habits habits, String password) {
    this.habits = habits;
    this.log = new Wire(habits);
    this.streams = new OpencodeStreams(log);
    var pair = ("opencode:" + password).getBytes(StandardCharsets.UTF_8);
    this.authorization = "Basic " + Base64.getEncoder().encodeToString(pair);
  }

  /// A registry entry of such an agent.
  public static Agent agent(Habits habits) {
    var argv = new ArrayList<>(Habits.command());
    argv.set(argv.size() - 1, ScriptedOpencode.class.getName());
    return new Agent(
        "scripted",
        "Scripted opencode",
        "opencode",
        argv,
        habits.environment(),
        List.of(),
        "install-scripted",
        "scripted login",
        true);
  }

  /// @param args ignored; everything is told by the environment
  public static void main(String[] args) throws IOException, InterruptedException {
    var habits = Habits.of(System.getenv().getOrDefault(Habits.VARIABLE, "{}"));
    if (habits.has("ignoreTerm")) {
      Runtime.getRuntime().addShutdownHook(new Thread(ScriptedOpencode::sleepForEver));
    }
    var password = System.getenv().getOrDefault("OPENCODE_SERVER_PASSWORD", "");
    new ScriptedOpencode(habits, password).run(List.of(args));
  }

  private void run(List<String> args) throws IOException, InterruptedException {
    var start = JSON.createObjectNode().put("start", ProcessHandle.current().pid());
    args.forEach(start.putArray("args")::add);
    log.record(start);
    System.err.println(habits.text("stderr", "scripted opencode starts"));
    switch (habits.text("start", "ok")) {
      case "silent" -> sleepForEver();
      case "crash" -> {
        System.err.println("scripted crash at start");
        Runtime.getRuntime().halt(7);
      }
      case "late" -> Thread.sleep(700);
      default -> {}
    }
    var server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 64);
    server.setExecutor(Thread::startVirtualThread);
    server.createContext("/", this::handle);
    server.start();
    System.out.println(habits.text("firstLine", "a line before"));
    System.out.println(
        "opencode server listening on http://127.0.0.1:" + server.getAddress().getPort());
    System.out.flush();
    streams.beat();
  }

  private void handle(HttpExchange exchange) throws IOException {
    try {
      if (!authorization.equals(exchange.getRequestHeaders().getFirst("Authorization"))) {
        answer(exchange, 401, JSON.createObjectNode().put("name", "Unauthorized"));
        return;
      }
      var query = query(exchange.getRequestURI().getRawQuery());
      var directory = Path.of(query.getOrDefault("directory", "/"));
      var path = exchange.getRequestURI().getPath();
      var method = exchange.getRequestMethod() + " " + path;
      var text = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
      var body = text.isEmpty() ? JSON.createObjectNode() : JSON.readTree(text);
      record(method, directory, body);
      route(exchange, method, path.substring(1).split("/", -1), directory, body);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void route(
      HttpExchange exchange, String method, String[] path, Path directory, JsonNode body)
      throws IOException, InterruptedException {
    switch (method) {
      case "GET /event" -> streams.feed(exchange, directory);
      case "GET /global/health" ->
          step(exchange, "health", ok().put("healthy", true).put("version", "7.7.7"));
      case "GET /config" -> answer(exchange, 200, OpencodeAnswers.config(habits));
      case "GET /config/providers" -> answer(exchange, 200, OpencodeAnswers.providers(habits));
      case "GET /agent" -> answer(exchange, 200, OpencodeAnswers.agents(habits));
      case "GET /command" -> answer(exchange, 200, OpencodeAnswers.commands());
      case "POST /session" -> begin(exchange, directory, body);
      case "GET /session" -> answer(exchange, 200, list(directory));
      case "GET /session/status" -> step(exchange, "status", status());
      case "GET /permission" -> answer(exchange, 200, waiting("per_"));
      case "GET /question" -> answer(exchange, 200, waiting("que_"));
      case "POST /mcp" -> answer(exchange, 200, ok());
      default -> {
        if (path.length == 3 && (path[0].equals("permission") || path[0].equals("question"))) {
          replied(exchange, path[1], path[2], body);
        } else if (path.length >= 2 && path[0].equals("session")) {
          session(exchange, method, path, directory, body);
        } else {
          answer(exchange, 404, ok().put("name", "NotFoundError"));
        }
      }
    }
  }

  private void session(
      HttpExchange exchange, String method, String[] path, Path directory, JsonNode body)
      throws IOException, InterruptedException {
    var session = sessions.get(path[1]);
    if (session == null) {
      session = kept(path[1], directory);
    }
    if (session == null) {
      var problem = ok().put("name", "NotFoundError");
      problem.putObject("data").put("message", "Session not found: " + path[1]);
      answer(exchange, 404, problem);
      return;
    }
    var verb = method.substring(0, method.indexOf(' '));
    switch (verb + " " + (path.length > 2 ? path[2] : "")) {
      case "GET " -> {
        var told = session.info();
        if (habits.text("resume", "ok").equals("other")) {
          told.put("id", "ses_another");
        }
        step(exchange, "resume", told);
      }
      case "GET message" -> answer(exchange, 200, session.messages(habits.has("fresh")));
      case "GET todo" -> answer(exchange, 200, session.todos);
      case "POST prompt_async", "POST command" -> prompt(exchange, session, path[2], body);
      case "POST abort" -> abort(exchange, session);
      case "POST fork" -> {
        var fork = add(directory, session.memory.words(), "");
        answer(exchange, 200, fork.info());
      }
      default -> answer(exchange, 404, ok().put("name", "NotFoundError"));
    }
  }

  private void begin(HttpExchange exchange, Path directory, JsonNode body)
      throws IOException, InterruptedException {
    var session = add(directory, List.of(), "");
    session.readOnly = body.has("permission");
    session.emit("session.created", session.about());
    step(exchange, "new", session.info());
  }

  private OpencodeSession add(Path directory, List<String> words, String parent) {
    var id = "ses_" + Long.toString(System.nanoTime(), 36) + sessions.size();
    var session =
        new OpencodeSession(ScriptedSession.create(id, directory, habits), parent, streams, habits);
    words.forEach(session.memory::remember);
    sessions.put(id, session);
    return session;
  }

  private @Nullable OpencodeSession kept(String id, Path directory) {
    var memory = ScriptedSession.kept(id, directory, habits);
    if (memory == null) {
      return null;
    }
    var session = new OpencodeSession(memory, "", streams, habits);
    sessions.put(id, session);
    return session;
  }

  private void prompt(HttpExchange exchange, OpencodeSession session, String kind, JsonNode body)
      throws IOException, InterruptedException {
    switch (habits.text("prompt", "ok")) {
      case "unknown" -> {
        if (sessions.size() < 2) { // only the first one is not known any more
          answer(exchange, 404, ok().put("name", "NotFoundError"));
          return;
        }
      }
      case "lost" -> {
        answer(exchange, 204, null);
        return;
      }
      case "ok" -> {}
      default -> {
        step(exchange, "prompt", ok());
        return;
      }
    }
    var turn = session.prompt(body, this::child);
    if (kind.equals("command")) {
      turn.awaitEnd();
      answer(exchange, 200, ok());
    } else {
      answer(exchange, 204, null);
    }
  }

  private OpencodeSession child(OpencodeSession of) {
    var child = add(of.memory.cwd, List.of(), of.memory.id);
    child.emit("session.created", child.about());
    return child;
  }

  private void abort(HttpExchange exchange, OpencodeSession session)
      throws IOException, InterruptedException {
    if (habits.text("abort", "ok").equals("ok")) {
      session.abort();
    }
    step(exchange, "abort", JSON.getNodeFactory().booleanNode(true));
  }

  private void replied(HttpExchange exchange, String id, String verb, JsonNode body)
      throws IOException {
    for (var session : sessions.values()) {
      session.replied(id, verb, body);
    }
    answer(exchange, 200, JSON.getNodeFactory().booleanNode(true));
  }

  private JsonNode list(Path directory) {
    var list = JSON.createArrayNode();
    for (var session : sessions.values()) {
      if (session.memory.cwd.equals(directory)) {
        list.add(session.info());
      }
    }
    return list;
  }

  private JsonNode status() {
    var status = ok();
    for (var session : sessions.values()) {
      if (session.busy()) {
        status.putObject(session.memory.id).put("type", "busy");
      }
    }
    return status;
  }

  private JsonNode waiting(String prefix) {
    var list = JSON.createArrayNode();
    for (var session : sessions.values()) {
      session.waiting().stream()
          .filter(ask -> ask.path("id").asString("").startsWith(prefix))
          .forEach(list::add);
    }
    return list;
  }

  /// Answers a step in the way the habits want it.
  private void step(HttpExchange exchange, String step, JsonNode result)
      throws IOException, InterruptedException {
    switch (habits.text(step, "ok")) {
      case "silent" -> sleepForEver();
      case "crash" -> {
        System.err.println("scripted crash at " + step);
        Runtime.getRuntime().halt(7);
      }
      case "refuse" -> answer(exchange, 500, said("UnknownError", "scripted refusal"));
      case "login" -> answer(exchange, 401, said("ProviderAuthError", "scripted: not logged in"));
      default -> answer(exchange, 200, result);
    }
  }

  private static ObjectNode said(String name, String message) {
    var problem = ok().put("name", name);
    problem.putObject("data").put("message", message);
    return problem;
  }

  private void record(String method, Path directory, JsonNode body) {
    var line = JSON.createObjectNode();
    var got = line.putObject("got").put("method", method).put("directory", directory.toString());
    got.set("body", body);
    log.record(line);
  }

  private static ObjectNode ok() {
    return JSON.createObjectNode();
  }

  private static void answer(HttpExchange exchange, int status, @Nullable JsonNode body)
      throws IOException {
    try (exchange) {
      if (body == null) {
        exchange.sendResponseHeaders(status, -1);
        return;
      }
      var bytes = JSON.writeValueAsBytes(body);
      exchange.getResponseHeaders().add("Content-Type", "application/json");
      exchange.sendResponseHeaders(status, bytes.length);
      exchange.getResponseBody().write(bytes);
    }
  }

  private static Map<String, String> query(@Nullable String raw) {
    var query = new HashMap<String, String>();
    if (raw != null) {
      for (var pair : raw.split("&", -1)) {
        int equals = pair.indexOf('=');
        query.put(
            pair.substring(0, equals),
            URLDecoder.decode(pair.substring(equals + 1), StandardCharsets.UTF_8));
      }
    }
    return query;
  }

  private static void sleepForEver() {
    try {
      Thread.sleep(Long.MAX_VALUE);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
