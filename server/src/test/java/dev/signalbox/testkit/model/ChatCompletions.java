package dev.signalbox.testkit.model;

import dev.signalbox.testkit.model.Conversation.Message;
import dev.signalbox.testkit.model.Conversation.Role;
import dev.signalbox.testkit.model.Conversation.Tool;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/// OpenAI Chat Completions, with the `reasoning_content` that several providers added.
final class ChatCompletions implements Dialect {

  private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

  @Override
  public boolean speaks(String method, String path) {
    return method.equals("POST") && path.endsWith("/chat/completions");
  }

  @Override
  public Conversation read(String path, JsonNode body) {
    var messages = new ArrayList<Message>();
    var images = new ArrayList<String>();
    for (JsonNode message : body.path("messages")) {
      var calls = new ArrayList<String>();
      message.path("tool_calls").forEach(call -> calls.add(call.path("id").asString("")));
      messages.add(
          new Message(
              role(message.path("role").asString("")),
              text(message.path("content"), images),
              calls));
    }
    var tools = new ArrayList<Tool>();
    for (JsonNode tool : body.path("tools")) {
      JsonNode function = tool.path("function");
      tools.add(tool(function.path("name").asString(""), function.path("parameters")));
    }
    return new Conversation(
        body.path("model").asString(""),
        body.path("stream").asBoolean(false),
        messages,
        tools,
        images);
  }

  private static Role role(String role) {
    return switch (role) {
      case "user" -> Role.USER;
      case "assistant" -> Role.ASSISTANT;
      case "tool", "function" -> Role.TOOL;
      default -> Role.SYSTEM; // "system", and "developer" since the reasoning models
    };
  }

  private static String text(JsonNode content, List<String> images) {
    if (content.isString()) {
      return content.asString();
    }
    var lines = new ArrayList<String>();
    for (JsonNode part : content) {
      if (part.path("type").asString("").equals("image_url")) {
        images.add(part.path("image_url").path("url").asString(""));
      } else {
        lines.add(part.path("text").asString(""));
      }
    }
    return String.join("\n", lines);
  }

  private static Tool tool(String name, JsonNode schema) {
    Set<String> parameters = Set.copyOf(schema.path("properties").propertyNames());
    var required = new HashSet<String>();
    schema.path("required").forEach(parameter -> required.add(parameter.asString("")));
    return new Tool(name, parameters, required);
  }

  @Override
  public Stream stream(long number, Conversation conversation, Events events) {
    return new Chunks(number, conversation, events);
  }

  @Override
  public JsonNode whole(
      long number, Conversation conversation, ModelTurn turn, List<Call> calls, String finish) {
    var answer = envelope(number, conversation, "chat.completion");
    var choice =
        answer.putArray("choices").addObject().put("index", 0).put("finish_reason", finish);
    var message = choice.putObject("message").put("role", "assistant");
    message.put("content", turn.wholeText());
    if (!turn.think().isEmpty()) {
      message.put("reasoning_content", turn.think());
    }
    if (!calls.isEmpty()) {
      var array = message.putArray("tool_calls");
      calls.forEach(call -> array.add(call(call, call.arguments().toString())));
    }
    answer.set("usage", usage(conversation));
    return answer;
  }

  @Override
  public JsonNode error(int status, String message) {
    var error = NODES.objectNode();
    error
        .putObject("error")
        .put("message", message)
        .put("type", errorType(status))
        .put("code", "scripted");
    return error;
  }

  private static String errorType(int status) {
    return switch (status) {
      case 401 -> "authentication_error";
      case 429 -> "rate_limit_error";
      default -> status >= 500 ? "server_error" : "invalid_request_error";
    };
  }

  private static ObjectNode envelope(long number, Conversation conversation, String object) {
    return NODES
        .objectNode()
        .put("id", "chatcmpl-" + number)
        .put("object", object)
        .put(
            "created",
            1_790_000_000L) // any time will do, and the same one makes answers comparable
        .put("model", conversation.model());
  }

  private static ObjectNode call(Call call, String arguments) {
    var json = NODES.objectNode().put("id", call.id()).put("type", "function");
    json.putObject("function").put("name", call.name()).put("arguments", arguments);
    return json;
  }

  /// Grows with the conversation, so that an agent that reports use has something to report.
  private static ObjectNode usage(Conversation conversation) {
    int prompt = 1_000 + conversation.messages().size();
    return NODES
        .objectNode()
        .put("prompt_tokens", prompt)
        .put("completion_tokens", 42)
        .put("total_tokens", prompt + 42);
  }

  private record Chunks(long number, Conversation conversation, Events events) implements Stream {

    @Override
    public void begin() throws IOException {
      send(NODES.objectNode().put("role", "assistant").put("content", ""), null);
    }

    @Override
    public void think(String piece) throws IOException {
      send(NODES.objectNode().put("reasoning_content", piece), null);
    }

    @Override
    public void text(String piece) throws IOException {
      send(NODES.objectNode().put("content", piece), null);
    }

    /// The arguments come in two halves, as from a real model: an agent must join them before it
    /// parses.
    @Override
    public void call(int index, Call call) throws IOException {
      var first = NODES.objectNode();
      first.putArray("tool_calls").add(ChatCompletions.call(call, "").put("index", index));
      send(first, null);
      String arguments = call.arguments().toString();
      int half = arguments.length() / 2;
      if (half > 0 && Character.isHighSurrogate(arguments.charAt(half - 1))) {
        half--;
      }
      sendArguments(index, arguments.substring(0, half));
      sendArguments(index, arguments.substring(half));
    }

    private void sendArguments(int index, String part) throws IOException {
      var delta = NODES.objectNode();
      var call = delta.putArray("tool_calls").addObject().put("index", index);
      call.putObject("function").put("arguments", part);
      send(delta, null);
    }

    @Override
    public void end(String finish) throws IOException {
      send(NODES.objectNode(), finish);
      var last = envelope(number, conversation, "chat.completion.chunk");
      last.putArray("choices");
      last.set("usage", usage(conversation));
      events.send(null, last.toString());
      events.send(null, "[DONE]");
    }

    private void send(ObjectNode delta, @Nullable String finish) throws IOException {
      var chunk = envelope(number, conversation, "chat.completion.chunk");
      var choice = chunk.putArray("choices").addObject().put("index", 0);
      choice.set("delta", delta);
      choice.put("finish_reason", finish);
      events.send(null, chunk.toString());
    }
  }
}
