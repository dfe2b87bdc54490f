package dev.signalbox.http;

import static dev.signalbox.testkit.server.Client.object;
import static org.assertj.core.api.Assertions.assertThat;

import dev.signalbox.testkit.server.Client;
import dev.signalbox.testkit.server.Client.Reply;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/// The calls of the contract on real rooms: who may call, agents, projects, sessions, lanes.
class RoutesTest {
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
  void healthSaysUpOnceTheRoomsAreOpen() {
    assertThat(client.get("/api/health").ok())
        .isEqualTo(object().put("status", "up").put("version", "1.2.3"));
  }

  @Test
  @Tag("R-SEC-2")
  void S01_noRouteOfTheTableAnswersWithoutCredentials() throws IOException {
    for (var route : edge.server.routes()) {
      var path = route.path().replaceAll("\\{\\w+}", "x");
      var answer =
          RawHttp.send(
              edge.port(),
              route.method() + " " + path + " HTTP/1.1",
              "Host: 127.0.0.1:" + edge.port(),
              "Content-Length: 0");
      if (List.of("/api/health", "/api/auth/code").contains(route.path())) {
        assertThat(answer.status()).as(path).isNotEqualTo(401);
      } else {
        assertThat(answer.status()).as(route.method() + " " + path).isEqualTo(401);
        assertThat(answer.body()).hasSizeLessThanOrEqualTo(200);
      }
    }
    assertThat(edge.server.routes()).hasSizeGreaterThan(30);
  }

  @Test
  void agentsSayWhetherTheyAreReady() {
    var agents = client.get("/api/agents").ok();
    assertThat(agents).hasSize(1);
    assertThat(agents.get(0).path("id").asString()).isEqualTo("practice");
    assertThat(agents.get(0).has("models")).isTrue();

    var looked = client.post("/api/agents/practice/refresh", object()).ok();
    assertThat(looked.path("ready").asBoolean()).as(looked.toString()).isTrue();
    assertThat(client.post("/api/agents/nobody/refresh", object()).body().path("detail").asString())
        .contains("nobody")
        .contains("practice");
  }

  @Test
  void aProjectIsRegisteredOnceAndListed() throws IOException {
    var folder = edge.project("one");
    var made = project(folder);
    assertThat(made.path("path").asString()).isEqualTo(folder.toRealPath().toString());
    assertThat(made.path("git").asBoolean()).isFalse();
    assertThat(project(folder)).isEqualTo(made);
    assertThat(client.get("/api/projects").ok()).hasSize(1).contains(made);
  }

  @Test
  @Tag("R-SEC-9")
  void foldersThatMayNotBeProjectsAreRefusedByName() throws IOException {
    var file = Files.writeString(temp.resolve("file"), "");
    for (var path :
        List.of("/", "/etc", System.getProperty("user.home"), temp + "/gone", "" + file)) {
      var reply = client.post("/api/projects", object().put("path", path));
      assertThat(reply.status()).as(path).isEqualTo(422);
      assertThat(detail(reply)).contains(path);
    }
    assertThat(client.post("/api/projects", object()).status()).isEqualTo(422);
  }

  @Test
  @Tag("R-LANE-1")
  void aSessionHasAWorkerAndAPlannerAndCanBeRenamedAndRemoved() throws IOException {
    var project = project(edge.project("one"));
    var made =
        client
            .post(
                "/api/projects/" + id(project) + "/sessions",
                object().put("title", "First").put("isolation", "in-place"))
            .ok();
    assertThat(made.path("title").asString()).isEqualTo("First");
    assertThat(made.path("lanes")).hasSize(2);
    assertThat(names(made.path("lanes"))).containsExactly("worker", "planner");

    var path = "/api/sessions/" + id(made);
    assertThat(client.get(path).ok()).isEqualTo(made);
    assertThat(client.get("/api/sessions?project=" + id(project) + "&state=idle").ok()).hasSize(1);
    assertThat(client.get("/api/sessions?state=running").ok()).isEmpty();
    assertThat(client.get("/api/sessions?state=busy").status()).isEqualTo(422);
    assertThat(client.patch(path, object().put("title", "Second")).ok().path("title").asString())
        .isEqualTo("Second");
    assertThat(client.delete(path).status()).isEqualTo(204);
    assertThat(client.get(path).status()).isEqualTo(404);
    assertThat(client.get("/api/sessions").ok()).isEmpty();
  }

  @Test
  void aFurtherLaneIsMadeResetAndClosed() throws IOException {
    var session = client.session(edge.project("one"));
    var lanes = "/api/sessions/" + id(session) + "/lanes";
    var lane =
        client
            .post(
                lanes, object().put("name", "chat").put("role", "chat").put("policy", "read-only"))
            .ok();
    assertThat(lane.path("policy").asString()).isEqualTo("read-only");
    assertThat(client.post(lanes, object().put("name", "x")).status()).isEqualTo(422);
    assertThat(
            client
                .post(
                    lanes,
                    object().put("name", "chat").put("role", "chat").put("policy", "read-only"))
                .status())
        .isEqualTo(409);

    var before = client.get(lanes + "/chat/events").ok().path("epoch").asString();
    var head = client.post(lanes + "/chat/reset", object()).ok();
    assertThat(head.path("seq").asLong()).isZero();
    assertThat(head.path("epoch").asString()).isNotEqualTo(before);
    assertThat(client.delete(lanes + "/chat").status()).isEqualTo(204);
    assertThat(client.delete(lanes + "/worker").status()).isEqualTo(409);
    assertThat(client.get(lanes + "/chat/turns").status()).isEqualTo(404);
  }

  @Test
  void whatDoesNotExistIsNamedAndWhatExistsIsListed() throws IOException {
    var session = client.session(edge.project("one"));
    var lanes = "/api/sessions/" + id(session) + "/lanes/";
    assertThat(client.get("/api/sessions/s_nothing").status()).isEqualTo(404);
    assertThat(detail(client.get("/api/sessions/S!"))).contains("S!");
    assertThat(client.post("/api/projects/p_0/sessions", object()).status()).isEqualTo(404);
    assertThat(detail(client.get(lanes + "nobody/turns"))).contains("nobody", "worker", "planner");
    assertThat(detail(client.get("/api/items/i_0"))).contains("i_0");
    assertThat(detail(client.get("/api/items/i_0/colour"))).contains("colour", "text", "output");
    assertThat(client.post("/api/asks/a_0", answer("allow", "h")).status()).isEqualTo(404);
    assertThat(client.get("/api/uploads/u_0").status()).isEqualTo(404);
    assertThat(client.delete("/api/auth/devices/d_0").status()).isEqualTo(404);
    assertThat(detail(client.prompt(worker(session), "nobody", "hi", "c")))
        .contains("nobody", "practice");
    assertThat(client.get("/api/asks?state=closed").status()).isEqualTo(422);
    assertThat(client.post("/api/processes/x/stop", object()).status()).isEqualTo(404);
    assertThat(client.get(lanes + "worker/items?limit=0").status()).isEqualTo(422);
    assertThat(client.get(lanes + "worker/events?after=x").status()).isEqualTo(422);
  }

  private JsonNode project(Path folder) {
    return client.post("/api/projects", object().put("path", folder.toString())).ok();
  }

  private static tools.jackson.databind.node.ObjectNode answer(String option, String hash) {
    return object().put("option", option).put("hash", hash).put("clientId", "c");
  }

  private static Client.Lane worker(JsonNode session) {
    return Client.lane(session, "worker");
  }

  private static String id(JsonNode node) {
    return node.path("id").asString();
  }

  private static String detail(Reply reply) {
    assertThat(reply.status()).as(reply.toString()).isGreaterThanOrEqualTo(400);
    return reply.body().path("detail").asString();
  }

  private static List<String> names(JsonNode nodes) {
    return nodes.valueStream().map(node -> node.path("name").asString()).toList();
  }
}
