package dev.signalbox.agent.codex;

import dev.signalbox.agent.AgentEvent.AskKind;
import dev.signalbox.agent.wire.Json;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// Codex's questions to the user as one form, and its values as Codex's answers. Pure.
///
/// A question with choices is a choice; where another answer is welcome, too, it is marked
/// `x-other`, and its value may be any text.
final class UserInput {
  private UserInput() {}

  static Question question(JsonNode params) {
    var questions = Json.list(params.path("questions"));
    return new Question(
        AskKind.QUESTION,
        title(questions),
        null,
        null,
        null,
        null,
        schema(questions),
        new Question.Answers(
            answers(List.of(), Json.object()),
            answers(List.of(), Json.object()),
            answers(List.of(), Json.object()),
            values -> answers(questions, values)));
  }

  private static String title(List<JsonNode> questions) {
    return questions.isEmpty()
        ? "A question"
        : questions.stream()
            .map(question -> Json.text(question, "question", Json.text(question, "header", "?")))
            .collect(Collectors.joining(" "));
  }

  private static JsonNode schema(List<JsonNode> questions) {
    var schema = Json.object().put("type", "object");
    var properties = schema.putObject("properties");
    var required = new ArrayList<String>();
    for (var question : questions) {
      var id = Json.text(question, "id", "");
      var options = Json.list(question.path("options"));
      var property = properties.putObject(id).put("type", "string");
      property.put("title", Json.text(question, "header", id));
      property.put("description", Json.text(question, "question", ""));
      if (Json.flag(question, "isSecret")) {
        property.put("format", "password");
      }
      choices(property, options);
      if (!options.isEmpty() && Json.flag(question, "isOther")) {
        property.put("x-other", true);
      }
      required.add(id);
    }
    var list = schema.putArray("required");
    required.forEach(list::add);
    return schema;
  }

  private static void choices(ObjectNode property, List<JsonNode> options) {
    if (options.isEmpty()) {
      return;
    }
    var list = property.putArray("oneOf");
    for (var option : options) {
      var label = Json.text(option, "label", "");
      list.addObject()
          .put("const", label)
          .put("title", label)
          .put("description", Json.text(option, "description", ""));
    }
  }

  /// No values: nobody answered.
  private static JsonNode answers(List<JsonNode> questions, JsonNode values) {
    var answer = Json.object();
    var all = answer.putObject("answers");
    for (var question : questions) {
      var id = Json.text(question, "id", "");
      var chosen = values.path(id);
      if (Json.tells(chosen)) {
        var list = all.putObject(id).putArray("answers");
        if (chosen.isArray()) {
          chosen.forEach(value -> list.add(value.asString("")));
        } else {
          list.add(chosen.asString(""));
        }
      }
    }
    return answer;
  }
}
