package dev.signalbox.testkit.agent;

import static dev.signalbox.testkit.agent.Wire.JSON;

import java.util.List;
import tools.jackson.databind.JsonNode;

/// What a scripted opencode says can be chosen. Models of [Habits] are offered as `scripted/NAME`.
final class OpencodeAnswers {
  private OpencodeAnswers() {}

  static JsonNode config(Habits habits) {
    var config = JSON.createObjectNode();
    habits.strings("models").stream()
        .findFirst()
        .ifPresent(m -> config.put("model", "scripted/" + m));
    return config;
  }

  static JsonNode providers(Habits habits) {
    var answer = JSON.createObjectNode();
    var provider = answer.putArray("providers").addObject();
    provider.put("id", "scripted").put("name", "Scripted");
    var models = provider.putObject("models");
    for (var name : habits.strings("models")) {
      var model = models.putObject(name).put("id", name).put("name", "The " + name);
      model.putObject("limit").put("context", 1000).put("output", 100);
      var variants = model.putObject("variants");
      variants.putObject("low");
      variants.putObject("high");
    }
    return answer;
  }

  static JsonNode agents(Habits habits) {
    var agents = JSON.createArrayNode();
    var modes = habits.strings("modes");
    for (var mode : modes.isEmpty() ? List.of("build", "plan") : modes) {
      agents
          .addObject()
          .put("name", mode)
          .put("mode", "primary")
          .put("description", "Does " + mode);
    }
    agents.addObject().put("name", "general").put("mode", "subagent");
    agents.addObject().put("name", "title").put("mode", "primary").put("hidden", true);
    return agents;
  }

  static JsonNode commands() {
    var commands = JSON.createArrayNode();
    var review = commands.addObject().put("name", "review").put("description", "Reviews");
    review.putArray("hints").add("$ARGUMENTS");
    commands.addObject().put("name", "init").putArray("hints");
    return commands;
  }
}
