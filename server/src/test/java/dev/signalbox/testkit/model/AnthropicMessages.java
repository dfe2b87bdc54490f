package dev.signalbox.testkit.model;

import dev.signalbox.testkit.model.Conversation.Message;
import dev.signalbox.testkit.model.Conversation.Role;
import dev.signalbox.testkit.model.Conversation.Tool;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/// Anthropic Messages, as Claude Code speaks it. A request that counts tokens is a side call and is
/// answered with a count.
final class AnthropicMessages implements Dialect {

  private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

  @Override
  public boolean speaks(String method, String path) {
    return method.equals("POST")
        && (path.endsWith("/v1/messages") || path.endsWith("/v1/messages/count_tokens"));
  }

  @Override
  public Conversation read(String path, JsonNode body) {
    boolean counts = path.endsWith("/count_tokens");
    var messages = new ArrayList<Message>();
    var images = new ArrayList<String>();
    body.path("messages").forEach(message -> read(message, messages, images));
    var tools = new ArrayList<Tool>();
    if (!counts) {
      body.path("tools").forEach(tool -> tools.add(tool(tool)));
    }
    return new Conversation(
        body.path("model").asString(""),
        !counts && body.path("stream").asBoolean(false),
        messages,
        tools,
        images);
  }

  /// One message on the wire may hold the results of tools and words of the user.
  private static void read(JsonNode message, List<Message> messages, List<String> images) {
    var role =
        switch (message.path("role").asString("")) {
          case "user" -> Role.USER;
          case "assistant" -> Role.ASSISTANT;
          default -> Role.SYSTEM; // Claude Code puts reminders among the messages
        };
    var lines = new ArrayList<String>();
    var calls = new ArrayList<String>();
    var content = message.path("content");
    if (content.isString()) {
      lines.add(content.asString());
    }
    for (JsonNode part : content.isArray() ? content : NODES.arrayNode()) {
      switch (part.path("type").asString("")) {
        case "text" -> lines.add(part.path("text").asString(""));
        case "tool_use" -> calls.add(part.path("id").asString(""));
        case "tool_result" ->
            messages.add(new Message(Role.TOOL, text(part.path("content")), List.of()));
        case "image" -> images.add(image(part.path("source")));
        default -> {} // thinking
      }
    }
    if (role != Role.USER || !lines.isEmpty()) {
      messages.add(new Message(role, String.join("\n", lines), calls));
    }
  }

  private static String image(JsonNode source) {
    return "data:%s;base64,%s"
        .formatted(source.path("media_type").asString(""), source.path("data").asString(""));
  }

  private static String text(JsonNode content) {
    if (content.isString()) {
      return content.asString();
    }
    var lines = new ArrayList<String>();
    content.forEach(part -> lines.add(part.path("text").asString("")));
    return String.join("\n", lines);
  }

  private static Tool tool(JsonNode tool) {
    var schema = tool.path("input_schema");
    var required = new HashSet<String>();
    schema.path("required").forEach(parameter -> required.add(parameter.asString("")));
    return new Tool(
        tool.path("name").asString(""),
        Set.copyOf(schema.path("properties").propertyNames()),
        required);
  }

  @Override
  public Stream stream(long number, Conversation conversation, Events events) {
    return new Blocks(number, conversation, events);
  }

  @Override
  public JsonNode whole(
      long number, Conversation conversation, ModelTurn turn, List<Call> calls, String finish) {
    var answer = message(number, conversation).put("stop_reason", reason(finish));
    var content = answer.putArray("content");
    if (!turn.think().isEmpty()) {
      content.addObject().put("type", "thinking").put("thinking", turn.think());
    }
    if (!turn.wholeText().isEmpty()) {
      content.addObject().put("type", "text").put("text", turn.wholeText());
    }
    calls.forEach(call -> content.add(start(call).set("input", call.arguments())));
    // What a request to count tokens wants, in the same answer.
    return answer.put("input_tokens", tokens(conversation));
  }

  @Override
  public JsonNode error(int status, String message) {
    var error = NODES.objectNode().put("type", "error");
    error.putObject("error").put("type", errorType(status)).put("message", message);
    return error;
  }

  private static String errorType(int status) {
    return switch (status) {
      case 401 -> "authentication_error";
      case 429 -> "rate_limit_error";
      case 529 -> "overloaded_error";
      default -> status >= 500 ? "api_error" : "invalid_request_error";
    };
  }

  private static String reason(String finish) {
    return switch (finish) {
      case "stop" -> "end_turn";
      case "tool_calls" -> "tool_use";
      case "length" -> "max_tokens";
      default -> finish;
    };
  }

  private static ObjectNode message(long number, Conversation conversation) {
    var message =
        NODES
            .objectNode()
            .put("id", "msg_" + number)
            .put("type", "message")
            .put("role", "assistant")
            .put("model", conversation.model())
            .putNull("stop_reason")
            .putNull("stop_sequence");
    message.putArray("content");
    message.set("usage", usage(conversation, 42));
    return message;
  }

  private static int tokens(Conversation conversation) {
    return 1_000 + conversation.messages().size();
  }

  private static ObjectNode usage(Conversation conversation, int output) {
    return NODES
        .objectNode()
        .put("input_tokens", tokens(conversation))
        .put("cache_creation_input_tokens", 0)
        .put("cache_read_input_tokens", 0)
        .put("output_tokens", output);
  }

  private static ObjectNode start(Call call) {
    var block = NODES.objectNode().put("type", "tool_use");
    return block.put("id", call.id()).put("name", call.name());
  }

  /// A block at a time; each begins with its first piece and ends with the next one's beginning.
  private static final class Blocks implements Stream {
    private final long number;
    private final Conversation conversation;
    private final Events events;
    private int index = -1;
    private String open = "";

    Blocks(long number, Conversation conversation, Events events) {
      this.number = number;
      this.conversation = conversation;
      this.events = events;
    }

    @Override
    public void begin() throws IOException {
      var start = event("message_start");
      var message = message(number, conversation);
      message.set("usage", usage(conversation, 1));
      send(start.set("message", message));
    }

    @Override
    public void think(String piece) throws IOException {
      block("thinking", NODES.objectNode().put("type", "thinking").put("thinking", ""));
      delta(NODES.objectNode().put("type", "thinking_delta").put("thinking", piece));
    }

    @Override
    public void text(String piece) throws IOException {
      block("text", NODES.objectNode().put("type", "text").put("text", ""));
      delta(NODES.objectNode().put("type", "text_delta").put("text", piece));
    }

    /// The arguments come in two halves: an agent must join them before it parses.
    @Override
    public void call(int at, Call call) throws IOException {
      var start = start(call);
      start.putObject("input");
      block("call " + at, start);
      String arguments = call.arguments().toString();
      int half = arguments.length() / 2;
      if (half > 0 && Character.isHighSurrogate(arguments.charAt(half - 1))) {
        half--;
      }
      delta(json(arguments.substring(0, half)));
      delta(json(arguments.substring(half)));
    }

    @Override
    public void end(String finish) throws IOException {
      endBlock();
      var last = event("message_delta");
      last.putObject("delta").put("stop_reason", reason(finish)).putNull("stop_sequence");
      send(last.set("usage", usage(conversation, 42)));
      send(event("message_stop"));
    }

    private void block(String kind, ObjectNode start) throws IOException {
      if (open.equals(kind)) {
        return;
      }
      endBlock();
      open = kind;
      index++;
      send(event("content_block_start").put("index", index).set("content_block", start));
    }

    private void endBlock() throws IOException {
      if (open.equals("thinking")) {
        delta(NODES.objectNode().put("type", "signature_delta").put("signature", "c2NyaXB0ZWQ="));
      }
      if (!open.isEmpty()) {
        send(event("content_block_stop").put("index", index));
        open = "";
      }
    }

    private static ObjectNode json(String piece) {
      return NODES.objectNode().put("type", "input_json_delta").put("partial_json", piece);
    }

    private void delta(ObjectNode delta) throws IOException {
      send(event("content_block_delta").put("index", index).set("delta", delta));
    }

    private static ObjectNode event(String type) {
      return NODES.objectNode().put("type", type);
    }

    private void send(ObjectNode event) throws IOException {
      events.send(event.path("type").asString(), event.toString());
    }
  }
}
