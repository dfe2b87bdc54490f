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
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/// OpenAI Responses, as Codex speaks it: items instead of messages, and tools that take a free text
/// instead of arguments (`apply_patch`).
final class Responses implements Dialect {

  /// The one parameter of a tool that takes a free text.
  static final String FREE_TEXT = "input";

  private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

  /// Tools of an MCP server come in a namespace, and are called in it.
  private static final String MCP = "mcp__";

  @Override
  public boolean speaks(String method, String path) {
    return method.equals("POST") && path.endsWith("/responses");
  }

  @Override
  public Conversation read(String path, JsonNode body) {
    var messages = new ArrayList<Message>();
    var images = new ArrayList<String>();
    for (JsonNode item : body.path("input")) {
      switch (item.path("type").asString("message")) {
        case "message" ->
            messages.add(
                new Message(
                    role(item.path("role").asString("")),
                    text(item.path("content"), images),
                    List.of()));
        case "function_call", "custom_tool_call" ->
            messages.add(
                new Message(Role.ASSISTANT, "", List.of(item.path("call_id").asString(""))));
        case "function_call_output", "custom_tool_call_output" ->
            messages.add(new Message(Role.TOOL, text(item.path("output"), images), List.of()));
        default -> {} // reasoning, and what a later version may add
      }
    }
    return new Conversation(
        body.path("model").asString(""),
        body.path("stream").asBoolean(false),
        messages,
        tools(body.path("tools"), ""),
        images);
  }

  private static Role role(String role) {
    return switch (role) {
      case "user" -> Role.USER;
      case "assistant" -> Role.ASSISTANT;
      default -> Role.SYSTEM; // "system", "developer"
    };
  }

  private static String text(JsonNode content, List<String> images) {
    if (content.isString()) {
      return content.asString();
    }
    var lines = new ArrayList<String>();
    for (JsonNode part : content) {
      if (part.path("type").asString("").equals("input_image")) {
        images.add(part.path("image_url").asString(""));
      } else {
        lines.add(part.path("text").asString(""));
      }
    }
    return String.join("\n", lines);
  }

  private static List<Tool> tools(JsonNode announced, String namespace) {
    var tools = new ArrayList<Tool>();
    for (JsonNode tool : announced) {
      var name = tool.path("name").asString("");
      switch (tool.path("type").asString("")) {
        case "function" -> tools.add(function(namespace + name, tool.path("parameters")));
        case "custom" ->
            tools.add(new Tool(name, Set.of(FREE_TEXT), Set.of("(" + FREE_TEXT + ")")));
        case "namespace" -> tools.addAll(tools(tool.path("tools"), name + "__"));
        default -> {} // what the provider does itself: web_search
      }
    }
    return tools;
  }

  private static Tool function(String name, JsonNode schema) {
    Set<String> parameters = Set.copyOf(schema.path("properties").propertyNames());
    var required = new HashSet<String>();
    schema.path("required").forEach(parameter -> required.add(parameter.asString("")));
    return new Tool(name, parameters, required);
  }

  @Override
  public Stream stream(long number, Conversation conversation, Events events) {
    return new Items(number, conversation, events);
  }

  @Override
  public JsonNode whole(
      long number, Conversation conversation, ModelTurn turn, List<Call> calls, String finish) {
    var answer = response(number, conversation, "completed");
    var output = answer.withArray("output");
    if (!turn.think().isEmpty()) {
      output.add(reasoning("rs_" + number, turn.think()));
    }
    output.add(message("msg_" + number, turn.wholeText()));
    calls.forEach(call -> output.add(call(conversation, call, "completed")));
    answer.set("usage", usage(conversation));
    return answer;
  }

  @Override
  public JsonNode error(int status, String message) {
    var error = NODES.objectNode();
    error
        .putObject("error")
        .put("message", message)
        .put("type", "scripted_error")
        .put("code", "scripted");
    return error;
  }

  private static ObjectNode response(long number, Conversation conversation, String status) {
    var response =
        NODES
            .objectNode()
            .put("id", "resp_" + number)
            .put("object", "response")
            .put("created_at", 1_790_000_000L)
            .put("model", conversation.model())
            .put("status", status);
    response.putArray("output");
    return response;
  }

  private static ObjectNode reasoning(String id, @Nullable String text) {
    var item = NODES.objectNode().put("id", id).put("type", "reasoning");
    var summary = item.putArray("summary");
    if (text != null) {
      summary.addObject().put("type", "summary_text").put("text", text);
    }
    return item;
  }

  private static ObjectNode message(String id, @Nullable String text) {
    var item = NODES.objectNode().put("id", id).put("type", "message").put("role", "assistant");
    item.put("status", text == null ? "in_progress" : "completed");
    ArrayNode content = item.putArray("content");
    if (text != null) {
      content.addObject().put("type", "output_text").put("text", text).putArray("annotations");
    }
    return item;
  }

  private static ObjectNode call(Conversation conversation, Call call, String status) {
    boolean text =
        conversation.tools().stream()
            .anyMatch(tool ->
                tool.name().equals(call.name()) && tool.required().contains("(" + FREE_TEXT + ")"));
    var item =
        NODES
            .objectNode()
            .put("id", (text ? "ctc_" : "fc_") + call.id())
            .put("type", text ? "custom_tool_call" : "function_call")
            .put("call_id", call.id())
            .put("status", status);
    int split = call.name().startsWith(MCP) ? call.name().lastIndexOf("__") : -1;
    item.put("name", split > MCP.length() ? call.name().substring(split + 2) : call.name());
    if (split > MCP.length()) {
      item.put("namespace", call.name().substring(0, split));
    }
    return text
        ? item.put(FREE_TEXT, call.arguments().path(FREE_TEXT).asString(""))
        : item.put("arguments", call.arguments().toString());
  }

  /// Grows with the conversation, so that an agent that reports use has something to report.
  private static ObjectNode usage(Conversation conversation) {
    int input = 1_000 + conversation.messages().size();
    var usage = NODES.objectNode().put("input_tokens", input).put("output_tokens", 42);
    usage.put("total_tokens", input + 42);
    usage.putObject("input_tokens_details").put("cached_tokens", 0);
    usage.putObject("output_tokens_details").put("reasoning_tokens", 0);
    return usage;
  }

  /// The items of one answer, each announced, streamed and told whole. For one thread.
  private static final class Items implements Stream {
    private final long number;
    private final Conversation conversation;
    private final Events events;
    private final StringBuilder text = new StringBuilder();
    private final ObjectNode response;
    private boolean thinks;
    private boolean speaks;
    private int at;

    Items(long number, Conversation conversation, Events events) {
      this.number = number;
      this.conversation = conversation;
      this.events = events;
      this.response = response(number, conversation, "in_progress");
    }

    @Override
    public void begin() throws IOException {
      send("response.created", NODES.objectNode().set("response", response.deepCopy()));
    }

    @Override
    public void think(String piece) throws IOException {
      if (!thinks) {
        thinks = true;
        added(reasoning(id("rs_"), null));
        var part = of("rs_").put("summary_index", 0);
        part.putObject("part").put("type", "summary_text").put("text", "");
        send("response.reasoning_summary_part.added", part);
      }
      text.append(piece);
      send(
          "response.reasoning_summary_text.delta",
          of("rs_").put("summary_index", 0).put("delta", piece));
    }

    @Override
    public void text(String piece) throws IOException {
      if (!speaks) {
        close();
        speaks = true;
        added(message(id("msg_"), null));
      }
      text.append(piece);
      send("response.output_text.delta", of("msg_").put("content_index", 0).put("delta", piece));
    }

    @Override
    public void call(int index, Call call) throws IOException {
      close();
      var item = Responses.call(conversation, call, "completed");
      added(item);
      done(item);
    }

    @Override
    public void end(String finish) throws IOException {
      close();
      response.put("status", "completed").set("usage", usage(conversation));
      send("response.completed", NODES.objectNode().set("response", response));
    }

    private void close() throws IOException {
      if (thinks) {
        done(reasoning(id("rs_"), text.toString()));
      } else if (speaks) {
        done(message(id("msg_"), text.toString()));
      }
      thinks = false;
      speaks = false;
      text.setLength(0);
    }

    private void added(ObjectNode item) throws IOException {
      send("response.output_item.added", item(item));
    }

    private void done(ObjectNode item) throws IOException {
      response.withArray("output").add(item);
      send("response.output_item.done", item(item));
      at++;
    }

    private ObjectNode item(ObjectNode item) {
      var event = NODES.objectNode().put("output_index", at);
      event.set("item", item);
      return event;
    }

    private ObjectNode of(String kind) {
      return NODES.objectNode().put("item_id", id(kind)).put("output_index", at);
    }

    private String id(String kind) {
      return kind + number + "_" + at;
    }

    private void send(String type, ObjectNode event) throws IOException {
      events.send(type, event.put("type", type).toString());
    }
  }
}
