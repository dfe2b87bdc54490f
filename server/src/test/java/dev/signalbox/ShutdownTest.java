package dev.signalbox;

import static dev.signalbox.testkit.server.Client.object;
import static org.assertj.core.api.Assertions.assertThat;

import dev.signalbox.testkit.server.Client;
import dev.signalbox.testkit.server.LaneView;
import dev.signalbox.testkit.server.ServerUnderTest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What clients see of a server that is stopped in order.
class ShutdownTest {
  private static final Duration LONG = Duration.ofSeconds(60);

  @TempDir Path dir;
  private ServerUnderTest server;
  private Client client;
  private Client.Lane lane;

  @BeforeEach
  void start() throws IOException {
    server = ServerUnderTest.start(dir);
    client = server.client();
    lane = Client.lane(client.session(Files.createDirectories(dir.resolve("project"))), "worker");
  }

  @AfterEach
  void end() {
    client.close();
    server.close();
  }

  @Test
  @Tag("R-LIFE-4")
  @Tag("R-EVT-3")
  void aWatcherHears1001AndFindsTheEndOfTheTurnWhenItComesBack() {
    var view = new LaneView();
    var turn = client.prompt(lane, "practice", "count 1000").path("turn").asString();
    try (var socket = client.watch(lane, view)) {
      view.await(0, LONG, fact -> fact.at("/item/kind").asString("").equals("text"));

      server.stop();

      assertThat(socket.awaitEnd(LONG)).isTrue();
      assertThat(socket.closeCode()).isEqualTo(1001);
      assertThat(view.facts("turn.ended")).as("the goodbye comes before anything ends").isEmpty();
    }
    server.restart();
    try (var again = server.client();
        var socket = again.watch(lane, view)) {
      var end = view.awaitEnd(turn, LONG);
      assertThat(end.path("state").asString()).isEqualTo("interrupted");
      assertThat(end.path("reason").asString()).isEqualTo("shutdown");
      assertThat(view.complaints()).isEmpty();
      assertThat(again.journal(lane).facts()).hasSize((int) view.seq());
      assertThat(socket.closeCode()).isEqualTo(-1);
    }
  }

  @Test
  void whoStopsItOverHttpGetsAWholeAnswerAndTheWatchersHear1001() {
    try (var socket = client.watch(lane)) {
      assertThat(socket.view().awaitUntil(LONG, view -> view.welcomes() == 1)).isTrue();

      var stopping = client.post("/api/server/stop", object());

      assertThat(stopping.status()).isEqualTo(202);
      assertThat(stopping.ok().path("status").asString()).isEqualTo("stopping");
      assertThat(socket.awaitEnd(LONG)).isTrue();
      assertThat(socket.closeCode()).isEqualTo(1001);
    }
  }
}
