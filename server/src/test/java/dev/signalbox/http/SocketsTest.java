package dev.signalbox.http;

import static dev.signalbox.testkit.server.Client.object;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.signalbox.testkit.server.Client;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What a socket says and when it is closed; no agent is needed for that.
class SocketsTest {
  @TempDir Path temp;
  private Edge edge;
  private Client client;
  private HttpClient http;
  private String session;

  @BeforeEach
  void open() throws IOException {
    edge = Edge.open(temp, Edge.QUICK);
    client = edge.client();
    http = HttpClient.newHttpClient();
    session = client.session(edge.project("one")).path("id").asString();
  }

  @AfterEach
  void close() {
    http.shutdownNow();
    client.close();
    edge.close();
  }

  @Test
  @Tag("R-LANE-2")
  void theServerGreetsWithTheLaneThatWasNamedAndTheWorkerIfNoneWas() throws Exception {
    for (var named :
        new String[][] {{"planner", "planner"}, {"worker", "worker"}, {"main", "worker"}}) {
      var ear = connect("ads-session." + session, "ads-chat." + named[0]);
      ear.say("{\"type\":\"hello\"}");
      var welcome = ear.next("welcome");
      assertThat(welcome.at("/view/name").asString()).isEqualTo(named[1]);
      assertThat(welcome.path("epoch").asString()).isNotEmpty();
      assertThat(welcome.path("running").isNull()).isTrue();
      assertThat(welcome.path("asks").isArray()).isTrue();
      assertThat(welcome.path("reviews").isArray()).isTrue();
      assertThat(welcome.at("/queue/held").asBoolean()).isFalse();
    }
    var ear = connect("ads-session." + session);
    ear.say("{\"type\":\"hello\"}");
    assertThat(ear.next("welcome").at("/view/name").asString()).isEqualTo("worker");
  }

  @Test
  void theOnlyAcceptedProtocolIsOursAndWithoutItNothingIsUpgraded() throws Exception {
    assertThat(connect("ads-session." + session).socket().getSubprotocol())
        .isEqualTo("signalbox.v1");
    var refused =
        http.newWebSocketBuilder()
            .header("Authorization", "Bearer " + Edge.TOKEN)
            .subprotocols("ads-session." + session)
            .buildAsync(Ear.uri(edge), new Ear());
    assertThatThrownBy(() -> refused.get(20, TimeUnit.SECONDS))
        .isInstanceOf(ExecutionException.class)
        .cause()
        .satisfies(e ->
            assertThat(((java.net.http.WebSocketHandshakeException) e).getResponse().statusCode())
                .isEqualTo(400));
  }

  @Test
  void anUnknownSessionOrLaneIsNamedAndClosedWith4404() throws Exception {
    var unknown = connect("ads-session.s_0");
    assertThat(unknown.next("error").path("detail").asString()).contains("s_0");
    assertThat(unknown.code()).isEqualTo(4404);
    var nobody = connect("ads-session." + session, "ads-chat.nobody");
    assertThat(nobody.next("error").path("detail").asString()).contains("nobody", "planner");
    assertThat(nobody.code()).isEqualTo(4404);
  }

  @Test
  void S21_aLaneSocketThatNeverSaysHelloIsClosed() throws Exception {
    assertThat(connect("ads-session." + session).code()).isEqualTo(1008);
  }

  @Test
  void theListIsWholeAtFirstAndToldOfWhatChanges() throws Exception {
    var ear = connect();
    var welcome = ear.next("welcome");
    assertThat(welcome.path("projects")).hasSize(1);
    assertThat(welcome.at("/sessions/0/id").asString()).isEqualTo(session);
    assertThat(welcome.path("agents")).hasSize(1);
    assertThat(welcome.path("asks")).isEmpty();

    client.patch("/api/sessions/" + session, object().put("title", "Renamed")).ok();
    assertThat(ear.next("session.changed").at("/session/title").asString()).isEqualTo("Renamed");
  }

  @Test
  @Tag("R-EVT-7")
  void aBadMessageIsAnsweredAndTheNextOneIsObeyed() throws Exception {
    var ear = connect("ads-session." + session);
    for (var bad : new String[] {"{", "[]", "{\"type\":\"queue\",\"state\":\"run\"}"}) {
      ear.say(bad);
      assertThat(ear.next("error").path("detail").asString()).isNotEmpty();
    }
    ear.say("{\"type\":\"hello\"}");
    ear.next("welcome");
    ear.say("{\"type\":\"nonsense\",\"clientId\":\"c1\"}");
    var error = ear.next("error");
    assertThat(error.path("clientId").asString()).isEqualTo("c1");
    assertThat(error.path("detail").asString()).contains("nonsense", "interrupt");
    ear.say("{\"type\":\"interrupt\",\"clientId\":\"c2\"}");
    var ack = ear.next("ack");
    assertThat(ack.path("clientId").asString()).isEqualTo("c2");
    assertThat(ack.path("command").asString()).isEqualTo("interrupt");
    ear.say("{\"type\":\"ping\"}");
    ear.next("pong");
  }

  @Test
  @Tag("R-SEC-2")
  void S22_revokingADeviceClosesItsSocketWith4401() throws Exception {
    var link = edge.server.link();
    var origin = "http://127.0.0.1:" + edge.port();
    var in =
        http.send(
            java.net.http.HttpRequest.newBuilder(URI.create(origin + "/api/auth/code"))
                .header("Content-Type", "application/json")
                .header("Origin", origin)
                .POST(
                    java.net.http.HttpRequest.BodyPublishers.ofString(
                        "{\"code\":\"" + link.substring(link.indexOf('=') + 1) + "\"}"))
                .build(),
            java.net.http.HttpResponse.BodyHandlers.ofString());
    var cookie = in.headers().firstValue("Set-Cookie").orElseThrow();
    var signedIn = Wire.JSON.readTree(in.body());
    var ear =
        Ear.connect(
            edge,
            http.newWebSocketBuilder()
                .header("Origin", origin)
                .header("Cookie", cookie.substring(0, cookie.indexOf(';'))),
            "signalbox.key." + signedIn.path("key").asString());
    ear.next("welcome");

    client.delete("/api/auth/devices/" + signedIn.at("/device/id").asString());

    assertThat(ear.code()).isEqualTo(4401);
  }

  @Test
  void S23_messagesThatAreTooLongOrNoTextCloseTheSocket() throws Exception {
    var ear = connect("ads-session." + session).say("{\"type\":\"hello\"}");
    ear.say("x".repeat((1 << 20) + 1));
    assertThat(ear.code()).isEqualTo(1009);
    var other = connect("ads-session." + session);
    other.socket().sendBinary(java.nio.ByteBuffer.allocate(3), true).get(20, TimeUnit.SECONDS);
    assertThat(other.code()).isEqualTo(1003);
  }

  @Test
  @Tag("R-LANE-11")
  void theThirtyThirdWatcherIsRefusedAndTheOthersGoOn() throws Exception {
    var first = connect("ads-session." + session);
    first.say("{\"type\":\"hello\"}");
    first.next("welcome");
    for (int i = 1; i < SocketHub.MOST_PER_LANE; i++) {
      var ear = connect("ads-session." + session);
      ear.say("{\"type\":\"hello\"}");
      ear.next("welcome");
    }
    assertThat(connect("ads-session." + session).code()).isEqualTo(4409);
    first.say("{\"type\":\"ping\"}");
    first.next("pong");
  }

  @Test
  @Tag("R-LANE-11")
  void theTwoHundredAndFiftySeventhConnectionIsRefusedUntilOneIsFree() throws Exception {
    var ears = new ArrayList<Ear>();
    for (int i = 0; i < SocketHub.MOST; i++) {
      var ear = connect();
      ear.next("welcome");
      ears.add(ear);
    }
    assertThat(connect().code()).isEqualTo(4409);
    assertThat(connect("ads-session." + session).code()).isEqualTo(4409);
    ears.getLast().say("{\"type\":\"ping\"}").next("pong");

    ears.getFirst().socket().sendClose(1000, "").get(20, TimeUnit.SECONDS);
    await().atMost(Duration.ofSeconds(30)).until(() -> connect().isWelcome());
  }

  @Test
  @Tag("R-EVT-8")
  void theServerGivesSignsOfLifeAndKeepsAClientThatAnswersByItself() throws Exception {
    var ear = connect();
    ear.next("welcome");
    for (int i = 0; i < 5; i++) {
      ear.ping(); // five of them take longer than the silence that would close it
    }
    assertThat(ear.closed.isDone()).isFalse();
  }

  private Ear connect(String... protocols) throws Exception {
    return Ear.connect(http, edge, protocols);
  }
}
