package dev.signalbox.testkit.model;

import dev.signalbox.testkit.model.Conversation.Message;
import dev.signalbox.testkit.model.Conversation.Role;
import dev.signalbox.testkit.model.Conversation.Tool;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.StreamSupport;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/// Google Gemini: `models/NAME:streamGenerateContent?alt=sse` and `models/NAME:generateContent`.
final class GeminiContent implements Dialect {

  private static final JsonNodeFactory NODES = JsonNodeFactory.instance;
  private static final Pattern PATH =
      Pattern.compile(".*/models/([^/:]+):(streamGenerateContent|generateContent)");

  /// The real model begins each thought with its subject, and Gemini CLI takes it apart.
  private static final String SUBJECT = "**Pondering**\n\n";

  @Override
  public boolean speaks(String method, String path) {
    return method.equals("POST") && PATH.matcher(path).matches();
  }

  @Override
  public Conversation read(String path, JsonNode body) {
    var asked = PATH.matcher(path);
    if (!asked.matches()) {
      throw new IllegalArgumentException(path);
    }
    var messages = new ArrayList<Message>();
    var images = new ArrayList<String>();
    var system = text(body.path("systemInstruction"), images);
    if (!system.isEmpty()) {
      messages.add(new Message(Role.SYSTEM, system, List.of()));
    }
    for (JsonNode content : body.path("contents")) {
      var calls = new ArrayList<String>();
      parts(content, "functionCall").forEach(call -> calls.add(call.path("id").asString("")));
      messages.add(new Message(role(content), text(content, images), calls));
    }
    var tools = new ArrayList<Tool>();
    for (JsonNode tool : body.path("tools")) {
      tool.path("functionDeclarations").forEach(function -> tools.add(tool(function)));
    }
    boolean streaming = asked.group(2).startsWith("stream");
    return new Conversation(asked.group(1), streaming, messages, tools, images);
  }

  private static Role role(JsonNode content) {
    return content.path("role").asString("").equals("model")
        ? Role.ASSISTANT
        : parts(content, "functionResponse").isEmpty() ? Role.USER : Role.TOOL;
  }

  private static List<JsonNode> parts(JsonNode content, String kind) {
    return StreamSupport.stream(content.path("parts").spliterator(), false)
        .filter(part -> part.has(kind))
        .map(part -> part.path(kind))
        .toList();
  }

  private static String text(JsonNode content, List<String> images) {
    for (JsonNode inline : parts(content, "inlineData")) {
      var type = inline.path("mimeType").asString("");
      images.add("data:" + type + ";base64," + inline.path("data").asString(""));
    }
    return String.join(
        "\n", parts(content, "text").stream().map(text -> text.asString("")).toList());
  }

  private static Tool tool(JsonNode function) {
    JsonNode schema =
        function.has("parametersJsonSchema")
            ? function.path("parametersJsonSchema")
            : function.path("parameters");
    Set<String> parameters = Set.copyOf(schema.path("properties").propertyNames());
    var required = new HashSet<String>();
    schema.path("required").forEach(parameter -> required.add(parameter.asString("")));
    return new Tool(function.path("name").asString(""), parameters, required);
  }

  @Override
  public Stream stream(long number, Conversation conversation, Events events) {
    return new Parts(number, conversation, events);
  }

  @Override
  public JsonNode whole(
      long number, Conversation conversation, ModelTurn turn, List<Call> calls, String finish) {
    var answer = envelope(number, conversation);
    var parts = parts(answer);
    if (!turn.think().isEmpty()) {
      parts.addObject().put("text", SUBJECT + turn.think()).put("thought", true);
    }
    parts.addObject().put("text", turn.wholeText());
    calls.forEach(call -> parts.add(call(call)));
    return ended(answer, conversation, finish);
  }

  @Override
  public JsonNode error(int status, String message) {
    var error = NODES.objectNode();
    error
        .putObject("error")
        .put("code", status)
        .put("message", message)
        .put("status", errorStatus(status));
    return error;
  }

  private static String errorStatus(int status) {
    return switch (status) {
      case 401 -> "UNAUTHENTICATED";
      case 429 -> "RESOURCE_EXHAUSTED";
      default -> status >= 500 ? "UNAVAILABLE" : "INVALID_ARGUMENT";
    };
  }

  private static ObjectNode envelope(long number, Conversation conversation) {
    var answer =
        NODES
            .objectNode()
            .put("responseId", "response-" + number)
            .put("modelVersion", conversation.model());
    var candidate = answer.putArray("candidates").addObject().put("index", 0);
    candidate.putObject("content").put("role", "model").putArray("parts");
    return answer;
  }

  private static ArrayNode parts(ObjectNode answer) {
    return (ArrayNode) answer.at("/candidates/0/content/parts");
  }

  private static ObjectNode call(Call call) {
    var part = NODES.objectNode();
    part.putObject("functionCall")
        .put("id", call.id())
        .put("name", call.name())
        .set("args", call.arguments());
    return part;
  }

  private static ObjectNode ended(ObjectNode answer, Conversation conversation, String finish) {
    ((ObjectNode) answer.at("/candidates/0"))
        .put("finishReason", finish.equals("length") ? "MAX_TOKENS" : "STOP");
    int prompt = 1_000 + conversation.messages().size();
    answer
        .putObject("usageMetadata")
        .put("promptTokenCount", prompt)
        .put("candidatesTokenCount", 42)
        .put("thoughtsTokenCount", 7)
        .put("totalTokenCount", prompt + 49);
    return answer;
  }

  private record Parts(long number, Conversation conversation, Events events) implements Stream {

    @Override
    public void begin() {
      // The first piece begins the answer.
    }

    @Override
    public void think(String piece) throws IOException {
      send(NODES.objectNode().put("text", SUBJECT + piece).put("thought", true));
    }

    @Override
    public void text(String piece) throws IOException {
      send(NODES.objectNode().put("text", piece));
    }

    @Override
    public void call(int index, Call call) throws IOException {
      send(GeminiContent.call(call));
    }

    @Override
    public void end(String finish) throws IOException {
      var last = envelope(number, conversation);
      parts(last).addObject().put("text", "");
      events.send(null, ended(last, conversation, finish).toString());
    }

    private void send(ObjectNode part) throws IOException {
      var chunk = envelope(number, conversation);
      parts(chunk).add(part);
      events.send(null, chunk.toString());
    }
  }
}
