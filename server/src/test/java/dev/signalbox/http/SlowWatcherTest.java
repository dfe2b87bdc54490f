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
import java.util.Objects;
import java.util.concurrent.ExecutionException;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Clients that do not read what they are sent, or are dead without saying so.
class SlowWatcherTest {
  private static final Duration LIMIT = Duration.ofSeconds(60);
  private static final int ITEMS = 400;

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
    http = HttpClient.newHttpClient();
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
  @Tag("R-EVT-6")
  @Tag("R-EVT-8")
  void whoTakesNothingGets1013AndComesBackWithNothingLost() throws Exception {
    facts.items(ITEMS, "x".repeat(60_000)); // 24 MB: more than any buffer on the way holds
    takeAllPlacesButOne();
    var seen = new ArrayList<Long>();
    try (var slow = lane()) {
      slow.say("{\"type\":\"hello\",\"after\":0,\"replay\":\"all\"}");
      assertThat(slow.next().orElseThrow().path("type").asString()).isEqualTo("welcome");
      awaitWelcome(facts.seq()).socket().abort(); // in the slow one's place: it was given up
      for (var frame = slow.next(); frame.isPresent(); frame = slow.next()) {
        if (frame.get().has("seq")) {
          seen.add(frame.get().path("seq").asLong());
        }
      }
      assertThat(slow.codeRead()).isEqualTo(1013);
    }
    assertThat(seen).hasSizeLessThan(2 * ITEMS);
    var again = awaitWelcome(seen.size());
    while (seen.size() < 2 * ITEMS) {
      seen.add(again.next().path("seq").asLong());
    }
    assertThat(seen)
        .containsExactlyElementsOf(LongStream.rangeClosed(1, 2 * ITEMS).boxed().toList());
  }

  @Test
  void theReasonThatWasGivenIsToldEvenToOneThatTakesNothing() throws Exception {
    facts.items(ITEMS, "x".repeat(60_000));
    try (var slow = lane()) {
      slow.say("{\"type\":\"hello\",\"after\":0,\"replay\":\"all\"}");
      assertThat(slow.next().orElseThrow().path("type").asString()).isEqualTo("welcome");
      slow.sayInPieces(4_097); // one more than a message may have
      assertThat(slow.closeCode()).isEqualTo(1009);
    }
  }

  @Test
  @Tag("R-EVT-8")
  void whoAnswersNoPingIsTakenForDead() throws Exception {
    try (var dead = lane()) {
      dead.say("{\"type\":\"hello\"}");
      assertThat(dead.closeCode()).isEqualTo(1001);
    }
  }

  @Test
  void itemsThatAreAskedForAllAtOnceComeAllTheSame() throws Exception {
    facts.items(30, "x".repeat(60_000)); // more than is sent in one go
    var ids = client.items(lane).stream().map(item -> item.path("id").asString()).toList();
    var ear = connect().say(object().put("type", "hello").put("after", facts.seq()));
    ear.next("welcome");
    for (var id : ids) {
      ear.say(object().put("type", "item").put("item", id));
    }
    var got = new ArrayList<String>();
    for (int i = 0; i < ids.size(); i++) {
      got.add(ear.next("item").at("/item/id").asString());
    }
    assertThat(got).containsExactlyElementsOf(ids);
  }

  private void takeAllPlacesButOne() throws Exception {
    for (int i = 1; i < SocketHub.MOST_PER_LANE; i++) {
      connect().say(object().put("type", "hello").put("after", facts.seq())).next("welcome");
    }
  }

  /// Connects as often as it takes until there is a place.
  private Ear awaitWelcome(long after) {
    var hello = object().put("type", "hello").put("after", after).put("replay", "all");
    return await()
        .atMost(LIMIT)
        .until(
            () -> {
              var ear = connect();
              try {
                return ear.say(hello).isWelcome() ? ear : null;
              } catch (ExecutionException e) {
                return null; // closed before it could say hello
              }
            },
            Objects::nonNull);
  }

  private RawSocket lane() throws IOException {
    return RawSocket.connect(edge, protocols().toArray(String[]::new));
  }

  private Ear connect() throws Exception {
    return Ear.connect(http, edge, protocols().toArray(String[]::new));
  }

  private List<String> protocols() {
    return List.of("ads-session." + lane.session(), "ads-chat." + lane.id());
  }
}
