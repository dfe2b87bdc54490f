package dev.signalbox.http;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import dev.signalbox.testkit.server.Client;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Clients that say what they want byte by byte, or never to its end: each is ended, and nobody
/// else waits for it.
class SlowRequestTest {
  private static final int PATIENCE_MS = 60_000;

  /// So many bytes a second as a slow client sends; no gap is as long as [#QUICK] lets pass.
  private static final Duration BETWEEN = Duration.ofMillis(100);

  private static final Patience QUICK =
      new Patience(Duration.ofSeconds(2), Duration.ofSeconds(4), Duration.ofSeconds(2));

  @TempDir Path temp;
  private ScheduledExecutorService clock;
  private Edge edge;
  private Client client;
  private Client.Lane lane;

  @BeforeEach
  void makeClock() {
    clock = Executors.newSingleThreadScheduledExecutor();
  }

  private void open(Patience patience) throws IOException {
    edge = Edge.open(temp, Tuning.USUAL.with(patience));
    client = edge.client();
    lane = Client.lane(client.session(edge.project("one")), "worker");
  }

  @AfterEach
  void close() {
    clock.shutdownNow();
    client.close();
    edge.close();
  }

  @Test
  void aHeadThatTricklesIsCutOffAndOthersAreServedMeanwhile() throws Exception {
    open(QUICK);
    try (var slow = connect()) {
      trickle(slow, "GET /api/health HTTP/1.1\r\nX-Slow: ");
      assertThat(client.get("/api/sessions").status()).isEqualTo(200);
      assertThat(isEnded(slow)).isTrue();
    }
    assertThat(client.get("/api/sessions").status()).isEqualTo(200);
  }

  @Test
  void soIsTheHeadOfALaterRequestOnTheSameConnection() throws Exception {
    open(QUICK);
    try (var slow = connect()) {
      send(slow, head("GET", "/api/sessions") + "\r\n");
      assertThat(RawHttp.read(slow.getInputStream()).status()).isEqualTo(200);
      trickle(slow, head("GET", "/api/sessions") + "X-Slow: ");
      assertThat(isEnded(slow)).isTrue();
    }
  }

  @Test
  void whoIsHonestMayTakeItsTimeBetweenRequestsAndWatchForAsLongAsItLikes() throws Exception {
    open(new Patience(Duration.ofSeconds(2), Duration.ofSeconds(60), Duration.ofSeconds(2)));
    try (var watch = client.watch(lane);
        var honest = connect();
        var slow = connect()) {
      send(honest, head("GET", "/api/sessions") + "\r\n");
      RawHttp.read(honest.getInputStream());
      trickle(slow, "GET ");
      assertThat(isEnded(slow)).isTrue(); // more time than a head may take has passed
      send(honest, head("GET", "/api/sessions") + "\r\n");
      assertThat(RawHttp.read(honest.getInputStream()).status()).isEqualTo(200);
      assertThat(watch.awaitEnd(Duration.ZERO)).isFalse();
    }
  }

  @Test
  void aBodyThatNeverComesIsAnsweredWith408AndTheConnectionEnds() throws Exception {
    open(QUICK);
    for (var longest : new int[] {100, 2 << 20}) { // a short one, and one that is gathered
      try (var slow = connect()) {
        send(slow, post("/turns", "Content-Length: " + longest) + "{\"text\":");
        var answer = RawHttp.read(slow.getInputStream());
        assertThat(answer.status()).isEqualTo(408);
        assertThat(answer.body()).contains("body_too_slow");
        assertThat(isEnded(slow)).isTrue();
      }
    }
  }

  @Test
  void aBodyThatTricklesIsAnsweredWith408() throws Exception {
    open(QUICK);
    for (var path : Map.of("/turns", "application/json", "", "image/png").entrySet()) {
      try (var slow = connect()) {
        send(
            slow,
            path.getKey().isEmpty()
                ? head("POST", "/api/uploads") + "Content-Length: 1000000\r\n\r\n"
                : post(path.getKey(), "Content-Length: 1000000"));
        trickle(slow, "{\"text\":\"");
        assertThat(RawHttp.read(slow.getInputStream()).status()).isEqualTo(408);
      }
    }
    assertThat(client.journal(lane).facts()).isEmpty();
  }

  @Test
  void aLongBodyThatStallsHoldsNoOtherUp() throws Exception {
    open(Patience.USUAL);
    client.prompt(lane, "practice", "count 1000"); // so that the rest is only queued
    try (var stalled = connect()) {
      send(stalled, post("/turns", "Content-Length: " + (20 << 20)));
      send(stalled, "{\"text\":\"" + "x".repeat(3 << 20));
      var other = client.prompt(lane, "practice", "y".repeat(3 << 20), "c");
      assertThat(other.status()).isEqualTo(202);
      assertThat(stalled.getInputStream().available()).as("nobody has given it up").isZero();
    }
  }

  @Test
  void whenTooMuchIsBeingSentAtOnceTheLastIsAskedToComeAgain() throws Exception {
    open(Patience.USUAL);
    try (var one = connect();
        var two = connect()) {
      send(one, post("/turns", "Content-Length: " + (30 << 20)));
      send(one, "{\"text\":\"" + "x".repeat(29 << 20));
      send(two, post("/turns", "Content-Length: " + (30 << 20)));
      send(two, "{\"text\":\"" + "x".repeat(14 << 20));
      var answer = RawHttp.read(two.getInputStream());
      assertThat(answer.status()).isEqualTo(503);
      assertThat(answer.body()).contains("bodies_full");
      assertThat(answer.headers()).containsEntry("retry-after", "1");
    }
  }

  @Test
  void aBodyOfMoreThan32MBIsRefusedBeforeItIsReadWhole() throws Exception {
    open(Patience.USUAL);
    try (var declared = connect()) {
      send(declared, post("/turns", "Content-Length: " + ((32 << 20) + 1)));
      assertThat(RawHttp.read(declared.getInputStream()).status()).isEqualTo(413);
    }
    try (var chunked = connect()) {
      send(chunked, post("/turns", "Transfer-Encoding: chunked"));
      send(chunked, "2000001\r\n{" + " ".repeat(32 << 20)); // and never an end
      var answer = RawHttp.read(chunked.getInputStream());
      assertThat(answer.status()).isEqualTo(413);
      assertThat(answer.body()).contains("body_too_long");
    }
    assertThat(client.journal(lane).facts()).isEmpty();
  }

  private Socket connect() throws IOException {
    var socket = new Socket(InetAddress.getLoopbackAddress(), edge.port());
    socket.setSoTimeout(PATIENCE_MS);
    return socket;
  }

  private String head(String method, String path) {
    return "%s %s HTTP/1.1\r\nHost: 127.0.0.1:%d\r\nAuthorization: Bearer %s\r\n"
        .formatted(method, path, edge.port(), Edge.TOKEN);
  }

  private String post(String path, String header) {
    return head("POST", lane.path() + path)
        + "Content-Type: application/json\r\n"
        + header
        + "\r\n\r\n";
  }

  private static void send(Socket socket, String text) throws IOException {
    socket.getOutputStream().write(text.getBytes(US_ASCII));
  }

  /// Sends this and then one letter after another, until nobody takes them any more.
  private void trickle(Socket socket, String first) throws IOException {
    send(socket, first);
    var _ =
        clock.scheduleAtFixedRate(
            () -> {
              try {
                send(socket, "a");
              } catch (IOException e) {
                throw new IllegalStateException("it is over", e); // which ends the schedule
              }
            },
            0,
            BETWEEN.toMillis(),
            TimeUnit.MILLISECONDS);
  }

  private static boolean isEnded(Socket socket) {
    try {
      return socket.getInputStream().read() < 0;
    } catch (java.net.SocketTimeoutException e) {
      return false;
    } catch (IOException e) {
      return true; // cut while it wrote
    }
  }
}
