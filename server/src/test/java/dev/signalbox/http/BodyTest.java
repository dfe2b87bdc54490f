package dev.signalbox.http;

import static dev.signalbox.testkit.server.Client.object;
import static org.assertj.core.api.Assertions.assertThat;

import dev.signalbox.testkit.server.Client;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/// What calls may carry: which bodies are taken, which are refused and how, what is done once.
class BodyTest {
  @TempDir Path temp;
  private Edge edge;
  private Client client;

  @BeforeEach
  void open() throws IOException {
    edge = Edge.open(temp);
    client = edge.client();
  }

  @AfterEach
  void close() {
    client.close();
    edge.close();
  }

  @Test
  void aPromptOfOneMegabyteArrivesIntactAndAnEmptyOneIsRefused() throws IOException {
    var lane = worker(client.session(edge.project("one")));
    client.prompt(lane, "practice", "count 1000");
    var text = "é".repeat(1 << 19) + " end";
    var turn = client.prompt(lane, "practice", text).path("turn").asString();
    assertThat(edge.journal.prompt(new dev.signalbox.id.TurnId(turn))).isEqualTo(text);
    assertThat(client.prompt(lane, "practice", "", "c").status()).isEqualTo(422);
    assertThat(client.turn(lane, object().put("agent", "practice")).status()).isEqualTo(422);
    assertThat(client.turn(lane, object().put("text", "x").put("clientId", "c")).status())
        .isEqualTo(422);
    assertThat(
            client
                .turn(lane, object().put("text", "x").put("agent", "practice"))
                .body()
                .path("code")
                .asString())
        .isEqualTo("missing_client_id");
  }

  @Test
  void halfACharacterIsRefusedWithItsPlace() throws IOException {
    var lane = worker(client.session(edge.project("one")));
    var reply =
        edge.post(
            lane.path() + "/turns",
            "{\"clientId\":\"c\",\"agent\":\"practice\",\"text\":\"ab\\ud83d\"}",
            "Content-Type: application/json");
    assertThat(reply.status()).isEqualTo(422);
    assertThat(reply.body()).contains("text_not_unicode").contains("at 2");
  }

  @Test
  void S83_aBodyThatIsTooLongIsRefusedBeforeItIsRead() throws IOException {
    var lane = worker(client.session(edge.project("one")));
    var declared =
        RawHttp.send(
            edge.port(),
            List.of(
                "POST " + lane.path() + "/turns HTTP/1.1",
                "Host: 127.0.0.1:" + edge.port(),
                "Authorization: Bearer " + Edge.TOKEN,
                "Content-Type: application/json",
                "Content-Length: " + ((32 << 20) + 1)),
            "");
    assertThat(declared.status()).isEqualTo(413);
    var chunked =
        edge.post(
            "/api/projects",
            "200001\r\n{" + " ".repeat(0x200000) + "\r\n0\r\n\r\n",
            "Content-Type: application/json",
            "Transfer-Encoding: chunked");
    assertThat(chunked.status()).isEqualTo(413);
  }

  @Test
  void S09_S83_onlyPlainJsonIsTaken() throws IOException {
    var body = "{\"path\":\"" + edge.project("one") + "\"}";
    for (var type :
        List.of(
            "text/plain",
            "application/x-www-form-urlencoded",
            "multipart/form-data; boundary=x",
            "application/json; charset=latin1")) {
      assertThat(edge.post("/api/projects", body, "Content-Type: " + type).status())
          .as(type)
          .isEqualTo(415);
    }
    assertThat(edge.post("/api/projects", body).status()).isEqualTo(415);
    assertThat(
            edge.post(
                    "/api/projects",
                    body,
                    "Content-Type: application/json",
                    "Content-Encoding: gzip")
                .status())
        .isEqualTo(415);
    assertThat(
            edge.post("/api/projects", body, "Content-Type: application/json; charset=UTF-8")
                .status())
        .isEqualTo(200);
  }

  @Test
  void S82_malformedJsonIsRefusedWithItsPlaceAndWrongTypesWithTheirField() throws IOException {
    for (var body :
        List.of(
            "{\"path\":",
            "{\n \"path\": 'x'}",
            "{\"x\":" + "[".repeat(100_000),
            "{\"path\":\"a\",\"path\":\"b\"}",
            "{\"path\":\"a\"} x",
            "")) {
      var reply = edge.post("/api/projects", body, "Content-Type: application/json");
      assertThat(reply.status()).as(body).isEqualTo(400);
      assertThat(reply.body()).contains("malformed_json").contains("line ").contains("column ");
    }
    for (var body : List.of("{\"path\":5}", "{\"path\":[\"a\"]}", "[]", "null", "5")) {
      var reply = edge.post("/api/projects", body, "Content-Type: application/json");
      assertThat(reply.status()).as(body).isEqualTo(422);
      assertThat(reply.body()).doesNotContain("dev.signalbox").doesNotContain("java.");
    }
    assertThat(edge.post("/api/projects", "{\"path\":{}}", "Content-Type: application/json").body())
        .contains("path");
  }

  @Test
  void everyPostIsDoneOnceForAnIdempotencyKey() throws IOException {
    var project = id(project(edge.project("one")));
    var path = "/api/projects/" + project + "/sessions";
    var first = edge.post(path, "{}", "Content-Type: application/json", "Idempotency-Key: k1");
    var second = edge.post(path, "{}", "Content-Type: application/json", "Idempotency-Key: k1");
    assertThat(first.status()).isEqualTo(200);
    assertThat(second).isEqualTo(first);
    assertThat(client.get("/api/sessions").ok()).hasSize(1);
    assertThat(
            edge.post(
                    "/api/projects", "{}", "Content-Type: application/json", "Idempotency-Key: k1")
                .status())
        .isEqualTo(422);
  }

  @Test
  void anIdempotencyKeyIsTheClientIdOfATurnWithoutOne() throws IOException {
    var lane = worker(client.session(edge.project("one")));
    client.prompt(lane, "practice", "count 1000");
    var body = "{\"agent\":\"practice\",\"text\":\"list\"}";
    var turns = new HashSet<String>();
    for (int i = 0; i < 3; i++) {
      var reply =
          edge.post(
              lane.path() + "/turns",
              body,
              "Content-Type: application/json",
              "Idempotency-Key: k1");
      turns.add(Wire.JSON.readTree(reply.body()).path("turn").asString());
    }
    assertThat(turns).hasSize(1);
    assertThat(queue(lane)).hasSize(1);
  }

  private JsonNode project(Path folder) {
    return client.post("/api/projects", object().put("path", folder.toString())).ok();
  }

  private List<String> queue(Client.Lane lane) {
    var turns = new java.util.ArrayList<String>();
    client
        .get(lane.path() + "/turns")
        .ok()
        .at("/queue/turns")
        .forEach(turn -> turns.add(turn.asString()));
    return turns;
  }

  private static Client.Lane worker(JsonNode session) {
    return Client.lane(session, "worker");
  }

  private static String id(JsonNode node) {
    return node.path("id").asString();
  }
}
