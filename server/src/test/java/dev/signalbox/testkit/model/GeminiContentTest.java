package dev.signalbox.testkit.model;

import static dev.signalbox.testkit.model.ModelTurn.calls;
import static dev.signalbox.testkit.model.ModelTurn.fails;
import static dev.signalbox.testkit.model.ModelTurn.says;
import static dev.signalbox.testkit.model.ModelTurn.thinks;
import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/// The requests are shaped as Gemini CLI shapes its own.
class GeminiContentTest {

  private static final JsonMapper JSON = JsonMapper.builder().build();
  private static final String STREAM = ":streamGenerateContent?alt=sse";

  private final ScriptedModel model = ScriptedModel.start();
  private final HttpClient http = HttpClient.newHttpClient();

  @AfterEach
  void close() {
    http.close();
    model.close();
  }

  @Test
  void streamsThoughtsThenTextPieceByPieceAndUsageAtTheEnd() throws Exception {
    var script = ModelScript.of(thinks("Hm.").text("Hello wörld!").inChunks(3, Duration.ZERO));

    var chunks = stream(conversation(script.in("Greet me")));

    assertThat(parts(chunks))
        .filteredOn(part -> part.path("thought").asBoolean(false))
        .allSatisfy(part -> assertThat(part.path("text").asString()).startsWith("**Pondering**"));
    assertThat(said(chunks)).isEqualTo("Hello wörld!");
    assertThat(chunks.size()).isGreaterThan(4);
    assertThat(chunks.getLast().at("/candidates/0/finishReason").asString()).isEqualTo("STOP");
    assertThat(chunks.getLast().at("/usageMetadata/promptTokenCount").asInt()).isPositive();
  }

  @Test
  void answersWholeWhereItIsNotAskedToStream() throws Exception {
    var body = conversation(ModelScript.of(says("Whole.")).in("Say it"));

    var answer = JSON.readTree(post(":generateContent", body).body());

    assertThat(answer.at("/candidates/0/content/parts/0/text").asString()).isEqualTo("Whole.");
    assertThat(JSON.readTree(post(":countTokens", body).body()).path("totalTokens").asInt())
        .isPositive();
  }

  @Test
  void callsToolsByTheirNamesAndGoesOnWhenTheResultComesBack() throws Exception {
    var script = ModelScript.of(calls(new ToolUse.Shell("ls")), says("Done."));
    var body = conversation(script.in("go"));

    var call = parts(stream(body)).getFirst().path("functionCall");
    assertThat(call.path("name").asString()).isEqualTo("run_shell_command");
    assertThat(call.path("args").toString()).isEqualTo("{\"command\":\"ls\"}");
    content(body, "model").set("functionCall", call);
    content(body, "user").putObject("functionResponse").put("name", "run_shell_command");

    assertThat(said(stream(body))).isEqualTo("Done.");
  }

  @Test
  void recordsModelTextAndImages() throws Exception {
    var body = conversation("look");
    content(body, "user").putObject("inlineData").put("mimeType", "image/png").put("data", "AA==");

    stream(body);

    var asked = model.requests().getFirst().conversation();
    assertThat(asked.model()).isEqualTo("gemini-2.5-pro");
    assertThat(asked.images()).containsExactly("data:image/png;base64,AA==");
    assertThat(asked.messages().getFirst().text()).isEqualTo("You are an agent.");
  }

  @Test
  void failsAsTheRealOneDoesAndAnswersSideCallsNeutrally() throws Exception {
    var failing = conversation(ModelScript.of(fails(429)).in("try"));

    var error = post(STREAM, failing);
    assertThat(error.statusCode()).isEqualTo(429);
    assertThat(JSON.readTree(error.body()).at("/error/status").asString())
        .isEqualTo("RESOURCE_EXHAUSTED");

    failing.remove("tools");
    assertThat(said(stream(failing))).isEqualTo("Side call");
  }

  private static ObjectNode conversation(String prompt) {
    var body = JsonNodeFactory.instance.objectNode();
    body.putObject("systemInstruction")
        .putArray("parts")
        .addObject()
        .put("text", "You are an agent.");
    body.putArray("contents");
    content(body, "user").put("text", prompt);
    var shell =
        body.putArray("tools")
            .addObject()
            .putArray("functionDeclarations")
            .addObject()
            .put("name", "run_shell_command");
    shell.putObject("parametersJsonSchema").putObject("properties").putObject("command");
    return body;
  }

  /// One more message of one part, which is given back to be filled.
  private static ObjectNode content(ObjectNode body, String role) {
    var contents = (ArrayNode) body.path("contents");
    return contents.addObject().put("role", role).putArray("parts").addObject();
  }

  private HttpResponse<String> post(String verb, ObjectNode body) throws Exception {
    var uri = URI.create(model.url() + "/v1beta/models/gemini-2.5-pro" + verb);
    var request =
        HttpRequest.newBuilder(uri)
            .POST(HttpRequest.BodyPublishers.ofString(body.toString()))
            .build();
    return http.send(request, HttpResponse.BodyHandlers.ofString());
  }

  private List<JsonNode> stream(ObjectNode body) throws Exception {
    return post(STREAM, body)
        .body()
        .lines()
        .filter(line -> line.startsWith("data: "))
        .map(line -> JSON.readTree(line.substring("data: ".length())))
        .toList();
  }

  private static List<JsonNode> parts(List<JsonNode> chunks) {
    return chunks.stream()
        .flatMap(chunk -> chunk.at("/candidates/0/content/parts").valueStream())
        .toList();
  }

  private static String said(List<JsonNode> chunks) {
    return parts(chunks).stream()
        .filter(part -> !part.path("thought").asBoolean(false))
        .map(part -> part.path("text").asString(""))
        .collect(Collectors.joining());
  }
}
