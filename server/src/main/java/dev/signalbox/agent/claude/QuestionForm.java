package dev.signalbox.agent.claude;

import dev.signalbox.agent.wire.Json;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// The agent's questions as a form, and the form's values as its answers. Pure.
///
/// Each question is a choice `q1`, `q2`, … by the labels of its options (a list of them where
/// several may be chosen) and a text `q1_other`, because the agent also takes an answer it did not
/// think of.
final class QuestionForm {
  private final JsonNode questions;

  /// @param input of the tool
  QuestionForm(JsonNode input) {
    this.questions = input.path("questions");
  }

  ObjectNode schema() {
    var schema = Json.object().put("type", "object");
    var properties = schema.putObject("properties");
    int number = 0;
    for (var question : Json.list(questions)) {
      var name = "q" + ++number;
      choice(properties.putObject(name), question);
      properties
          .putObject(name + "_other")
          .put("type", "string")
          .put("title", Json.text(question, "header", "Answer") + ": something else");
    }
    return schema;
  }

  /// @return question → answer, as the agent wants them; empty when nothing was answered
  ObjectNode answers(JsonNode values) {
    var answers = Json.object();
    int number = 0;
    for (var question : Json.list(questions)) {
      var name = "q" + ++number;
      var given = new ArrayList<String>();
      add(given, values.path(name));
      add(given, values.path(name + "_other"));
      if (!given.isEmpty()) {
        answers.put(Json.text(question, "question", name), String.join(", ", given));
      }
    }
    return answers;
  }

  private static void choice(ObjectNode property, JsonNode question) {
    property.put("title", Json.text(question, "question", Json.text(question, "header", "")));
    var chosen = property;
    if (Json.flag(question, "multiSelect")) {
      property.put("type", "array").put("uniqueItems", true);
      chosen = property.putObject("items");
    }
    var options = Json.list(question.path("options"));
    chosen.put("type", "string");
    if (options.isEmpty()) {
      return;
    }
    var list = chosen.putArray("oneOf");
    for (var option : options) {
      var label = Json.text(option, "label", "");
      var description = Json.text(option, "description", "");
      list.addObject()
          .put("const", label)
          .put("title", description.isBlank() ? label : label + ": " + description);
    }
  }

  private static void add(List<String> given, JsonNode value) {
    if (value.isString() && !value.stringValue("").isBlank()) {
      given.add(value.stringValue(""));
    }
    Json.list(value).forEach(one -> add(given, one));
  }
}
