package dev.signalbox.testkit.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// The requests are shaped as Codex shapes its own.
class ResponsesTest {
  private static final JsonMapper JSON = JsonMapper.builder().build();

  private final ScriptedModel model = ScriptedModel.start();
  private final HttpClient http = HttpClient.newHttpClient();

  @AfterEach
  void close() {
    http.close();
    model.close();
  }

  @Test
  void streamsReasoningThenTextAsItemsAndEndsWithWhatWasUsed() throws Exception {
    var turn = ModelTurn.thinks("Hm.").text("Hello wörld 🙂!").inChunks(3, Duration.ZERO);
    var events = stream(request(ModelScript.of(turn).in("Greet me")));

    assertThat(events.getFirst().path("type").asString()).isEqualTo("response.created");
    assertThat(deltas(events, "response.reasoning_summary_text.delta")).isEqualTo("Hm.");
    assertThat(deltas(events, "response.output_text.delta")).isEqualTo("Hello wörld 🙂!");
    var items = of(events, "response.output_item.done");
    assertThat(items)
        .extracting(event -> event.at("/item/type").asString())
        .containsExactly("reasoning", "message");
    assertThat(items.getLast().at("/item/content/0/text").asString()).isEqualTo("Hello wörld 🙂!");
    var end = events.getLast();
    assertThat(end.path("type").asString()).isEqualTo("response.completed");
    assertThat(end.at("/response/usage/output_tokens").asInt()).isEqualTo(42);
  }

  @Test
  void saysAToolAsCodexAnnouncesIt() throws Exception {
    var script =
        ModelScript.of(
            ModelTurn.calls(
                new ToolUse.Shell("ls"),
                new ToolUse.Read("a.txt"),
                new ToolUse.Write("n.txt", "one\ntwo\n"),
                new ToolUse.Edit("a.txt", "x", "y"),
                new ToolUse.Exact("mcp__tiny__echo", JSON.createObjectNode().put("text", "hey"))));

    var calls =
        of(stream(request(script.in("go"))), "response.output_item.done").stream()
            .map(event -> event.path("item"))
            .toList();

    assertThat(calls.get(0).path("name").asString()).isEqualTo("exec_command");
    assertThat(calls.get(0).path("arguments").asString()).isEqualTo("{\"cmd\":\"ls\"}");
    assertThat(calls.get(1).path("arguments").asString()).isEqualTo("{\"cmd\":\"cat 'a.txt'\"}");
    assertThat(calls.get(2).path("type").asString()).isEqualTo("custom_tool_call");
    assertThat(calls.get(2).path("input").asString())
        .isEqualTo("*** Begin Patch\n*** Add File: n.txt\n+one\n+two\n*** End Patch");
    assertThat(calls.get(3).path("input").asString())
        .isEqualTo("*** Begin Patch\n*** Update File: a.txt\n@@\n-x\n+y\n*** End Patch");
    assertThat(calls.get(4).path("name").asString()).isEqualTo("echo");
    assertThat(calls.get(4).path("namespace").asString()).isEqualTo("mcp__tiny");
  }

  @Test
  void goesOnToTheNextTurnWhenTheToolsResultComesBack() throws Exception {
    var script =
        ModelScript.of(
            ModelTurn.says("Running.").tool(new ToolUse.Shell("ls")), ModelTurn.says("Done."));
    var body = request(script.in("go"));
    var call = of(stream(body), "response.output_item.done").getLast().path("item");

    body.withArray("input").add(call);
    body.withArray("input")
        .addObject()
        .put("type", "function_call_output")
        .put("call_id", call.path("call_id").asString())
        .put("output", "a.txt");

    assertThat(deltas(stream(body), "response.output_text.delta")).isEqualTo("Done.");
  }

  @Test
  void failsAndRemembersImagesAsTheOtherDialectsDo() throws Exception {
    var body = request(ModelScript.of(ModelTurn.fails(429)).in("fail"));
    body.withArray("input")
        .addObject()
        .put("type", "message")
        .put("role", "user")
        .putArray("content")
        .addObject()
        .put("type", "input_image")
        .put("image_url", "data:image/png;base64,AQID");

    var answer = post(body);

    assertThat(answer.statusCode()).isEqualTo(429);
    assertThat(JSON.readTree(answer.body()).at("/error/message").asString())
        .isEqualTo("scripted error 429");
    assertThat(model.requests().getLast().conversation().images())
        .containsExactly("data:image/png;base64,AQID");
  }

  private static ObjectNode request(String prompt) {
    var body = JSON.createObjectNode().put("model", "scripted").put("stream", true);
    var input = body.putArray("input");
    message(input.addObject(), "developer", "Be brief.");
    message(input.addObject(), "user", "<environment_context>…</environment_context>");
    message(input.addObject(), "user", prompt);
    var tools = body.putArray("tools");
    var shell = tools.addObject().put("type", "function").put("name", "exec_command");
    shell.putObject("parameters").putObject("properties").putObject("cmd");
    tools.addObject().put("type", "custom").put("name", "apply_patch");
    tools.addObject().put("type", "web_search");
    return body;
  }

  private static void message(ObjectNode item, String role, String text) {
    item.put("type", "message").put("role", role);
    item.putArray("content").addObject().put("type", "input_text").put("text", text);
  }

  private List<JsonNode> stream(JsonNode body) throws Exception {
    return post(body)
        .body()
        .lines()
        .filter(line -> line.startsWith("data: "))
        .map(line -> JSON.readTree(line.substring("data: ".length())))
        .toList();
  }

  private HttpResponse<String> post(JsonNode body) throws Exception {
    var request =
        HttpRequest.newBuilder(URI.create(model.url() + "/v1/responses"))
            .POST(HttpRequest.BodyPublishers.ofString(body.toString()))
            .build();
    return http.send(request, HttpResponse.BodyHandlers.ofString());
  }

  private static List<JsonNode> of(List<JsonNode> events, String type) {
    return events.stream().filter(event -> event.path("type").asString("").equals(type)).toList();
  }

  private static String deltas(List<JsonNode> events, String type) {
    var text = new StringBuilder();
    of(events, type).forEach(event -> text.append(event.path("delta").asString("")));
    return text.toString();
  }
}
