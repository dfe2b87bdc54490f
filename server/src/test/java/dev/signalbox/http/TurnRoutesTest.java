package dev.signalbox.http;

import static dev.signalbox.testkit.server.Client.object;
import static org.assertj.core.api.Assertions.assertThat;

import dev.signalbox.testkit.server.Client;
import dev.signalbox.testkit.server.Client.Reply;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/// What is done in a lane by REST, with the practice agent: turns, their queue, asks, history.
class TurnRoutesTest {
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

    var turns = client.get(lane.path() + "/turns").ok();
    assertThat(turns.path("turns")).hasSize(1);
    assertThat(turns.path("queue").path("turns")).isEmpty();
    assertThat(turns.at("/turns/0/state").asString()).isEqualTo("completed");
    var items = client.get(lane.path() + "/items?limit=100").ok();
    assertThat(kinds(items.path("items"))).contains("user", "tool");
    assertThat(items.path("more").asBoolean()).isFalse();
    var user = items.path("items").get(0);
    assertThat(client.get("/api/items/" + id(user)).ok()).isEqualTo(user);
    assertThat(client.get("/api/items/" + id(user) + "/text?from=1&len=2").ok())
        .isEqualTo(object().put("text", "is").put("from", 1).put("total", 4));
    var threads = client.get("/api/sessions/" + id(session) + "/threads").ok();
    assertThat(threads).hasSize(1);
    assertThat(client.get(lane.path() + "/threads").ok()).isEqualTo(threads);
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
    var all = client.get(lane.path() + "/events").ok();
    var first = client.get(lane.path() + "/events?after=0&limit=2").ok();
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
    var held = client.post(lane.path() + "/queue", object().put("state", "hold")).ok();
    assertThat(held.path("held").asBoolean()).isTrue();
    assertThat(client.post(lane.path() + "/queue", object().put("state", "stop")).status())
        .isEqualTo(422);
    assertThat(client.post(lane.path() + "/queue", object()).status()).isEqualTo(422);
  }

  @Test
  @Tag("R-INT-9")
  void interruptWithNothingRunningSaysSo() throws IOException {
    var lane = worker(client.session(edge.project("one")));
    var reply = client.post(lane.path() + "/interrupt", object());
    assertThat(reply.status()).isEqualTo(200);
    assertThat(reply.body().path("turn").isNull()).isTrue();
  }

  @Test
  void aRunningTurnIsInterrupted() throws Exception {
    var lane = worker(client.session(edge.project("one")));
    var turn = client.prompt(lane, "practice", "count 1000").path("turn").asString();
    var watch = client.watch(lane);
    awaitFact(watch, "item.started");
    var reply = client.post(lane.path() + "/interrupt", object().put("force", false));
    assertThat(reply.status()).isEqualTo(202);
    assertThat(reply.body().path("turn").asString()).isEqualTo(turn);
    watch.view().awaitEnd(turn, LIMIT);
    watch.close();
    assertThat(client.get(lane.path() + "/turns").ok().at("/turns/0/state").asString())
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
    assertThat(client.get(lane.path() + "/turns").ok().at("/turns/0/attachments/0/width").asInt())
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
    assertThat(edge.post("/api/uploads", "<svg>", "Content-Type: image/png").status())
        .isEqualTo(415);
  }

  private static void awaitFact(dev.signalbox.testkit.server.LaneSocket watch, String type) {
    watch.view().await(0, LIMIT, fact -> fact.path("type").asString("").equals(type));
  }

  private static tools.jackson.databind.node.ObjectNode answer(String option, String hash) {
    return object().put("option", option).put("hash", hash).put("clientId", "c");
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

  private static String turn(Client.Lane lane, String turn) {
    return lane.path() + "/turns/" + turn;
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

  private static List<String> kinds(JsonNode items) {
    return items.valueStream().map(node -> node.path("kind").asString()).toList();
  }
}
