package dev.signalbox.http;

import static dev.signalbox.testkit.server.Client.object;
import static org.assertj.core.api.Assertions.assertThat;

import dev.signalbox.testkit.server.Client;
import dev.signalbox.testkit.server.Client.Reply;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/// The calls of the contract on real rooms.
class RoutesTest {
  private static final Duration LIMIT = Duration.ofSeconds(60);

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

  @Test
  @Tag("R-SEND-6")
  void aTurnIsAcknowledgedRunsAndCanBeReadInEveryWay() throws Exception {
    Files.writeString(edge.project("one").resolve("hello.txt"), "x");
    var session = client.session(edge.project("one"));
    var lane = worker(session);
    var sent = client.prompt(lane, "practice", "list", "c-1");
    assertThat(sent.status()).isEqualTo(202);
    assertThat(sent.ok().path("seq").asLong()).isPositive();
    var again = client.prompt(lane, "practice", "list", "c-1").ok();
    assertThat(again.path("turn")).isEqualTo(sent.ok().path("turn"));

    var watch = client.watch(lane);
    watch.view().awaitEnd(sent.ok().path("turn").asString(), LIMIT);
    watch.close();

    var turns = client.get(path(lane) + "/turns").ok();
    assertThat(turns.path("turns")).hasSize(1);
    assertThat(turns.path("queue").path("turns")).isEmpty();
    assertThat(turns.at("/turns/0/state").asString()).isEqualTo("completed");
    var items = client.get(path(lane) + "/items?limit=100").ok();
    assertThat(kinds(items.path("items"))).contains("user", "tool");
    assertThat(items.path("more").asBoolean()).isFalse();
    var user = items.path("items").get(0);
    assertThat(client.get("/api/items/" + id(user)).ok()).isEqualTo(user);
    assertThat(client.get("/api/items/" + id(user) + "/text?from=1&len=2").ok())
        .isEqualTo(object().put("text", "is").put("from", 1).put("total", 4));
    var threads = client.get("/api/sessions/" + id(session) + "/threads").ok();
    assertThat(threads).hasSize(1);
    assertThat(client.get(path(lane) + "/threads").ok()).isEqualTo(threads);
    assertThat(client.get("/api/processes").ok()).hasSize(1);
  }

  @Test
  @Tag("R-EVT-3")
  void factsAreNumberedFromOneAndPaged() throws Exception {
    var lane = worker(client.session(edge.project("one")));
    var turn = client.prompt(lane, "practice", "help").path("turn").asString();
    var watch = client.watch(lane);
    watch.view().awaitEnd(turn, LIMIT);
    watch.close();
    var all = client.get(path(lane) + "/events").ok();
    var first = client.get(path(lane) + "/events?after=0&limit=2").ok();
    assertThat(first.path("events")).hasSize(2);
    assertThat(first.path("more").asBoolean()).isTrue();
    assertThat(first.path("seq")).isEqualTo(all.path("seq"));
    for (int i = 0; i < all.path("events").size(); i++) {
      assertThat(all.at("/events/" + i + "/seq").asInt()).isEqualTo(i + 1);
    }
    assertThat(all.at("/events/0/type").asString()).isEqualTo("turn.queued");
    assertThat(all.at("/events/0/clientId").asString()).isNotEmpty();
  }

  @Test
  @Tag("R-SEND-7")
  void aQueueIsHeldEditedMovedAndWithdrawn() throws IOException {
    var lane = worker(client.session(edge.project("one")));
    client.prompt(lane, "practice", "count 1000");
    var a = client.prompt(lane, "practice", "help").path("turn").asString();
    var b = client.prompt(lane, "practice", "help").path("turn").asString();
    var c = client.prompt(lane, "practice", "help").path("turn").asString();

    var edited = client.patch(turn(lane, a), object().put("text", "list")).ok();
    assertThat(edited.path("text").asString()).isEqualTo("list");
    client.patch(turn(lane, c), object().put("before", b)).ok();
    assertThat(queue(lane)).containsExactly(a, c, b);
    client.patch(turn(lane, a), object().putNull("before")).ok();
    assertThat(queue(lane)).containsExactly(c, b, a);
    assertThat(client.patch(turn(lane, a), object().put("before", 5)).status()).isEqualTo(422);
    assertThat(client.delete(turn(lane, b)).status()).isEqualTo(204);
    assertThat(queue(lane)).containsExactly(c, a);
    assertThat(client.delete(turn(lane, b)).status()).isEqualTo(409);
    var held = client.post(path(lane) + "/queue", object().put("state", "hold")).ok();
    assertThat(held.path("held").asBoolean()).isTrue();
    assertThat(client.post(path(lane) + "/queue", object().put("state", "stop")).status())
        .isEqualTo(422);
    assertThat(client.post(path(lane) + "/queue", object()).status()).isEqualTo(422);
  }

  @Test
  @Tag("R-INT-9")
  void interruptWithNothingRunningSaysSo() throws IOException {
    var lane = worker(client.session(edge.project("one")));
    var reply = client.post(path(lane) + "/interrupt", object());
    assertThat(reply.status()).isEqualTo(200);
    assertThat(reply.body().path("turn").isNull()).isTrue();
  }

  @Test
  void aRunningTurnIsInterrupted() throws Exception {
    var lane = worker(client.session(edge.project("one")));
    var turn = client.prompt(lane, "practice", "count 1000").path("turn").asString();
    var watch = client.watch(lane);
    awaitFact(watch, "item.started");
    var reply = client.post(path(lane) + "/interrupt", object().put("force", false));
    assertThat(reply.status()).isEqualTo(202);
    assertThat(reply.body().path("turn").asString()).isEqualTo(turn);
    watch.view().awaitEnd(turn, LIMIT);
    watch.close();
    assertThat(client.get(path(lane) + "/turns").ok().at("/turns/0/state").asString())
        .isEqualTo("interrupted");
  }

  @Test
  void S64_S66_anAskIsAnsweredOnceAndOnlyAsItWasShown() throws Exception {
    var lane = worker(client.session(edge.project("one")));
    var turn = client.prompt(lane, "practice", "write note.txt hello").path("turn").asString();
    var watch = client.watch(lane);
    awaitFact(watch, "ask.opened");
    var ask = client.openAsks().getFirst();
    var path = "/api/asks/" + id(ask);
    var allow = Client.option(ask, "allow");

    assertThat(client.post(path, answer(allow, "wrong")).status()).isEqualTo(409);
    assertThat(detail(client.post(path, answer("nothing", hash(ask))))).contains("nothing", allow);
    assertThat(client.post(path, answer(allow, hash(ask)).put("decline", true)).status())
        .isEqualTo(422);
    assertThat(client.post(path, object().put("option", allow).put("clientId", "c")).status())
        .isEqualTo(422);
    var first = client.post(path, answer(allow, hash(ask)));
    assertThat(first.status()).isEqualTo(200);
    assertThat(client.post(path, answer(allow, hash(ask)))).isEqualTo(first);
    var second = client.post(path, answer(allow, hash(ask)).put("clientId", "other"));
    assertThat(second.status()).isEqualTo(409);
    assertThat(second.body().at("/extra/answer/option").asString()).isEqualTo(allow);

    watch.view().awaitEnd(turn, LIMIT);
    watch.close();
    assertThat(edge.project("one").resolve("note.txt")).hasContent("hello");
    assertThat(client.openAsks()).isEmpty();
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
        post(
            path(lane) + "/turns",
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
                "POST " + path(lane) + "/turns HTTP/1.1",
                "Host: 127.0.0.1:" + edge.port(),
                "Authorization: Bearer " + Edge.TOKEN,
                "Content-Type: application/json",
                "Content-Length: " + ((32 << 20) + 1)),
            "");
    assertThat(declared.status()).isEqualTo(413);
    var chunked =
        post(
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
      assertThat(post("/api/projects", body, "Content-Type: " + type).status())
          .as(type)
          .isEqualTo(415);
    }
    assertThat(post("/api/projects", body).status()).isEqualTo(415);
    assertThat(
            post("/api/projects", body, "Content-Type: application/json", "Content-Encoding: gzip")
                .status())
        .isEqualTo(415);
    assertThat(
            post("/api/projects", body, "Content-Type: application/json; charset=UTF-8").status())
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
      var reply = post("/api/projects", body, "Content-Type: application/json");
      assertThat(reply.status()).as(body).isEqualTo(400);
      assertThat(reply.body()).contains("malformed_json").contains("line ").contains("column ");
    }
    for (var body : List.of("{\"path\":5}", "{\"path\":[\"a\"]}", "[]", "null", "5")) {
      var reply = post("/api/projects", body, "Content-Type: application/json");
      assertThat(reply.status()).as(body).isEqualTo(422);
      assertThat(reply.body()).doesNotContain("dev.signalbox").doesNotContain("java.");
    }
    assertThat(post("/api/projects", "{\"path\":{}}", "Content-Type: application/json").body())
        .contains("path");
  }

  @Test
  void everyPostIsDoneOnceForAnIdempotencyKey() throws IOException {
    var project = id(project(edge.project("one")));
    var path = "/api/projects/" + project + "/sessions";
    var first = post(path, "{}", "Content-Type: application/json", "Idempotency-Key: k1");
    var second = post(path, "{}", "Content-Type: application/json", "Idempotency-Key: k1");
    assertThat(first.status()).isEqualTo(200);
    assertThat(second).isEqualTo(first);
    assertThat(client.get("/api/sessions").ok()).hasSize(1);
    assertThat(
            post("/api/projects", "{}", "Content-Type: application/json", "Idempotency-Key: k1")
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
          post(
              path(lane) + "/turns", body, "Content-Type: application/json", "Idempotency-Key: k1");
      turns.add(Wire.JSON.readTree(reply.body()).path("turn").asString());
    }
    assertThat(turns).hasSize(1);
    assertThat(queue(lane)).hasSize(1);
  }

  @Test
  @Tag("R-SEND-9")
  void anImageIsStoredNamedInATurnAndReadAgain() throws IOException {
    var png =
        java.util.Base64.getDecoder()
            .decode(
                "iVBORw0KGgoAAAANSUhEUgAAAAMAAAACCAIAAAASFvFNAAAAC0lEQVQI12NgwAQAABQAAebeTmwAAAAASUVORK5CYII=");
    var upload = client.upload("image/png", png);
    var lane = worker(client.session(edge.project("one")));
    client.prompt(lane, "practice", "count 1000");
    var body = object().put("clientId", "c").put("text", "look").put("agent", "practice");
    body.putArray("attachments").addObject().put("upload", upload);
    client.turn(lane, body).ok();
    assertThat(client.get(path(lane) + "/turns").ok().at("/turns/0/attachments/0/width").asInt())
        .isEqualTo(3);

    var read =
        RawHttp.send(
            edge.port(),
            "GET /api/uploads/" + upload + " HTTP/1.1",
            "Host: 127.0.0.1:" + edge.port(),
            "Authorization: Bearer " + Edge.TOKEN);
    assertThat(read.headers())
        .containsEntry("content-type", "image/png")
        .containsEntry("content-disposition", "attachment")
        .containsEntry("x-content-type-options", "nosniff");
    assertThat(read.headers().get("content-security-policy")).contains("sandbox");

    body.put("clientId", "d").withArray("attachments").removeAll().addObject().put("upload", "u_0");
    assertThat(detail(client.turn(lane, body))).contains("u_0");
    assertThat(post("/api/uploads", "<svg>", "Content-Type: image/png").status()).isEqualTo(415);
  }

  private static void awaitFact(dev.signalbox.testkit.server.LaneSocket watch, String type) {
    watch.view().await(0, LIMIT, fact -> fact.path("type").asString("").equals(type));
  }

  private RawHttp.Answer post(String path, String body, String... headers) throws IOException {
    var lines =
        new java.util.ArrayList<>(
            List.of(
                "POST " + path + " HTTP/1.1",
                "Host: 127.0.0.1:" + edge.port(),
                "Authorization: Bearer " + Edge.TOKEN));
    lines.addAll(List.of(headers));
    if (lines.stream().noneMatch(line -> line.startsWith("Transfer-Encoding"))) {
      lines.add("Content-Length: " + body.getBytes(java.nio.charset.StandardCharsets.UTF_8).length);
    }
    return RawHttp.send(edge.port(), lines, body);
  }

  private JsonNode project(Path folder) {
    return client.post("/api/projects", object().put("path", folder.toString())).ok();
  }

  private static tools.jackson.databind.node.ObjectNode answer(String option, String hash) {
    return object().put("option", option).put("hash", hash).put("clientId", "c");
  }

  private List<String> queue(Client.Lane lane) {
    var turns = new java.util.ArrayList<String>();
    client
        .get(path(lane) + "/turns")
        .ok()
        .at("/queue/turns")
        .forEach(turn -> turns.add(turn.asString()));
    return turns;
  }

  private static Client.Lane worker(JsonNode session) {
    return Client.lane(session, "worker");
  }

  private static String path(Client.Lane lane) {
    return "/api/sessions/" + lane.session() + "/lanes/" + lane.id();
  }

  private static String turn(Client.Lane lane, String turn) {
    return path(lane) + "/turns/" + turn;
  }

  private static String id(JsonNode node) {
    return node.path("id").asString();
  }

  private static String hash(JsonNode ask) {
    return ask.path("hash").asString();
  }

  private static String detail(Reply reply) {
    assertThat(reply.status()).as(reply.toString()).isGreaterThanOrEqualTo(400);
    return reply.body().path("detail").asString();
  }

  private static List<String> names(JsonNode nodes) {
    return nodes.valueStream().map(node -> node.path("name").asString()).toList();
  }

  private static List<String> kinds(JsonNode items) {
    return items.valueStream().map(node -> node.path("kind").asString()).toList();
  }
}
