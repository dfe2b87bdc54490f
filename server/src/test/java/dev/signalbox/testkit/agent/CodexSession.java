package dev.signalbox.testkit.agent;

import java.nio.file.Path;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/// One conversation of a scripted Codex: what it remembers and what its turns may do.
final class CodexSession {
  final ScriptedSession memory;

  /// What was left running: Codex's number of the process, and the item that began it.
  final Map<String, String> terminals = new ConcurrentHashMap<>();

  volatile String approvals;
  volatile String sandbox;
  volatile boolean plans;
  long input;
  long output;
  volatile @Nullable CodexPlay running;

  private CodexSession(ScriptedSession memory, JsonNode params) {
    this.memory = memory;
    this.approvals = params.path("approvalPolicy").asString("");
    this.sandbox =
        params.path("sandbox").asString("").equals("read-only") ? "readOnly" : "workspaceWrite";
  }

  static CodexSession create(String id, JsonNode params, Habits habits) {
    var session = new CodexSession(ScriptedSession.create(id, cwd(params), habits), params);
    session.memory.model = habits.strings("models").stream().findFirst().orElse("scripted-1");
    return session;
  }

  /// A conversation another process kept, or null when there is none.
  static @Nullable CodexSession kept(String id, JsonNode params, Habits habits) {
    var memory = ScriptedSession.kept(id, cwd(params), habits);
    return memory == null ? null : new CodexSession(memory, params);
  }

  /// One that only looks as if it were there.
  static CodexSession named(String id, JsonNode params) {
    return new CodexSession(ScriptedSession.create(id, cwd(params), Habits.good()), params);
  }

  static CodexSession nowhere(JsonNode params) {
    return named(UUID.randomUUID().toString(), params);
  }

  String id() {
    return memory.id;
  }

  /// What a turn is begun with stays for the turns after it.
  void settings(JsonNode params) {
    approvals = params.path("approvalPolicy").asString(approvals);
    sandbox = params.at("/sandboxPolicy/type").asString(sandbox);
    memory.model = params.path("model").asString(memory.model);
    memory.effort = params.path("effort").asString(memory.effort);
    var mode = params.at("/collaborationMode/mode").asString("");
    if (!mode.isEmpty()) {
      plans = mode.equals("plan");
    }
  }

  private static Path cwd(JsonNode params) {
    return Path.of(params.path("cwd").asString("/"));
  }
}
