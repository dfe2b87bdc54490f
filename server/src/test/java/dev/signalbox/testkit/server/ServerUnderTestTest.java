package dev.signalbox.testkit.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.signalbox.testkit.fault.WireProxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ServerUnderTestTest {

  private static final Duration LONG = Duration.ofSeconds(60);

  @TempDir Path dir;

  @Test
  void servesAClientAndItsSocketAlsoThroughAProxyAndAfterARestart() throws Exception {
    try (var server = ServerUnderTest.start(dir);
        var client = server.client()) {
      Files.createDirectories(dir.resolve("project"));
      var session = client.session(dir.resolve("project").toRealPath());
      var lane = Client.lane(session, "worker");
      var view = new LaneView();
      try (var socket = client.watch(lane, view)) {
        var turn = client.prompt(lane, "practice", "think of this").path("turn").asString();

        assertThat(view.awaitEnd(turn, LONG).path("state").asString()).isEqualTo("completed");
        assertThat(view.facts("item.completed"))
            .anyMatch(fact -> fact.at("/item/text").asString("").contains("think of this"));
        assertThat(socket.closeCode()).isEqualTo(-1);
      }

      server.kill();
      server.restart();

      try (var proxy = WireProxy.to(server.port());
          var again = server.clientThrough(proxy.port());
          var socket = again.watch(lane, view)) {
        var turn = again.prompt(lane, "practice", "list").path("turn").asString();

        assertThat(view.awaitEnd(turn, LONG).path("state").asString()).isEqualTo("completed");
        assertThat(again.journal(lane).facts()).hasSize((int) view.seq());
        assertThat(view.complaints()).isEmpty();
        assertThat(socket.awaitEnd(Duration.ZERO)).isFalse();
      }
    }
  }

  @Test
  void saysWhyThereIsNoSocket() {
    try (var server = ServerUnderTest.start(dir);
        var stranger = new Client(server.port(), server.port(), "not-the-token")) {
      assertThatThrownBy(() -> stranger.watch(new Client.Lane("s", "l")))
          .isInstanceOf(LaneSocket.Refused.class)
          .hasMessageContaining("401");
    }
  }
}
