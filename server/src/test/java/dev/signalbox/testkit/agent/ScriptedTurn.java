package dev.signalbox.testkit.agent;

import static dev.signalbox.testkit.agent.Wire.JSON;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// Plays the script of one prompt on a thread of its own and answers it. A prompt without a script
/// is answered "heard N bytes sha256 HEX", with the number of images when there were any.
final class ScriptedTurn implements Runnable {
  private final Wire wire;
  private final ScriptedSession session;
  private final JsonNode id;
  private final JsonNode blocks;
  private final boolean crashAfter;
  private final ObjectNode result = JSON.createObjectNode().put("stopReason", "end_turn");
  private volatile @Nullable Thread thread;
  private volatile boolean deaf;
  private @Nullable JsonNode onCancel;
  private @Nullable JsonNode afterwards;
  private @Nullable JsonNode error;
  private boolean errorOnCancel;
  private boolean twice;
  private boolean closeAfter;
  private boolean wrongIds;
  private String lastOption = "";

  ScriptedTurn(
      Wire wire, ScriptedSession session, JsonNode id, JsonNode blocks, boolean crashAfter) {
    this.wire = wire;
    this.session = session;
    this.id = id;
    this.blocks = blocks;
    this.crashAfter = crashAfter;
  }

  void start() {
    var worker = Thread.ofPlatform().daemon().unstarted(this);
    thread = worker;
    worker.start();
  }

  void cancel() {
    var worker = thread;
    if (!deaf && worker != null) {
      worker.interrupt();
    }
  }

  @Override
  public void run() {
    try {
      var script = Script.in(text());
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
      end();
    } catch (InterruptedException e) {
      cancelled();
    } catch (IOException | RuntimeException e) {
      wire.error(id, -32603, "scripted agent: " + e);
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
      case "say" -> say(value, step.path("messageId").stringValue(null));
      case "count" -> count(step.path("count").asInt(), step.path("every").asLong());
      case "think" -> wire.chunk(session.id, "agent_thought_chunk", value, null);
      case "sleep" -> Thread.sleep(step.path("sleep").asLong());
      case "update" -> wire.update(step.path("session").asString(session.id), step.path("update"));
      case "hugeTool" -> hugeTool(value, step.path("bytes").asInt());
      case "ask" -> ask(step);
      case "elicit" -> elicit(value, step.path("schema"));
      case "call" -> call(value, step.path("params"));
      case "notify" -> wire.notification(value, step.path("params"));
      case "line" -> wire.line(value);
      case "garbage" -> wire.garbage(step.path("garbage").asLong());
      case "stderr" -> System.err.println(value);
      case "remember" -> session.remember(value);
      case "recall" -> say(remembered(), null);
      case "whoami" -> say(whoAmI(), null);
      case "env" -> say(String.valueOf(System.getenv().getOrDefault(value, "unset")), null);
      case "writeFile" -> {
        if (step.path("if").asString(lastOption).equals(lastOption)) {
          Files.writeString(session.cwd.resolve(value), step.path("text").asString(""));
        }
      }
      case "spawn" -> spawn(value, ProcessBuilder.Redirect.from(new File("/dev/null")));
      case "spawnHelper" -> spawn(value, ProcessBuilder.Redirect.PIPE);
      case "fork" -> fork(step.path("fork").asInt());
      case "ignoreCancel" -> deaf = true;
      case "onCancel" -> onCancel = step;
      case "errorOnCancel" -> errorOnCancel = true;
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
      case "stop" -> {
        result.put("stopReason", value);
        return false;
      }
      case "noStop" -> result.remove("stopReason");
      case "error" -> {
        error = step;
        return false;
      }
      case "usage" -> usage(step.path("usage").asLong(), step.path("output").asLong());
      case "meta" -> result.set("_meta", step.path("meta"));
      case "answerTwice" -> twice = true;
      case "wrongIds" -> wrongIds = true;
      default -> throw new IOException("unknown step " + step);
    }
    return true;
  }

  private void end() throws InterruptedException {
    if (wrongIds) {
      wire.result(JSON.valueToTree(987_654_321), result);
      wire.line("{\"jsonrpc\":\"2.0\",\"error\":{\"code\":-32700,\"message\":\"Parse error\"}}");
      wire.result(JSON.valueToTree("a-string-id"), result);
    }
    answer();
    if (twice) {
      answer();
    }
    if (closeAfter) {
      wire.close();
    }
    if (crashAfter) {
      Runtime.getRuntime().halt(9);
    }
    if (afterwards != null) {
      late(afterwards, afterwards.path("afterwards").asLong());
    }
  }

  private void answer() {
    session.running = null;
    if (error != null) {
      wire.error(id, error.path("error").asInt(), error.path("message").asString(""));
    } else {
      wire.result(id, result);
    }
  }

  private void cancelled() {
    session.running = null;
    if (errorOnCancel) {
      wire.error(id, -32603, "scripted: cancelled");
      return;
    }
    result.put("stopReason", onCancel == null ? "cancelled" : onCancel.path("onCancel").asString());
    wire.result(id, result);
    if (onCancel != null) {
      try {
        late(onCancel, onCancel.path("every").asLong());
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private void late(JsonNode step, long everyMillis) throws InterruptedException {
    for (var text : step.path("late")) {
      Thread.sleep(everyMillis);
      say(text.asString(""), null);
    }
  }

  private void say(String text, @Nullable String messageId) {
    wire.chunk(session.id, "agent_message_chunk", text, messageId);
  }

  private void count(int count, long everyMillis) throws InterruptedException {
    for (int i = 0; i < count; i++) {
      say(i + " ", null);
      if (everyMillis > 0) {
        Thread.sleep(everyMillis);
      }
    }
  }

  private void hugeTool(String callId, int bytes) {
    var update =
        JSON.createObjectNode()
            .put("sessionUpdate", "tool_call")
            .put("toolCallId", callId)
            .put("title", "huge")
            .put("kind", "execute")
            .put("status", "completed");
    update
        .putArray("content")
        .addObject()
        .put("type", "content")
        .putObject("content")
        .put("type", "text")
        .put("text", "0123456789".repeat(bytes / 10));
    wire.update(session.id, update);
  }

  private void ask(JsonNode step) throws InterruptedException {
    var params = JSON.createObjectNode().put("sessionId", session.id);
    params
        .putObject("toolCall")
        .put("toolCallId", step.path("callId").asString(""))
        .put("title", step.path("ask").asString(""))
        .put("kind", step.path("kind").asString(""))
        .put("status", "pending");
    var options = params.putArray("options");
    for (var option : step.path("options")) {
      var text = option.asString("");
      int colon = text.indexOf(':');
      options
          .addObject()
          .put("optionId", text.substring(0, colon))
          .put("name", "Option " + text.substring(0, colon))
          .put("kind", text.substring(colon + 1));
    }
    var wait = step.path("wait").asBoolean(true);
    var answer = wire.ask("session/request_permission", params, wait);
    if (answer != null) {
      var outcome = answer.path("result").path("outcome");
      lastOption = outcome.path("optionId").asString("");
      say(
          outcome.path("outcome").asString("error")
              + ": "
              + outcome.path("optionId").asString("none"),
          null);
    }
  }

  private void elicit(String message, JsonNode schema) throws InterruptedException {
    var params =
        JSON.createObjectNode()
            .put("sessionId", session.id)
            .put("mode", "form")
            .put("message", message);
    params.set("requestedSchema", schema);
    call("elicitation/create", params);
  }

  private void call(String method, JsonNode params) throws InterruptedException {
    var answer = wire.ask(method, params, true);
    if (answer != null) {
      say(
          answer.has("error")
              ? "error: " + answer.path("error").path("code").asInt(0)
              : "result: " + answer.path("result"),
          null);
    }
  }

  private void spawn(String command, ProcessBuilder.Redirect input) throws IOException {
    new ProcessBuilder("sh", "-c", command)
        .redirectInput(input)
        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
        .redirectError(ProcessBuilder.Redirect.DISCARD)
        .start();
    say("spawned", null);
  }

  /// Each is forked twice, so that no parent link leads to it.
  private void fork(int children) throws IOException, InterruptedException {
    var pids = new StringBuilder("children:");
    for (int i = 0; i < children; i++) {
      var pid = Files.createTempFile("scripted-", ".pid");
      new ProcessBuilder(
              "sh",
              "-c",
              "setsid sh -c 'trap \"\" TERM HUP INT; echo $$ >\"$1\"; while :; do sleep 1; done'"
                  + " child \"$1\" >/dev/null 2>&1 </dev/null &",
              "fork",
              pid.toString())
          .start()
          .waitFor();
      while (Files.size(pid) == 0) {
        Thread.sleep(10);
      }
      pids.append(' ').append(Files.readString(pid).strip());
      Files.delete(pid);
    }
    say(pids.toString(), null);
  }

  private static void die() throws IOException, InterruptedException {
    new ProcessBuilder("kill", "-9", Long.toString(ProcessHandle.current().pid())).start();
    Thread.sleep(Long.MAX_VALUE);
  }

  private void usage(long input, long output) {
    result
        .putObject("usage")
        .put("inputTokens", input)
        .put("outputTokens", output)
        .put("totalTokens", input + output);
  }

  private String remembered() {
    return session.words().isEmpty() ? "nothing" : String.join(", ", session.words());
  }

  private String whoAmI() {
    return "model=%s mode=%s effort=%s cwd=%s session=%s pid=%d"
        .formatted(
            session.model,
            session.mode,
            session.effort,
            session.cwd,
            session.id,
            ProcessHandle.current().pid());
  }

  private String text() {
    return blocks
        .valueStream()
        .filter(block -> block.path("type").asString("").equals("text"))
        .map(block -> block.path("text").asString(""))
        .collect(Collectors.joining());
  }

  private void hear() {
    var bytes = text().getBytes(StandardCharsets.UTF_8);
    try {
      var hash = HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
      long images =
          blocks.valueStream().filter(b -> b.path("type").asString("").equals("image")).count();
      say(
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
