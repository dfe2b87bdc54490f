package dev.signalbox.testkit.agent;

import static dev.signalbox.testkit.agent.Wire.JSON;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// Plays the script of one turn as Codex would tell it, on a thread of its own. A prompt without a
/// script is answered "heard N bytes sha256 HEX". What the step `meta` holds is laid over the turn
/// that `turn/completed` tells; in what is sent verbatim `$THREAD`, `$TURN` and the text `$REQUEST`
/// (the number of its last request) are filled in.
final class CodexPlay implements Runnable {
  private final Wire wire;
  private final CodexSession session;
  private final JsonNode prompt;
  private final String id = UUID.randomUUID().toString();
  private final CodexItems items;
  private final ObjectNode turn;
  private final Thread thread = Thread.ofPlatform().daemon().unstarted(this);
  private volatile boolean deaf;
  private @Nullable JsonNode onCancel;
  private @Nullable JsonNode afterwards;
  private boolean twice;
  private boolean closeAfter;
  private String lastOption = "";

  CodexPlay(Wire wire, CodexSession session, JsonNode input) {
    this.wire = wire;
    this.session = session;
    this.prompt = input;
    this.items = new CodexItems(wire, session, id);
    this.turn = JSON.createObjectNode().put("id", id).put("status", "completed");
  }

  String id() {
    return id;
  }

  void start() {
    thread.start();
  }

  void cancel() {
    if (!deaf) {
      thread.interrupt();
    }
  }

  /// More words for the turn that runs.
  void steered(String text) {
    items.say("steered: " + text, null);
  }

  static String text(JsonNode input) {
    return input
        .valueStream()
        .map(part -> part.path("text").asString(""))
        .collect(Collectors.joining());
  }

  @Override
  public void run() {
    var script = Script.in(text(prompt));
    wire.notification("turn/started", told("inProgress"));
    try {
      if (script.isMissingNode()) {
        hear();
      }
      for (var step : script) {
        // An answer may be taken in the very moment of the cancel, which then interrupts nothing.
        if (Thread.interrupted()) {
          throw new InterruptedException();
        }
        if (!play(step)) {
          break;
        }
      }
      items.close();
      end();
    } catch (InterruptedException e) {
      cancelled();
    } catch (IOException | RuntimeException e) {
      fail("scripted agent: " + e);
      completed();
    } finally {
      if (session.running == this) {
        session.running = null;
      }
    }
  }

  /// Plays a step; false ends the turn.
  private boolean play(JsonNode step) throws InterruptedException, IOException {
    var name = step.propertyNames().iterator().next();
    var value = step.path(name).asString("");
    switch (name) {
      case "say" -> items.say(value, step.path("messageId").stringValue(null));
      case "count" -> count(step.path("count").asInt(), step.path("every").asLong());
      case "think" -> items.think(value);
      case "sleep" -> Thread.sleep(step.path("sleep").asLong());
      case "update" -> update(step.path("update"));
      case "ask" -> ask(step);
      case "call" -> call(value, step.path("params"));
      case "notify" -> wire.notification(value, filled(step.path("params")));
      case "line" -> wire.line(value);
      case "garbage" -> wire.garbage(step.path("garbage").asLong());
      case "stderr" -> System.err.println(value);
      case "remember" -> session.memory.remember(value);
      case "recall" -> items.say(remembered(), null);
      case "whoami" -> items.say(whoAmI(), null);
      case "env" -> items.say(System.getenv().getOrDefault(value, "unset"), null);
      case "writeFile" -> {
        if (step.path("if").asString(lastOption).equals(lastOption)) {
          Files.writeString(session.memory.cwd.resolve(value), step.path("text").asString(""));
        }
      }
      case "ignoreCancel" -> deaf = true;
      case "onCancel" -> onCancel = step;
      case "afterwards" -> afterwards = step;
      case "hang" -> Thread.sleep(Long.MAX_VALUE);
      case "closeOutput" -> {
        closeAfter = value.equals("afterwards");
        if (!closeAfter) {
          wire.close();
        }
      }
      case "crash" -> Runtime.getRuntime().halt(step.path("crash").asInt());
      case "die" -> die();
      case "error" -> {
        fail(step.path("message").asString(""));
        return false;
      }
      case "usage" -> used(step.path("usage").asLong(), step.path("output").asLong());
      case "meta" -> turn.setAll((ObjectNode) step.path("meta"));
      case "answerTwice" -> twice = true;
      case "wrongIds" -> wrongIds();
      default -> throw new IOException("unknown step " + step);
    }
    return true;
  }

  private void end() throws InterruptedException {
    completed();
    if (twice) {
      completed();
    }
    if (closeAfter) {
      wire.close();
    }
    if (afterwards != null) {
      late(afterwards, afterwards.path("afterwards").asLong());
    }
  }

  private void completed() {
    session.running = null;
    wire.notification("turn/completed", told(turn.path("status").asString("")));
  }

  /// The text that is open stays open, and commands stay running.
  private void cancelled() {
    turn.put("status", "interrupted");
    completed();
    if (onCancel != null) {
      try {
        late(onCancel, onCancel.path("every").asLong());
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
      wire.notification("turn/completed", told("failed"));
    }
  }

  private void late(JsonNode step, long everyMillis) throws InterruptedException {
    for (var text : step.path("late")) {
      Thread.sleep(everyMillis);
      items.say(text.asString(""), null);
    }
  }

  private ObjectNode told(String status) {
    var params = JSON.createObjectNode().put("threadId", session.id());
    params.set("turn", turn.deepCopy().put("status", status));
    return params;
  }

  private void fail(String message) {
    turn.put("status", "failed");
    turn.putObject("error").put("message", message).put("codexErrorInfo", "other");
  }

  private void count(int count, long everyMillis) throws InterruptedException {
    for (int i = 0; i < count; i++) {
      items.say(i + " ", null);
      if (everyMillis > 0) {
        Thread.sleep(everyMillis);
      }
    }
  }

  private void update(JsonNode update) {
    if (!items.update(update)) {
      items.tell("item/scripted/unknown", JSON.createObjectNode().set("update", update));
    }
  }

  /// Begins the call it asks about, unless that runs already. With `plan` as its kind the title is
  /// proposed as a plan instead, which asks nobody.
  private void ask(JsonNode step) throws InterruptedException {
    var callId = step.path("callId").asString("");
    var kind = step.path("kind").asString("");
    if (kind.equals("plan")) {
      items.plan(step.path("ask").asString(""));
      return;
    }
    items.begin(
        JSON.createObjectNode()
            .put("toolCallId", callId)
            .put("title", step.path("ask").asString(""))
            .put("kind", kind));
    var mcp = !kind.equals("execute") && !kind.equals("edit");
    var answer = wire.ask(method(kind), approval(callId, mcp), step.path("wait").asBoolean(true));
    if (answer != null) {
      var said = answer.path("result");
      var word = said.path("decision").asString(said.path("action").asString("error"));
      lastOption = option(step, word);
      if (word.equals("decline")) {
        items.over(callId, "declined", null);
      }
      if (word.equals("cancel")) {
        throw new InterruptedException();
      }
      items.say(
          (lastOption.isEmpty() ? "cancelled" : "selected")
              + ": "
              + (lastOption.isEmpty() ? "none" : lastOption),
          null);
    }
  }

  private static String method(String kind) {
    return switch (kind) {
      case "execute" -> "item/commandExecution/requestApproval";
      case "edit" -> "item/fileChange/requestApproval";
      default -> "mcpServer/elicitation/request";
    };
  }

  private ObjectNode approval(String callId, boolean mcp) {
    var params = JSON.createObjectNode().put("threadId", session.id()).put("turnId", id);
    var item = items.call(callId);
    if (mcp && item != null) {
      params.put("serverName", "scripted").put("mode", "form").put("message", "Allow?");
      params
          .putObject("_meta")
          .put("codex_approval_kind", "mcp_tool_call")
          .put("tool_name", item.path("tool").asString(""))
          .set("tool_params", item.path("arguments"));
      return params;
    }
    params.put("itemId", callId);
    if (item != null && item.has("command")) {
      params.put("command", item.path("command").asString("")).set("cwd", item.path("cwd"));
      params.putArray("availableDecisions").add("accept").add("cancel");
    }
    return params;
  }

  /// The option of the script that means what Codex's word means.
  private static String option(JsonNode step, String word) {
    var kind = word.equals("accept") ? "allow_once" : word.equals("decline") ? "reject_once" : "";
    for (var option : step.path("options")) {
      var text = option.asString("");
      if (text.endsWith(":" + kind)) {
        return text.substring(0, text.indexOf(':'));
      }
    }
    return "";
  }

  private void call(String method, JsonNode params) throws InterruptedException {
    var answer = wire.ask(method, filled(params), true);
    if (answer != null) {
      items.say(
          answer.has("error")
              ? "error: " + answer.path("error").path("code").asInt(0)
              : "result: " + answer.path("result"),
          null);
    }
  }

  private JsonNode filled(JsonNode params) {
    return JSON.readTree(
        params
            .toString()
            .replace("$THREAD", session.id())
            .replace("$TURN", id)
            .replace("\"$REQUEST\"", "" + wire.lastRequest()));
  }

  /// Tells it twice, as the real one does now and then.
  private void used(long in, long out) {
    session.input += in;
    session.output += out;
    for (int i = 0; i < 2; i++) {
      var params = JSON.createObjectNode();
      var usage = params.putObject("tokenUsage").put("modelContextWindow", 1_000);
      tokens(usage.putObject("total"), session.input, session.output);
      tokens(usage.putObject("last"), in, out);
      items.tell("thread/tokenUsage/updated", params);
    }
  }

  private static void tokens(ObjectNode counted, long in, long out) {
    counted.put("inputTokens", in).put("outputTokens", out).put("totalTokens", in + out);
    counted.put("cachedInputTokens", 0).put("reasoningOutputTokens", 0);
  }

  private void wrongIds() {
    wire.result(JSON.valueToTree(987_654_321), turn);
    wire.line("{\"error\":{\"code\":-32700,\"message\":\"Parse error\"}}");
    wire.result(JSON.valueToTree("a-string-id"), turn);
  }

  private static void die() throws IOException, InterruptedException {
    new ProcessBuilder("kill", "-9", Long.toString(ProcessHandle.current().pid())).start();
    Thread.sleep(Long.MAX_VALUE);
  }

  private String remembered() {
    var words = session.memory.words();
    return words.isEmpty() ? "nothing" : String.join(", ", words);
  }

  private String whoAmI() {
    return "model=%s effort=%s cwd=%s session=%s pid=%d sandbox=%s approvals=%s plan=%s"
        .formatted(
            session.memory.model,
            session.memory.effort,
            session.memory.cwd,
            session.id(),
            ProcessHandle.current().pid(),
            session.sandbox,
            session.approvals,
            session.plans);
  }

  private void hear() {
    var bytes = text(prompt).getBytes(StandardCharsets.UTF_8);
    try {
      var hash = HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
      long images =
          prompt.valueStream().filter(p -> p.path("type").asString("").equals("image")).count();
      items.say(
          "heard "
              + bytes.length
              + " bytes sha256 "
              + hash
              + (images == 0 ? "" : " and " + images + " images"),
          null);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
