package dev.signalbox.testkit.model;

import static dev.signalbox.testkit.model.ModelTurn.calls;
import static dev.signalbox.testkit.model.ModelTurn.fails;
import static dev.signalbox.testkit.model.ModelTurn.says;
import static dev.signalbox.testkit.model.ModelTurn.thinks;
import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.stream.Collectors.joining;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.HttpURLConnection;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/// The requests are shaped as opencode and goose shape theirs.
class ScriptedModelTest {

  private static final JsonMapper JSON = JsonMapper.builder().build();

  private final ScriptedModel model = ScriptedModel.start();
  private final HttpClient http = HttpClient.newHttpClient();

  @AfterEach
  void close() {
    http.close();
    model.close();
  }

  @Test
  void streamsReasoningThenTextPieceByPieceAsScripted() throws Exception {
    var script =
        ModelScript.of(thinks("Let me see.").text("Hello wörld 🙂!").inChunks(4, Duration.ZERO));

    var chunks = stream(conversation(script.in("Greet me")));

    assertThat(joined(chunks, "reasoning_content")).isEqualTo("Let me see.");
    assertThat(joined(chunks, "content")).isEqualTo("Hello wörld 🙂!");
    assertThat(pieces(chunks, "content")).hasSizeGreaterThanOrEqualTo(4);
    assertThat(finish(chunks)).isEqualTo("stop");
  }

  @Test
  void answersWithoutStreamingWhenNotAskedTo() throws Exception {
    var body = conversation(ModelScript.of(says("Whole.")).in("Say it")).put("stream", false);

    var answer = JSON.readTree(post(body).body());

    assertThat(answer.at("/choices/0/message/content").asString()).isEqualTo("Whole.");
    assertThat(answer.at("/usage/total_tokens").asInt()).isPositive();
  }

  @Test
  void saysAToolInTheNamesAndArgumentsOfTheAgentThatAsks() throws Exception {
    var script =
        ModelScript.of(
            calls(
                new ToolUse.Shell("ls"),
                new ToolUse.Write("a.txt", "x"),
                new ToolUse.Edit("a.txt", "x", "y"),
                new ToolUse.Read("a.txt")));

    var opencode = toolCalls(stream(conversation(script.in("go"))));
    var goose =
        toolCalls(
            stream(
                conversation(
                    script.in("go"),
                    tool("developer__shell", "command"),
                    tool("write", "path", "content"),
                    tool("edit", "path", "before", "after"))));

    assertThat(opencode)
        .containsExactly(
            "bash{\"command\":\"ls\",\"description\":\"Runs a command\"}",
            "write{\"filePath\":\"a.txt\",\"content\":\"x\"}",
            "edit{\"filePath\":\"a.txt\",\"oldString\":\"x\",\"newString\":\"y\"}",
            "read{\"filePath\":\"a.txt\"}");
    assertThat(goose)
        .containsExactly(
            "developer__shell{\"command\":\"ls\"}",
            "write{\"path\":\"a.txt\",\"content\":\"x\"}",
            "edit{\"path\":\"a.txt\",\"before\":\"x\",\"after\":\"y\"}",
            "developer__shell{\"command\":\"cat 'a.txt'\"}");
  }

  @Test
  void goesOnToTheNextTurnWhenTheToolsResultComesBack() throws Exception {
    var script = ModelScript.of(says("Running.").tool(new ToolUse.Shell("ls")), says("Done."));
    var body = conversation(script.in("go"));
    String id = callId(stream(body));

    assistantCall(body, id);
    message(body, "tool", "a.txt").put("tool_call_id", id);

    assertThat(joined(stream(body), "content")).isEqualTo("Done.");
  }

  @Test
  void countsAnAnswerThatGooseSplitByAUserMessageOnce() throws Exception {
    var script = ModelScript.of(says("Running.").tool(new ToolUse.Shell("ls")), says("Done."));
    var body = conversation(script.in("go"));
    String id = callId(stream(body));

    message(body, "assistant", "Running.");
    message(body, "user", "It is currently 12:00. Context: 1 %");
    assistantCall(body, id);
    message(body, "tool", "a.txt").put("tool_call_id", id);

    assertThat(joined(stream(body), "content")).isEqualTo("Done.");
  }

  @Test
  void followsTheLastScriptWhenAnOlderPromptIsHandedOver() throws Exception {
    String older = ModelScript.of(says("Older.")).in("Earlier the user said");
    String newer = ModelScript.of(says("Mail me @@[here]@@")).in("now");

    assertThat(joined(stream(conversation(older + "\n" + newer)), "content"))
        .isEqualTo("Mail me @@[here]@@");
  }

  @Test
  void answersASideCallNeutrallyThoughItQuotesTheScript() throws Exception {
    var body = conversation(ModelScript.of(fails(500)).in("Make a title for"));
    body.remove("tools");

    assertThat(joined(stream(body), "content")).isEqualTo("Side call");
    assertThat(model.mainRequests()).isEmpty();
  }

  @Test
  void saysSoWhenThereIsNoScriptOrNoMoreOfIt() throws Exception {
    var body = conversation(ModelScript.of(says("Only this.")).in("go"));
    message(body, "assistant", "Only this.");
    message(body, "user", "and now?");

    assertThat(joined(stream(body), "content")).isEqualTo("End of script.");
    assertThat(joined(stream(conversation("plain words")), "content")).isEqualTo("No script.");
  }

  @Test
  void failsWithTheStatusAsOftenAsScriptedThenAnswers() throws Exception {
    var body = conversation(ModelScript.of(fails(429).times(2).text("At last.")).in("try"));

    assertThat(post(body).statusCode()).isEqualTo(429);
    assertThat(JSON.readTree(post(body).body()).at("/error/type").asString())
        .isEqualTo("rate_limit_error");
    assertThat(joined(stream(body), "content")).isEqualTo("At last.");
  }

  @Test
  void cutsTheConnectionBeforeTheHeadersAndInMidStream() {
    var before = conversation(ModelScript.of(says("abcd").cutAfter(0)).in("go"));
    var amid =
        conversation(ModelScript.of(says("abcd").inChunks(4, Duration.ZERO).cutAfter(2)).in("go"));
    var lines = new ArrayList<String>();

    assertThatThrownBy(() -> post(before)).isInstanceOf(IOException.class);
    assertThatThrownBy(() -> readLines(amid, lines)).isInstanceOf(IOException.class);
    assertThat(joined(chunks(lines), "content")).isEqualTo("ab");
  }

  @Test
  void stallsWithoutAnEndAndLetsGoWhenClosed() {
    var body = conversation(ModelScript.of(says("abcd").stallAfter(0)).in("go"));
    var request =
        HttpRequest.newBuilder(request(body), (_, _) -> true)
            .timeout(Duration.ofMillis(300))
            .build();

    assertThatThrownBy(() -> http.send(request, HttpResponse.BodyHandlers.ofString()))
        .isInstanceOf(HttpTimeoutException.class);
    // close() joins the stalled exchange's thread: a stall that did not end would hang the test's
    // end
  }

  @Test
  void recordsWhatItWasAsked() throws Exception {
    var body = conversation("");
    var parts = ((ObjectNode) body.path("messages").get(1)).putArray("content");
    parts.addObject().put("type", "text").put("text", ModelScript.of(says("Nice.")).in("look"));
    parts
        .addObject()
        .put("type", "image_url")
        .putObject("image_url")
        .put("url", "data:image/png;base64,AA==");

    stream(body);

    var asked = model.requests().getFirst();
    assertThat(asked.authorization()).isEqualTo("Bearer dummy");
    assertThat(asked.conversation().images()).containsExactly("data:image/png;base64,AA==");
    assertThat(asked.conversation().lastUserText()).startsWith("look");
    assertThat(asked.scripted()).isTrue();
    assertThat(asked.turn()).isZero();
  }

  @Test
  void listsItsModels() throws Exception {
    var request = HttpRequest.newBuilder(URI.create(model.url() + "/v1/models")).build();

    var models = JSON.readTree(http.send(request, HttpResponse.BodyHandlers.ofString()).body());

    assertThat(models.at("/data/0/id").asString()).isEqualTo("fake-1");
  }

  private static ObjectNode conversation(String prompt, ObjectNode... tools) {
    var body = JsonNodeFactory.instance.objectNode().put("model", "fake-1").put("stream", true);
    body.putArray("messages");
    message(body, "system", "You are an agent.");
    message(body, "user", prompt);
    var announced =
        tools.length > 0
            ? List.of(tools)
            : List.of(
                tool("bash", "command", "description"),
                tool("write", "filePath", "content"),
                tool("edit", "filePath", "oldString", "newString"),
                tool("read", "filePath"));
    body.putArray("tools").addAll(announced);
    return body;
  }

  private static ObjectNode message(ObjectNode body, String role, String text) {
    return ((ArrayNode) body.path("messages")).addObject().put("role", role).put("content", text);
  }

  private static void assistantCall(ObjectNode body, String id) {
    message(body, "assistant", "").putArray("tool_calls").addObject().put("id", id);
  }

  private static ObjectNode tool(String name, String... parameters) {
    var tool = JsonNodeFactory.instance.objectNode().put("type", "function");
    var properties =
        tool.putObject("function")
            .put("name", name)
            .putObject("parameters")
            .putObject("properties");
    for (String parameter : parameters) {
      properties.putObject(parameter).put("type", "string");
    }
    return tool;
  }

  private HttpRequest request(ObjectNode body) {
    return HttpRequest.newBuilder(URI.create(model.url() + "/v1/chat/completions"))
        .header("Authorization", "Bearer dummy")
        .POST(HttpRequest.BodyPublishers.ofString(body.toString()))
        .build();
  }

  /// Reads as it comes, with blocking reads: the other client may let the cut overtake the lines.
  private void readLines(ObjectNode body, List<String> lines) throws IOException {
    var url = URI.create(model.url() + "/v1/chat/completions").toURL();
    var connection = (HttpURLConnection) url.openConnection();
    connection.setDoOutput(true);
    connection.getOutputStream().write(body.toString().getBytes(UTF_8));
    try (var in = new BufferedReader(new InputStreamReader(connection.getInputStream(), UTF_8))) {
      for (var line = in.readLine(); line != null; line = in.readLine()) {
        lines.add(line);
      }
    }
  }

  private HttpResponse<String> post(ObjectNode body) throws Exception {
    return http.send(request(body), HttpResponse.BodyHandlers.ofString());
  }

  private List<JsonNode> stream(ObjectNode body) throws Exception {
    return chunks(post(body).body().lines().toList());
  }

  private static List<JsonNode> chunks(List<String> lines) {
    return lines.stream()
        .filter(line -> line.startsWith("data: {"))
        .map(line -> JSON.readTree(line.substring("data: ".length())))
        .toList();
  }

  private static List<String> pieces(List<JsonNode> chunks, String field) {
    return chunks.stream()
        .map(chunk -> chunk.at("/choices/0/delta").path(field).asString(""))
        .filter(piece -> !piece.isEmpty())
        .toList();
  }

  private static String joined(List<JsonNode> chunks, String field) {
    return String.join("", pieces(chunks, field));
  }

  private static String finish(List<JsonNode> chunks) {
    return chunks.stream()
        .map(chunk -> chunk.at("/choices/0/finish_reason").asString(""))
        .collect(joining());
  }

  private static String callId(List<JsonNode> chunks) {
    return chunks.stream()
        .map(chunk -> chunk.at("/choices/0/delta/tool_calls/0/id").asString(""))
        .filter(id -> !id.isEmpty())
        .findFirst()
        .orElseThrow();
  }

  /// Each call as its name and joined arguments.
  private static List<String> toolCalls(List<JsonNode> chunks) {
    var calls = new ArrayList<String>();
    for (JsonNode chunk : chunks) {
      JsonNode call = chunk.at("/choices/0/delta/tool_calls/0");
      if (call.path("function").has("name")) {
        calls.add(call.at("/function/name").asString());
      } else if (!call.isMissingNode()) {
        int last = calls.size() - 1;
        calls.set(last, calls.get(last) + call.at("/function/arguments").asString(""));
      }
    }
    return calls.stream().map(call -> call.endsWith("}") ? call : call + "?").toList();
  }
}
