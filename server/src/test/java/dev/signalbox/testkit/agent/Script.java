package dev.signalbox.testkit.agent;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// What a [ScriptedAgent] does in a turn, step by step. Mutable, for one thread; [#prompt] gives
/// the text to send. The script travels inside the prompt, between `@@` and `@@`, as a JSON array
/// with one object per step, so any client can send one. Text around it is ignored.
public final class Script {
  private static final JsonMapper JSON = JsonMapper.builder().build();
  private final ArrayNode steps = JSON.createArrayNode();

  public static Script script() {
    return new Script();
  }

  /// The prompt that carries this script.
  public String prompt() {
    return "@@" + JSON.writeValueAsString(steps) + "@@";
  }

  @Override
  public String toString() {
    return prompt();
  }

  /// One chunk of the answer.
  public Script say(String text) {
    return step("say", text);
  }

  /// One chunk of the answer with a message id.
  public Script say(String text, String messageId) {
    add().put("say", text).put("messageId", messageId);
    return this;
  }

  /// `count` chunks "0 ", "1 ", … with a pause between two; without one it is a flood.
  public Script count(int count, long everyMillis) {
    add().put("count", count).put("every", everyMillis);
    return this;
  }

  public Script think(String text) {
    return step("think", text);
  }

  public Script sleep(long millis) {
    add().put("sleep", millis);
    return this;
  }

  /// A `session/update` of this session, given as the JSON of its `update`.
  public Script update(String json) {
    add().set("update", JSON.readTree(json));
    return this;
  }

  /// As [#update] but for another session id.
  public Script updateOf(String session, String json) {
    var step = add();
    step.set("update", JSON.readTree(json));
    step.put("session", session);
    return this;
  }

  /// A tool call that is open, then complete with an output.
  public Script tool(String id, String kind, String title, String output) {
    return update(
            "{\"sessionUpdate\":\"tool_call\",\"toolCallId\":\"%s\",\"title\":%s,\"kind\":\"%s\",\"status\":\"in_progress\"}"
                .formatted(id, JSON.writeValueAsString(title), kind))
        .update(
            "{\"sessionUpdate\":\"tool_call_update\",\"toolCallId\":\"%s\",\"status\":\"completed\",\"content\":[{\"type\":\"content\",\"content\":{\"type\":\"text\",\"text\":%s}}]}"
                .formatted(id, JSON.writeValueAsString(output)));
  }

  /// A tool call that stays open until the turn ends.
  public Script openTool(String id, String kind, String title) {
    return update(
        "{\"sessionUpdate\":\"tool_call\",\"toolCallId\":\"%s\",\"title\":%s,\"kind\":\"%s\",\"status\":\"in_progress\"}"
            .formatted(id, JSON.writeValueAsString(title), kind));
  }

  /// A tool call whose output is `bytes` long.
  public Script hugeTool(String id, int bytes) {
    add().put("hugeTool", id).put("bytes", bytes);
    return this;
  }

  /// Asks for a permission, waits for the answer and says "allowed: ID", "rejected: ID" or
  /// "cancelled". Options are written `id:kind`, for example `once:allow_once`, in the order given.
  public Script ask(String callId, String kind, String title, String... options) {
    return ask(true, callId, kind, title, options);
  }

  /// Asks with a form, waits for the answer and says it as JSON.
  ///
  /// @param schema the JSON of the form
  public Script elicit(String message, String schema) {
    var step = add();
    step.put("elicit", message).set("schema", JSON.readTree(schema));
    return this;
  }

  /// A subagent works through these steps in a conversation of its own, where the agent has that.
  public Script subagent(Script steps) {
    return step("subagent", JSON.writeValueAsString(steps.steps));
  }

  /// As [#ask] but goes on without waiting; the answer is only recorded.
  public Script askWithoutWaiting(String callId, String kind, String title, String... options) {
    return ask(false, callId, kind, title, options);
  }

  /// Calls a method of the client and says "result: …" or "error: CODE".
  public Script call(String method, String params) {
    var step = add();
    step.put("call", method);
    step.set("params", JSON.readTree(params));
    return this;
  }

  /// A notification to the client.
  public Script notification(String method, String params) {
    var step = add();
    step.put("notify", method);
    step.set("params", JSON.readTree(params));
    return this;
  }

  /// A line on standard output exactly as given.
  public Script line(String line) {
    return step("line", line);
  }

  /// A line of that many bytes that is no JSON.
  public Script garbage(long bytes) {
    add().put("garbage", bytes);
    return this;
  }

  public Script standardError(String text) {
    return step("stderr", text);
  }

  /// Remembers a word in this session.
  public Script remember(String word) {
    return step("remember", word);
  }

  /// Says the remembered words in order, or "nothing".
  public Script recall() {
    return step("recall", "");
  }

  /// Says "model=… mode=… effort=… cwd=… session=… pid=…".
  public Script whoAmI() {
    return step("whoami", "");
  }

  /// Says the value of an environment variable, or "unset".
  public Script environment(String name) {
    return step("env", name);
  }

  /// Writes a file relative to the session's folder (or absolute), asking nobody.
  public Script writeFile(String path, String text) {
    add().put("writeFile", path).put("text", text);
    return this;
  }

  /// As [#writeFile], but only when the last ask was answered with this option.
  public Script writeFileIf(String option, String path, String text) {
    add().put("writeFile", path).put("text", text).put("if", option);
    return this;
  }

  /// Starts a shell with this command, goes on at once and says "spawned". It is a child of the
  /// agent that neither reads nor says anything.
  public Script spawn(String command) {
    return step("spawn", command);
  }

  /// As [#spawn], but the agent can talk to it, as to a server of tools.
  public Script spawnHelper(String command) {
    return step("spawnHelper", command);
  }

  /// Starts children that left the process group and ignore TERM; says "children: PID PID …".
  public Script fork(int children) {
    add().put("fork", children);
    return this;
  }

  /// From here on `session/cancel` is ignored in this turn.
  public Script ignoreCancel() {
    return step("ignoreCancel", "");
  }

  /// When cancelled, ends the turn with this stop reason (as goose: `end_turn`), and only then
  /// sends `late` updates of text, `everyMillis` apart.
  public Script onCancel(String stopReason, long everyMillis, String... late) {
    var step = add();
    step.put("onCancel", stopReason).put("every", everyMillis);
    var list = step.putArray("late");
    for (var text : late) {
      list.add(text);
    }
    return this;
  }

  /// When cancelled, answers with an error.
  public Script errorOnCancel() {
    return step("errorOnCancel", "");
  }

  /// What is sent after the turn's answer, one by one with a pause before each: text with no turn.
  public Script afterwards(long everyMillis, String... texts) {
    var step = add();
    step.put("afterwards", everyMillis);
    var list = step.putArray("late");
    for (var text : texts) {
      list.add(text);
    }
    return this;
  }

  /// Waits until cancelled (or for ever, when cancels are ignored).
  public Script hang() {
    return step("hang", "");
  }

  /// Closes its standard output, and lives on.
  public Script closeOutput() {
    return step("closeOutput", "");
  }

  /// As [#closeOutput], but right after the turn's answer.
  public Script closeOutputAfterwards() {
    return step("closeOutput", "afterwards");
  }

  /// Ends the process at once with this exit code.
  public Script crash(int exitCode) {
    add().put("crash", exitCode);
    return this;
  }

  /// Kills itself with SIGKILL.
  public Script die() {
    return step("die", "");
  }

  /// Ends the turn with this stop reason; without a stop step it is `end_turn`.
  public Script stop(String reason) {
    return step("stop", reason);
  }

  /// Ends the turn without a stop reason.
  public Script stopWithoutReason() {
    return step("noStop", "");
  }

  /// Ends the turn with an error answer.
  public Script error(int code, String message) {
    add().put("error", code).put("message", message);
    return this;
  }

  /// The answer carries this as `usage`.
  public Script usage(long input, long output) {
    add().put("usage", input).put("output", output);
    return this;
  }

  /// The answer carries this object as `_meta`.
  public Script meta(String json) {
    add().set("meta", JSON.readTree(json));
    return this;
  }

  /// The turn is answered twice.
  public Script answerTwice() {
    return step("answerTwice", "");
  }

  /// Before the right answer one goes to an id nobody asked with, one to none and one to a string.
  public Script answerWrongIds() {
    return step("wrongIds", "");
  }

  private Script ask(boolean wait, String callId, String kind, String title, String... options) {
    var step = add();
    step.put("ask", title).put("callId", callId).put("kind", kind).put("wait", wait);
    var list = step.putArray("options");
    for (var option : options) {
      list.add(option);
    }
    return this;
  }

  private Script step(String name, String value) {
    add().put(name, value);
    return this;
  }

  private ObjectNode add() {
    return steps.addObject();
  }

  /// The steps inside a prompt; a missing node when it carries none.
  static JsonNode in(String prompt) {
    int from = prompt.lastIndexOf("@@[");
    int to = prompt.lastIndexOf("]@@");
    return from < 0 || to < from
        ? JSON.missingNode()
        : JSON.readTree(prompt.substring(from + 2, to + 1));
  }
}
