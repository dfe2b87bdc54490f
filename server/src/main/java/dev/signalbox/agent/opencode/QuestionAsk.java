package dev.signalbox.agent.opencode;

import dev.signalbox.agent.AgentEvent;
import dev.signalbox.agent.wire.Json;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// Questions, as one form: `q1`, `q2`, … are the choices, `q1_other` and so on the user's own words
/// where the agent takes them.
final class QuestionAsk extends Ask {
  private static final String OTHER = "_other";

  QuestionAsk(JsonNode request, Replies replies) {
    super(request, replies);
  }

  @Override
  AgentEvent.AskOpened event(AgentEvent.@Nullable ToolCall call) {
    return new AgentEvent.AskOpened(
        id(),
        AgentEvent.AskKind.QUESTION,
        questions().stream()
            .map(question -> Json.text(question, "question", ""))
            .collect(Collectors.joining("\n")),
        callKey(),
        call == null ? null : call.tool(),
        null,
        null,
        List.of(),
        schema(),
        false,
        this);
  }

  /// A question has no options of its own: a choice is a value of the form.
  @Override
  public void choose(String optionId, @Nullable String note) {
    throw new IllegalArgumentException("this is a form; there are no options");
  }

  @Override
  public void submit(JsonNode values) {
    var body = Json.object();
    var answers = body.putArray("answers");
    for (int number = 1; number <= questions().size(); number++) {
      var answer = answers.addArray();
      add(answer, values.path("q" + number));
      add(answer, values.path("q" + number + OTHER));
    }
    reply(path("/reply"), body);
  }

  @Override
  public void cancel() {
    reply(path("/reject"), Json.object());
  }

  private ObjectNode schema() {
    var schema = Json.object().put("type", "object");
    var properties = schema.putObject("properties");
    int number = 0;
    for (var question : questions()) {
      number++;
      var name = "q" + number;
      var property = properties.putObject(name);
      property.put("title", Json.text(question, "header", "Question " + number));
      property.put("description", Json.text(question, "question", ""));
      choices(question, property);
      boolean own = question.path("custom").asBoolean(true);
      if (own && !Json.list(question.path("options")).isEmpty()) {
        properties.putObject(name + OTHER).put("type", "string").put("title", "Something else");
      }
    }
    return schema;
  }

  private static void choices(JsonNode question, ObjectNode property) {
    var options = Json.list(question.path("options"));
    if (options.isEmpty()) {
      property.put("type", "string");
      return;
    }
    boolean several = Json.flag(question, "multiple");
    property.put("type", several ? "array" : "string");
    var list = several ? property.putObject("items").put("type", "string") : property;
    var values = list.putArray(several ? "anyOf" : "oneOf");
    for (var option : options) {
      var label = Json.text(option, "label", "");
      var more = Json.text(option, "description", "");
      values
          .addObject()
          .put("const", label)
          .put("title", more.isBlank() || more.equals(label) ? label : label + ": " + more);
    }
  }

  private static void add(ArrayNode answer, JsonNode value) {
    if (value.isArray()) {
      value.forEach(each -> add(answer, each));
    } else if (value.isString() && !value.stringValue("").isBlank()) {
      answer.add(value.stringValue(""));
    }
  }

  private List<JsonNode> questions() {
    return Json.list(request().path("questions"));
  }

  private String path(String end) {
    return "/question/" + OpencodeServer.segment(id()) + end;
  }
}
