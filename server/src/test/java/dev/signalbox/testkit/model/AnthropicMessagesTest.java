package dev.signalbox.testkit.model;

import static dev.signalbox.testkit.model.ModelTurn.fails;
import static dev.signalbox.testkit.model.ModelTurn.says;
import static dev.signalbox.testkit.model.ModelTurn.thinks;
import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// The requests are shaped as Claude Code shapes its.
class AnthropicMessagesTest {
  private static final JsonMapper JSON = JsonMapper.builder().build();

  private final ScriptedModel model = ScriptedModel.start();
  private final HttpClient http = HttpClient.newHttpClient();

  @AfterEach
  void close() {
    http.close();
    model.close();
  }

  @Test
  void streamsBlockAfterBlockWithTheToolInItsOwnWords() throws Exception {
    var script =
        ModelScript.of(
            thinks("Hmm.").text("Editing.").tool(new ToolUse.Edit("/w/a.txt", "b", "B")));

    var events = stream(request(script.in("go")));

    assertThat(events)
        .extracting(event -> event.path("type").asString())
        .containsSubsequence(
            "message_start",
            "content_block_start",
            "content_block_delta",
            "content_block_stop",
            "message_delta",
            "message_stop");
    assertThat(deltas(events, "thinking")).isEqualTo("Hmm.");
    assertThat(deltas(events, "text")).isEqualTo("Editing.");
    assertThat(deltas(events, "partial_json"))
        .isEqualTo("{\"file_path\":\"/w/a.txt\",\"old_string\":\"b\",\"new_string\":\"B\"}");
    assertThat(events)
        .anySatisfy(
            event -> assertThat(event.at("/content_block/name").asString("")).isEqualTo("Edit"));
    assertThat(events.get(events.size() - 2).at("/delta/stop_reason").asString())
        .isEqualTo("tool_use");
  }

  @Test
  void goesOnWhenTheResultComesBackAmongRemindersAndImages() throws Exception {
    var script = ModelScript.of(says("One.").tool(new ToolUse.Shell("ls")), says("Two."));
    var body = request(script.in("go"));
    var id = "";
    for (var event : stream(body)) {
      id = event.at("/content_block/id").asString(id);
    }
    var messages = (ArrayNode) body.path("messages");
    messages
        .addObject()
        .put("role", "assistant")
        .putArray("content")
        .addObject()
        .put("type", "tool_use")
        .put("id", id)
        .put("name", "Bash");
    var back = messages.addObject().put("role", "user").putArray("content");
    back.addObject()
        .put("type", "tool_result")
        .put("tool_use_id", id)
        .putArray("content")
        .addObject()
        .put("type", "text")
        .put("text", "a.txt");
    back.addObject().put("type", "text").put("text", "<system-reminder>be kind</system-reminder>");
    var picture = back.addObject().put("type", "image").putObject("source");
    picture.put("type", "base64").put("media_type", "image/png").put("data", "AQID");
    messages.addObject().put("role", "system").put("content", "a reminder");

    assertThat(deltas(stream(body), "text")).isEqualTo("Two.");
    assertThat(model.requests().getLast().conversation().images())
        .containsExactly("data:image/png;base64,AQID");
  }

  @Test
  void failsInTheProvidersWords() throws Exception {
    var answer = post("/v1/messages", request(ModelScript.of(fails(529)).in("go")));

    assertThat(answer.statusCode()).isEqualTo(529);
    assertThat(JSON.readTree(answer.body()).at("/error/type").asString())
        .isEqualTo("overloaded_error");
  }

  @Test
  void countsTokensBesideTheScript() throws Exception {
    var answer = post("/v1/messages/count_tokens", request(ModelScript.of(fails(500)).in("go")));

    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(JSON.readTree(answer.body()).path("input_tokens").asInt(0)).isPositive();
    assertThat(model.mainRequests()).isEmpty();
  }

  private static ObjectNode request(String text) {
    var body = JSON.createObjectNode().put("model", "claude-scripted").put("stream", true);
    body.put("max_tokens", 100);
    body.putArray("messages")
        .addObject()
        .put("role", "user")
        .putArray("content")
        .addObject()
        .put("type", "text")
        .put("text", text);
    var tools = body.putArray("tools");
    tool(tools, "Bash", "command", "description");
    tool(tools, "Edit", "file_path", "old_string", "new_string");
    return body;
  }

  private static void tool(ArrayNode tools, String name, String... parameters) {
    var schema = tools.addObject().put("name", name).putObject("input_schema");
    var properties = schema.putObject("properties");
    for (var parameter : parameters) {
      properties.putObject(parameter).put("type", "string");
    }
  }

  private HttpResponse<String> post(String path, JsonNode body) throws Exception {
    return http.send(
        HttpRequest.newBuilder(URI.create(model.url() + path + "?beta=true"))
            .POST(HttpRequest.BodyPublishers.ofString(body.toString()))
            .build(),
        HttpResponse.BodyHandlers.ofString());
  }

  private List<JsonNode> stream(JsonNode body) throws Exception {
    return post("/v1/messages", body)
        .body()
        .lines()
        .filter(line -> line.startsWith("data: "))
        .map(line -> JSON.readTree(line.substring(6)))
        .toList();
  }

  private static String deltas(List<JsonNode> events, String key) {
    var text = new StringBuilder();
    events.forEach(event -> text.append(event.path("delta").path(key).asString("")));
    return text.toString();
  }
}
