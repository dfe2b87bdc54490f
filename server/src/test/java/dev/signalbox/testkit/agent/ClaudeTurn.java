package dev.signalbox.testkit.agent;

import static dev.signalbox.testkit.agent.Wire.JSON;

import java.io.IOException;
import java.nio.file.Files;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// Plays the script of one prompt in the words of Claude Code, on the thread that works through its
/// prompts. What a step is in ACP (`tool_call`, `plan`) is said as the calls of tools it would be
/// here.
final class ClaudeTurn {
  private final ScriptedClaude agent;
  private final ScriptedSession session;
  private final JsonNode content;
  private final ClaudeSpeech speech;
  private final ObjectNode result =
      JSON.createObjectNode()
          .put("subtype", "success")
          .put("is_error", false)
          .put("terminal_reason", "completed")
          .put("stop_reason", "end_turn");
  private volatile @Nullable Thread thread;
  private volatile boolean deaf;
  private @Nullable JsonNode onCancel;
  private @Nullable JsonNode afterwards;
  private boolean errorOnCancel;
  private boolean twice;
  private boolean closeAfter;
  private String lastOption = "";

  ClaudeTurn(ScriptedClaude agent, JsonNode content) {
    this.agent = agent;
    this.session = agent.session;
    this.content = content;
    this.speech = new ClaudeSpeech(agent.wire, agent.told);
  }

  void cancel() {
    var worker = thread;
    if (!deaf && worker != null) {
      worker.interrupt();
    }
  }

  void run() {
    thread = Thread.currentThread();
    try {
      speech.begin(session, agent.told, agent.mode());
      var script = Script.in(text());
      if (script.isMissingNode()) {
        say("heard " + text().length() + " characters and " + images() + " images");
      }
      for (var step : script) {
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
      failed("scripted agent: " + e, 500);
      speech.end(result);
    } finally {
      thread = null;
      var _ = Thread.interrupted();
    }
  }

  /// Plays a step; false ends the turn.
  private boolean play(JsonNode step) throws InterruptedException, IOException {
    var name = step.propertyNames().iterator().next();
    var value = step.path(name).asString("");
    switch (name) {
      case "say" -> speech.say("text", value, step.path("messageId").stringValue(null));
      case "count" -> count(step.path("count").asInt(), step.path("every").asLong());
      case "think" -> speech.say("thinking", value, null);
      case "sleep" -> Thread.sleep(step.path("sleep").asLong());
      case "update" -> update(step.path("update"));
      case "hugeTool" -> {
        speech.tool(value, "Bash", JSON.createObjectNode().put("command", "huge"));
        speech.result(value, "0123456789".repeat(step.path("bytes").asInt() / 10), false);
      }
      case "ask" -> ask(step);
      case "call" -> call(value, step.path("params"));
      case "notify" -> speech.send(((ObjectNode) step.path("params")).put("type", value));
      case "line" -> agent.wire.line(value.replace("$SESSION", agent.told));
      case "garbage" -> agent.wire.garbage(step.path("garbage").asLong());
      case "stderr" -> System.err.println(value);
      case "remember" -> session.remember(value);
      case "recall" ->
          say(session.words().isEmpty() ? "nothing" : String.join(", ", session.words()));
      case "whoami" -> say(whoAmI());
      case "env" -> say(String.valueOf(System.getenv().getOrDefault(value, "unset")));
      case "writeFile" -> {
        if (step.path("if").asString(lastOption).equals(lastOption)) {
          Files.writeString(session.cwd.resolve(value), step.path("text").asString(""));
        }
      }
      case "ignoreCancel" -> deaf = true;
      case "onCancel" -> onCancel = step;
      case "errorOnCancel" -> errorOnCancel = true;
      case "afterwards" -> afterwards = step;
      case "hang" -> {
        speech.endMessage();
        Thread.sleep(Long.MAX_VALUE);
      }
      case "closeOutput" -> {
        closeAfter = value.equals("afterwards");
        if (!closeAfter) {
          agent.wire.close();
        }
      }
      case "crash" -> Runtime.getRuntime().halt(step.path("crash").asInt());
      case "stop" -> {
        result.put("stop_reason", value);
        return false;
      }
      case "noStop" -> result.remove("stop_reason");
      case "error" -> {
        failed(step.path("message").asString(""), step.path("error").asInt());
        return false;
      }
      case "usage" ->
          result
              .put("total_cost_usd", 0.25)
              .putObject("usage")
              .put("input_tokens", step.path("usage").asLong())
              .put("output_tokens", step.path("output").asLong());
      case "meta" -> result.setAll((ObjectNode) step.path("meta"));
      case "answerTwice" -> twice = true;
      default -> throw new IOException("unknown step " + step);
    }
    return true;
  }

  private void end() throws InterruptedException {
    speech.end(result);
    if (twice) {
      agent.wire.line(JSON.writeValueAsString(result));
    }
    if (closeAfter) {
      agent.wire.close();
    }
    if (afterwards != null) {
      late(afterwards, afterwards.path("afterwards").asLong());
    }
  }

  private void cancelled() {
    speech.cancelTools();
    if (errorOnCancel) {
      failed("scripted: cancelled", 500);
    } else if (onCancel != null) {
      result.put("stop_reason", onCancel.path("onCancel").asString());
    } else {
      result
          .put("subtype", "error_during_execution")
          .put("is_error", true)
          .put("terminal_reason", "aborted_streaming")
          .putNull("stop_reason");
    }
    speech.end(result);
    if (onCancel != null) {
      try {
        late(onCancel, onCancel.path("every").asLong());
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private void failed(String message, int status) {
    speech.failure(message);
    result
        .put("is_error", true)
        .put("terminal_reason", "api_error")
        .put("api_error_status", status)
        .put("stop_reason", "stop_sequence")
        .put("result", message);
  }

  private void late(JsonNode step, long everyMillis) throws InterruptedException {
    for (var text : step.path("late")) {
      Thread.sleep(everyMillis);
      say(text.asString(""));
    }
  }

  private void say(String text) {
    speech.say("text", text, null);
  }

  private void count(int count, long everyMillis) throws InterruptedException {
    for (int i = 0; i < count; i++) {
      say(i + " ");
      if (everyMillis > 0) {
        Thread.sleep(everyMillis);
      }
    }
  }

  /// What ACP calls an update, as this agent would say it.
  private void update(JsonNode update) {
    var id = update.path("toolCallId").asString("");
    switch (update.path("sessionUpdate").asString("")) {
      case "tool_call" ->
          speech.tool(
              id,
              toolName(update.path("kind").asString("")),
              input(update.path("kind").asString(""), update.path("title").asString("")));
      case "tool_call_update" -> {
        var output =
            update
                .path("content")
                .valueStream()
                .map(block -> block.path("content").path("text").asString(""))
                .collect(Collectors.joining("\n"));
        speech.result(id, output, update.path("status").asString("").equals("failed"));
      }
      case "plan" -> {
        var todos = JSON.createObjectNode();
        todos.set("todos", update.path("entries"));
        speech.tool("plan", "TodoWrite", todos);
        speech.result("plan", "Todos have been modified", false);
      }
      default -> speech.send(((ObjectNode) update.deepCopy()).put("type", "system"));
    }
  }

  private void ask(JsonNode step) throws InterruptedException {
    var id = step.path("callId").asString("");
    var kind = step.path("kind").asString("");
    var input = input(kind, step.path("ask").asString(""));
    if (!speech.knows(id)) {
      speech.tool(id, toolName(kind), input);
    }
    var request =
        JSON.createObjectNode()
            .put("subtype", "can_use_tool")
            .put("tool_name", toolName(kind))
            .put("tool_use_id", id);
    request.set("input", input);
    request.putArray("permission_suggestions").addObject().put("type", "setMode");
    var answer = agent.ask(request, step.path("wait").asBoolean(true));
    if (answer != null) {
      boolean allowed = answer.path("response").path("behavior").asString("").equals("allow");
      lastOption = option(step.path("options"), allowed ? "allow_once" : "reject_once");
      speech.result(id, answer.path("response").path("message").asString("done"), !allowed);
      say("selected: " + lastOption);
    }
  }

  private static String option(JsonNode options, String kind) {
    return options
        .valueStream()
        .map(option -> option.asString(""))
        .filter(option -> option.endsWith(":" + kind))
        .map(option -> option.substring(0, option.indexOf(':')))
        .findFirst()
        .orElse("none");
  }

  private void call(String subtype, JsonNode params) throws InterruptedException {
    var request = ((ObjectNode) params.deepCopy()).put("subtype", subtype);
    var answer = agent.ask(request, true);
    if (answer != null) {
      boolean fine = answer.path("subtype").asString("").equals("success");
      say(fine ? "result: " + answer.path("response") : "error: " + answer.path("error"));
    }
  }

  private static String toolName(String kind) {
    return switch (kind) {
      case "execute" -> "Bash";
      case "read" -> "Read";
      case "edit" -> "Write";
      case "search" -> "Grep";
      case "fetch" -> "WebFetch";
      case "subagent" -> "Task";
      default -> "Scripted";
    };
  }

  private static ObjectNode input(String kind, String title) {
    var input = JSON.createObjectNode();
    return switch (kind) {
      case "execute" -> input.put("command", title);
      case "read", "edit" ->
          input.put("file_path", title.substring(title.indexOf(' ') + 1)).put("content", "new\n");
      case "search" -> input.put("pattern", title);
      case "fetch" -> input.put("url", title);
      default -> input.put("description", title);
    };
  }

  private String whoAmI() {
    return "model=%s mode=%s effort=%s cwd=%s session=%s pid=%d"
        .formatted(
            session.model,
            agent.mode(),
            session.effort,
            session.cwd,
            session.id,
            ProcessHandle.current().pid());
  }

  private String text() {
    return content
        .valueStream()
        .map(block -> block.path("text").asString(""))
        .collect(Collectors.joining());
  }

  private long images() {
    return content
        .valueStream()
        .filter(block -> block.path("type").asString("").equals("image"))
        .count();
  }
}
