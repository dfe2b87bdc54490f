package dev.signalbox.http;

import static dev.signalbox.testkit.server.Client.object;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.signalbox.testkit.server.Client;
import java.io.IOException;
import java.net.http.HttpClient;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A lane's facts as server-sent events, for scripts.
class EventStreamTest {
  @TempDir Path temp;
  private Edge edge;
  private Client client;
  private HttpClient http;
  private Client.Lane lane;
  private Facts facts;

  @BeforeEach
  void open() throws IOException {
    edge = Edge.open(temp, Edge.QUICK);
    client = edge.client();
    http = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    lane = Client.lane(client.session(edge.project("one")), "worker");
    facts = edge.facts(lane);
  }

  @AfterEach
  void close() {
    http.shutdownNow();
    client.close();
    edge.close();
  }

  @Test
  void itSaysWhatItIsAndThatNobodyMayKeepIt() throws Exception {
    try (var stream = stream()) {
      assertThat(stream.response().statusCode()).isEqualTo(200);
      var headers = stream.response().headers();
      assertThat(headers.firstValue("Content-Type").orElse("")).startsWith("text/event-stream");
      assertThat(headers.firstValue("Cache-Control")).hasValue("no-store");
      assertThat(headers.firstValue("Content-Length")).isEmpty();
      assertThat(headers.firstValue("Content-Encoding")).isEmpty();
      assertThat(headers.firstValue("X-Content-Type-Options")).hasValue("nosniff");
    }
  }

  @Test
  @Tag("R-EVT-3")
  void R_EVT_3_whoComesBackWithTheLastIdGetsTheNextFactsOnceEachAndThenWhatComes()
      throws Exception {
    facts.small(6_000); // more than a socket would replay: a stream has no other way to them
    var seen = new ArrayList<String>();
    try (var first = stream()) {
      first.next(2_500).forEach(event -> seen.add(event.id()));
    }
    facts.small(50);
    try (var second = stream("Last-Event-ID", seen.getLast())) {
      second.next(3_550).forEach(event -> seen.add(event.id()));
      facts.small(1);
      var live = second.next();
      seen.add(live.id());
      assertThat(live.type()).isEqualTo("message");
      assertThat(live.data().path("seq").asLong()).isEqualTo(6_051);
    }
    assertThat(seen).containsExactlyElementsOf(ids(1, 6_051));
  }

  @Test
  void anIdOfAnotherHistoryIsToldSoAndTheWholeOfThisOneFollows() throws Exception {
    facts.small(3);
    for (var id : List.of("e_other:2", facts.epoch() + ":4")) {
      try (var stream = stream("Last-Event-ID", id)) {
        var reset = stream.next();
        assertThat(reset.type()).isEqualTo("reset");
        assertThat(reset.id()).isEqualTo(facts.epoch() + ":0");
        assertThat(reset.data().path("epoch").asString()).isEqualTo(facts.epoch());
        assertThat(stream.next(3).stream().map(SseClient.Event::id))
            .containsExactlyElementsOf(ids(1, 3));
      }
    }
  }

  @Test
  void anIdThatIsNoneOfOursLeavesItToTheQuery() throws Exception {
    facts.small(4);
    for (var id : List.of("x", ":", "e:", "e:x", "4")) {
      try (var stream = open("?after=2", "Last-Event-ID", id)) {
        assertThat(stream.next().id()).as(id).isEqualTo(facts.epoch() + ":3");
      }
    }
    assertThat(open("?after=-1").response().statusCode()).isEqualTo(422);
  }

  @Test
  @Tag("R-LANE-6")
  void aLaneThatIsResetBeginsAnewUnderItsNewEpoch() throws Exception {
    facts.small(3);
    try (var stream = stream()) {
      stream.next(3);
      client.post(path("/reset"), object()).ok();
      var reset = stream.next();
      assertThat(reset.type()).isEqualTo("reset");
      assertThat(reset.id()).isEqualTo(facts.epoch() + ":0");
      facts.small(1);
      assertThat(stream.next().id()).isEqualTo(facts.epoch() + ":1");
    }
  }

  @Test
  void growingTextHasNoIdSoThatComingBackRepeatsItWhole() throws Exception {
    var item = facts.open();
    facts.grow(item, "one");
    try (var stream = stream()) {
      assertThat(stream.next().id()).isEqualTo(facts.epoch() + ":1");
      var delta = stream.next();
      assertThat(delta.id()).isEmpty();
      assertThat(delta.type()).isEqualTo("delta");
      assertThat(delta.data().path("at").asInt()).isZero();
      assertThat(delta.data().path("text").asString()).isEqualTo("one");
    }
    facts.grow(item, " two");
    try (var stream = stream("Last-Event-ID", facts.epoch() + ":1")) {
      assertThat(stream.next().data().path("text").asString()).isEqualTo("one two");
      facts.complete(item, "one two");
      assertThat(stream.next().id()).isEqualTo(facts.epoch() + ":2");
    }
  }

  @Test
  @Tag("R-EVT-8")
  @Tag("R-LANE-11")
  void aFullLaneSaysSoAndAClientThatIsGoneGivesItsPlaceBack() throws Exception {
    var streams = new ArrayList<SseClient>();
    for (int i = 0; i < SocketHub.MOST_PER_LANE; i++) {
      streams.add(stream());
    }
    assertThat(streams)
        .allSatisfy(stream -> assertThat(stream.response().statusCode()).isEqualTo(200));
    var refused = client.get(path("/events"));
    assertThat(refused.status()).as("a page is no stream").isEqualTo(200);
    assertThat(stream().response().statusCode()).isEqualTo(429);

    facts.small(1);
    for (var stream : streams) {
      assertThat(stream.next().id()).as("the others go on").isEqualTo(facts.epoch() + ":1");
    }
    for (var stream : streams) {
      stream.close();
    }
    await()
        .atMost(Duration.ofSeconds(30))
        .until(() -> {
          try (var again = stream()) {
            return again.response().statusCode() == 200;
          }
        });
  }

  @Test
  void whenTheServerStopsTheStreamEnds() throws Exception {
    facts.small(1);
    try (var stream = stream()) {
      stream.next();
      edge.server.close();
      assertThat(stream.ends()).isTrue();
    }
  }

  private SseClient stream(String... headers) throws Exception {
    return open("", headers);
  }

  private SseClient open(String query, String... headers) throws Exception {
    return SseClient.open(http, edge, path("/events") + query, headers);
  }

  private String path(String rest) {
    return lane.path() + rest;
  }

  private List<String> ids(int from, int to) {
    return IntStream.rangeClosed(from, to).mapToObj(n -> facts.epoch() + ":" + n).toList();
  }
}
