package dev.signalbox.testkit.agent;

import static dev.signalbox.testkit.agent.Wire.JSON;

import java.util.List;
import tools.jackson.databind.node.ObjectNode;

/// What a scripted agent says of itself and of what can be chosen.
final class Answers {
  private Answers() {}

  static ObjectNode introduction(Habits habits) {
    var answer =
        JSON.createObjectNode().put("protocolVersion", habits.number("protocolVersion", 1));
    var capabilities =
        answer.putObject("agentCapabilities").put("loadSession", !habits.has("no-load"));
    capabilities.putObject("promptCapabilities").put("image", !habits.has("no-image"));
    var session = capabilities.putObject("sessionCapabilities");
    if (!habits.has("no-resume")) {
      session.putObject("resume");
    }
    if (!habits.has("no-close")) {
      session.putObject("close");
    }
    for (var more : List.of("fork", "list")) {
      if (habits.has("also-" + more)) {
        session.putObject(more);
      }
    }
    capabilities.putObject("mcpCapabilities").put("http", habits.has("also-http"));
    if (!habits.has("no-version")) {
      answer.putObject("agentInfo").put("name", "scripted").put("version", "7.7.7");
    }
    var methods = answer.putArray("authMethods");
    if (!habits.text("signIn", "").isEmpty()) {
      methods.addObject().put("id", habits.text("signIn", "")).put("name", "Another way");
    }
    methods
        .addObject()
        .put("id", "scripted-login")
        .put("name", "Log in")
        .put("description", "Run `scripted login`");
    return answer;
  }

  static void choose(ScriptedSession session, Habits habits) {
    if (session.model.isEmpty()) {
      session.model = habits.strings("models").stream().findFirst().orElse("");
    }
    if (session.mode.isEmpty()) {
      session.mode = habits.strings("modes").stream().findFirst().orElse("");
    }
  }

  static List<String> offered(String what, Habits habits) {
    return switch (what) {
      case "mode" -> habits.strings("modes");
      case "model" -> habits.strings("models");
      case "effort" -> List.of("low", "high");
      default -> List.of();
    };
  }

  static ObjectNode offers(ScriptedSession session, Habits habits) {
    return habits.has("olderOffers") ? older(session, habits) : options(session, habits);
  }

  private static ObjectNode older(ScriptedSession session, Habits habits) {
    var answer = JSON.createObjectNode();
    if (!habits.strings("models").isEmpty()) {
      var models = answer.putObject("models").put("currentModelId", session.model);
      var list = models.putArray("availableModels");
      habits.strings("models").forEach(m -> list.addObject().put("modelId", m).put("name", m));
    }
    if (!habits.strings("modes").isEmpty()) {
      var modes = answer.putObject("modes").put("currentModeId", session.mode);
      var list = modes.putArray("availableModes");
      habits.strings("modes").forEach(m -> list.addObject().put("id", m).put("name", m));
    }
    return answer;
  }

  private static ObjectNode options(ScriptedSession session, Habits habits) {
    var answer = JSON.createObjectNode();
    if (habits.strings("models").isEmpty() && habits.strings("modes").isEmpty()) {
      return answer;
    }
    var options = answer.putArray("configOptions");
    select(options.addObject(), "model", "model", session.model, habits);
    select(options.addObject(), "effort", "thought_level", session.effort, habits);
    select(options.addObject(), "mode", "mode", session.mode, habits);
    return answer;
  }

  private static void select(
      ObjectNode option, String id, String category, String now, Habits habits) {
    option
        .put("id", id)
        .put("name", "The " + id)
        .put("category", category)
        .put("type", "select")
        .put("currentValue", now);
    var list = option.putArray("options");
    offered(id, habits).forEach(value -> list.addObject().put("value", value).put("name", value));
  }
}
