package dev.signalbox.testkit.agent;

import static dev.signalbox.testkit.agent.Wire.JSON;

import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// What a scripted Codex says of its conversations and models.
final class CodexAnswers {
  private CodexAnswers() {}

  static ObjectNode thread(CodexSession session, Habits habits) {
    var answer = JSON.createObjectNode();
    var thread = answer.putObject("thread").put("id", session.id());
    thread.put("cwd", session.memory.cwd.toString());
    thread.putObject("status").put("type", session.running == null ? "idle" : "active");
    thread.putArray("turns");
    answer.put("model", session.memory.model).putNull("reasoningEffort");
    var sandbox = answer.putObject("sandbox").put("type", session.sandbox);
    if (session.sandbox.equals("workspaceWrite")) {
      habits.strings("roots").forEach(sandbox.putArray("writableRoots")::add);
    }
    return answer.put("approvalPolicy", session.approvals);
  }

  static JsonNode models(Habits habits) {
    var answer = JSON.createObjectNode();
    var data = answer.putArray("data");
    for (var name : habits.strings("models")) {
      var model =
          data.addObject()
              .put("id", name)
              .put("model", name)
              .put("displayName", "The " + name)
              .put("hidden", name.startsWith("hidden"))
              .put("defaultReasoningEffort", "low");
      for (var effort : List.of("low", "high")) {
        model
            .withArray("supportedReasoningEfforts")
            .addObject()
            .put("reasoningEffort", effort)
            .put("description", "is " + effort);
      }
    }
    return answer;
  }

  static JsonNode list(Collection<CodexSession> sessions, JsonNode params) {
    var answer = JSON.createObjectNode();
    var data = answer.putArray("data");
    sessions.stream()
        .filter(session -> session.memory.cwd.toString().equals(params.path("cwd").asString("")))
        .forEach(session ->
            data.addObject()
                .put("id", session.id())
                .put("preview", "the first prompt\nof it")
                .put("updatedAt", 1_790_000_000L));
    return answer;
  }

  static JsonNode turns(@Nullable CodexSession session) {
    var answer = JSON.createObjectNode();
    var data = answer.putArray("data");
    var running = session == null ? null : session.running;
    if (running != null) {
      data.addObject().put("id", running.id()).put("status", "inProgress");
    }
    return answer;
  }

  static JsonNode terminals(@Nullable CodexSession session) {
    var answer = JSON.createObjectNode();
    var data = answer.putArray("data");
    if (session != null) {
      session.terminals.forEach((process, item) ->
          data.addObject().put("processId", process).put("itemId", item).put("command", "sleep"));
    }
    return answer;
  }
}
