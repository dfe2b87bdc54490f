package dev.signalbox.testkit.model;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/// One answer of the model: what one request of the agent gets.
///
/// @param think reasoning that comes before the text; empty for none
/// @param text the answer; `{n}` in it becomes the number of the repetition, from 0
/// @param tools the calls that follow the text
/// @param repeat how often the text is said, at least 1
/// @param chunks into how many pieces think and text are cut each; 0: one piece per repetition
/// @param delayMs pause after each piece
/// @param firstMs pause before the first byte
/// @param status an HTTP error to answer instead; 0 for none
/// @param cutAfter after how many pieces the connection is cut, 0 before the headers; -1 never
/// @param stallAfter after how many pieces nothing more comes on an open connection, 0 before the
///   headers; -1 never
/// @param times how many requests meet the status, cut or stall before the turn is played whole; 0
///   all of them. The server counts them for the exact text of the script, so two scripts are to
///   differ in some word
/// @param finish the finish reason; empty: what fits (`tool_calls` or `stop`)
public record ModelTurn(
    String think,
    String text,
    List<ToolUse> tools,
    int repeat,
    int chunks,
    int delayMs,
    int firstMs,
    int status,
    int cutAfter,
    int stallAfter,
    int times,
    String finish) {

  private static final ModelTurn EMPTY =
      new ModelTurn("", "", List.of(), 1, 0, 0, 0, 0, -1, -1, 0, "");

  public ModelTurn {
    tools = List.copyOf(tools);
    if (repeat < 1 || chunks < 0) {
      throw new IllegalArgumentException("repeat " + repeat + ", chunks " + chunks);
    }
  }

  public static ModelTurn says(String text) {
    return EMPTY.text(text);
  }

  public static ModelTurn thinks(String think) {
    return new ModelTurn(think, "", List.of(), 1, 0, 0, 0, 0, -1, -1, 0, "");
  }

  public static ModelTurn calls(ToolUse... tools) {
    return new ModelTurn("", "", List.of(tools), 1, 0, 0, 0, 0, -1, -1, 0, "");
  }

  public static ModelTurn fails(int status) {
    return new ModelTurn("", "", List.of(), 1, 0, 0, 0, status, -1, -1, 0, "");
  }

  public ModelTurn text(String value) {
    return new ModelTurn(
        think,
        value,
        tools,
        repeat,
        chunks,
        delayMs,
        firstMs,
        status,
        cutAfter,
        stallAfter,
        times,
        finish);
  }

  public ModelTurn tool(ToolUse tool) {
    var more = new ArrayList<>(tools);
    more.add(tool);
    return new ModelTurn(
        think,
        text,
        more,
        repeat,
        chunks,
        delayMs,
        firstMs,
        status,
        cutAfter,
        stallAfter,
        times,
        finish);
  }

  /// The text `count` times, one piece each, `pause` after each.
  public ModelTurn repeat(int count, Duration pause) {
    return new ModelTurn(
        think,
        text,
        tools,
        count,
        0,
        (int) pause.toMillis(),
        firstMs,
        status,
        cutAfter,
        stallAfter,
        times,
        finish);
  }

  /// Think and text in `count` pieces each, `pause` after each.
  public ModelTurn inChunks(int count, Duration pause) {
    return new ModelTurn(
        think,
        text,
        tools,
        repeat,
        count,
        (int) pause.toMillis(),
        firstMs,
        status,
        cutAfter,
        stallAfter,
        times,
        finish);
  }

  public ModelTurn first(Duration pause) {
    return new ModelTurn(
        think,
        text,
        tools,
        repeat,
        chunks,
        delayMs,
        (int) pause.toMillis(),
        status,
        cutAfter,
        stallAfter,
        times,
        finish);
  }

  public ModelTurn cutAfter(int pieces) {
    return new ModelTurn(
        think,
        text,
        tools,
        repeat,
        chunks,
        delayMs,
        firstMs,
        status,
        pieces,
        stallAfter,
        times,
        finish);
  }

  public ModelTurn stallAfter(int pieces) {
    return new ModelTurn(
        think, text, tools, repeat, chunks, delayMs, firstMs, status, cutAfter, pieces, times,
        finish);
  }

  public ModelTurn times(int requests) {
    return new ModelTurn(
        think,
        text,
        tools,
        repeat,
        chunks,
        delayMs,
        firstMs,
        status,
        cutAfter,
        stallAfter,
        requests,
        finish);
  }

  public ModelTurn finish(String reason) {
    return new ModelTurn(
        think,
        text,
        tools,
        repeat,
        chunks,
        delayMs,
        firstMs,
        status,
        cutAfter,
        stallAfter,
        times,
        reason);
  }

  /// The same turn with nothing going wrong in it.
  ModelTurn withoutFault() {
    return new ModelTurn(
        think, text, tools, repeat, chunks, delayMs, firstMs, 0, -1, -1, 0, finish);
  }

  boolean hasFault() {
    return status != 0 || cutAfter >= 0 || stallAfter >= 0;
  }

  /// The pieces of the reasoning, in order.
  List<String> thoughts() {
    return think.isEmpty() ? List.of() : split(think, Math.max(1, chunks));
  }

  /// The pieces of the text, in order; together they are the whole text.
  List<String> pieces() {
    if (text.isEmpty()) {
      return List.of();
    }
    var repeated = new ArrayList<String>();
    for (int n = 0; n < repeat; n++) {
      repeated.add(text.replace("{n}", Integer.toString(n)));
    }
    return chunks == 0 ? repeated : split(String.join("", repeated), chunks);
  }

  /// The whole text as an agent gets it.
  public String wholeText() {
    return String.join("", pieces());
  }

  /// Cuts at code points: half a surrogate pair cannot be sent as UTF-8.
  private static List<String> split(String text, int count) {
    int[] points = text.codePoints().toArray();
    int size = Math.max(1, Math.ceilDiv(points.length, count));
    var pieces = new ArrayList<String>();
    for (int at = 0; at < points.length; at += size) {
      pieces.add(new String(points, at, Math.min(size, points.length - at)));
    }
    return pieces;
  }

  ObjectNode toJson() {
    var json = JsonNodeFactory.instance.objectNode();
    putUnless("", think, "think", json);
    putUnless("", text, "text", json);
    if (!tools.isEmpty()) {
      var array = json.putArray("tools");
      tools.forEach(tool -> array.add(tool.toJson()));
    }
    putUnless(1, repeat, "repeat", json);
    putUnless(0, chunks, "chunks", json);
    putUnless(0, delayMs, "delayMs", json);
    putUnless(0, firstMs, "firstMs", json);
    putUnless(0, status, "status", json);
    putUnless(-1, cutAfter, "cutAfter", json);
    putUnless(-1, stallAfter, "stallAfter", json);
    putUnless(0, times, "times", json);
    putUnless("", finish, "finish", json);
    return json;
  }

  private static void putUnless(int usual, int value, String name, ObjectNode json) {
    if (value != usual) {
      json.put(name, value);
    }
  }

  private static void putUnless(String usual, String value, String name, ObjectNode json) {
    if (!value.equals(usual)) {
      json.put(name, value);
    }
  }

  /// Reads what a person or [#toJson] wrote; a field that is missing has its usual value.
  ///
  /// @throws IllegalArgumentException when a tool or a number makes no sense
  static ModelTurn fromJson(JsonNode json) {
    var tools = new ArrayList<ToolUse>();
    json.path("tools").forEach(tool -> tools.add(ToolUse.fromJson(tool)));
    return new ModelTurn(
        json.path("think").asString(""),
        json.path("text").asString(""),
        tools,
        json.path("repeat").asInt(1),
        json.path("chunks").asInt(0),
        json.path("delayMs").asInt(0),
        json.path("firstMs").asInt(0),
        json.path("status").asInt(0),
        json.path("cutAfter").asInt(-1),
        json.path("stallAfter").asInt(-1),
        json.path("times").asInt(0),
        json.path("finish").asString(""));
  }
}
