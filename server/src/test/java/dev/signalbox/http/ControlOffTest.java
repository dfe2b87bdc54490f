package dev.signalbox.http;

import static dev.signalbox.testkit.server.Client.object;
import static org.assertj.core.api.Assertions.assertThat;

import dev.signalbox.testkit.server.Client;
import java.io.IOException;
import java.net.http.HttpClient;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.node.ObjectNode;

/// A server with `--control off`: everything can be looked at, nothing started, answered or
/// changed.
@Tag("R-SEC-4")
class ControlOffTest {
  private static final Duration LIMIT = Duration.ofSeconds(60);

  /// Letting browsers in and ending the server are no control of agents.
  private static final Set<String> STILL_POSSIBLE =
      Set.of(
          "POST /api/auth/code",
          "POST /api/auth/links",
          "DELETE /api/auth/devices/{device}",
          "POST /api/server/stop");

  @TempDir Path temp;
  private Edge edge;
  private Client client;
  private HttpClient http;
  private Client.Lane lane;
  private String turn;

  @BeforeEach
  void lookAtWhatAnEarlierServerDid() throws IOException {
    try (var before = Edge.open(temp);
        var user = before.client()) {
      lane = Client.lane(user.session(before.project("one")), "worker");
      try (var watch = user.watch(lane)) {
        turn = user.prompt(lane, "practice", "think of it").path("turn").asString();
        watch.view().awaitEnd(turn, LIMIT);
      }
    }
    edge = Edge.withoutControl(temp);
    client = edge.client();
    http = HttpClient.newHttpClient();
  }

  @AfterEach
  void close() {
    http.shutdownNow();
    client.close();
    edge.close();
  }

  @Test
  void everyRouteThatStartsAnswersOrChangesIsRefused() throws IOException {
    for (var route : edge.server.routes()) {
      var name = route.method() + " " + route.path();
      if (route.method().equals("GET")) {
        assertThat(route.control()).as(name).isFalse();
        continue;
      }
      var answer = call(route.method(), route.path().replaceAll("\\{\\w+}", "x"));
      if (STILL_POSSIBLE.contains(name)) {
        assertThat(answer.body()).as(name).doesNotContain("control_off");
      } else {
        assertThat(answer.status()).as(name).isEqualTo(403);
        assertThat(answer.body()).as(name).contains("\"code\":\"control_off\"");
      }
    }
    assertThat(edge.server.routes().stream().filter(Route::control)).hasSizeGreaterThan(10);
  }

  @Test
  void aPromptLeavesNoTrace() {
    var before = client.journal(lane).facts();
    var refused = client.prompt(lane, "practice", "list", "c");
    assertThat(refused.status()).isEqualTo(403);
    assertThat(refused.code()).isEqualTo("control_off");
    assertThat(client.journal(lane).facts()).isEqualTo(before);
    assertThat(client.get("/api/processes").ok()).isEmpty();
  }

  @Test
  void whatThereIsCanBeRead() throws Exception {
    assertThat(client.get("/api/auth/me").ok().path("control").asBoolean()).isFalse();
    assertThat(client.get("/api/projects").ok()).hasSize(1);
    assertThat(client.get("/api/sessions").ok()).hasSize(1);
    assertThat(client.get("/api/agents").ok()).hasSize(1);
    assertThat(client.openAsks()).isEmpty();
    assertThat(client.items(lane)).isNotEmpty();
    var facts = client.journal(lane).facts();
    assertThat(facts).anyMatch(fact -> fact.path("turn").asString("").equals(turn));
    var events = lane.path() + "/events";
    try (var stream = SseClient.open(http, edge, events)) {
      for (var fact : facts) {
        assertThat(stream.next().data()).isEqualTo(fact);
      }
    }
  }

  @Test
  void aSocketTellsEverythingAndObeysNothing() throws Exception {
    var ear = Ear.connect(http, edge, "ads-session." + lane.session());
    ear.say("{\"type\":\"hello\"}").next("welcome");
    var item = ear.next("item.completed").path("item");
    ear.say(object().put("type", "item").put("item", item.path("id").asString())).next("item");
    for (var command :
        List.of(
            command("turn").put("text", "list").put("agent", "practice"),
            command("edit").put("turn", turn).put("text", "x"),
            command("withdraw").put("turn", turn),
            command("queue").put("state", "hold"),
            command("interrupt"),
            command("answer").put("ask", "a_0").put("option", "x").put("hash", "y"))) {
      var error = ear.say(command).next("error");
      assertThat(error.path("code").asString()).as(command.toString()).isEqualTo("control_off");
      assertThat(error.path("status").asInt()).isEqualTo(403);
      assertThat(error.path("clientId").asString()).isEqualTo("c");
    }
  }

  private static ObjectNode command(String type) {
    return object().put("type", type).put("clientId", "c");
  }

  private RawHttp.Answer call(String method, String path) throws IOException {
    return RawHttp.send(
        edge.port(),
        List.of(
            method + " " + path + " HTTP/1.1",
            "Host: 127.0.0.1:" + edge.port(),
            "Authorization: Bearer " + Edge.TOKEN,
            "Content-Type: application/json",
            "Content-Length: 2"),
        "{}");
  }
}
