package dev.signalbox.contract;

import static org.assertj.core.api.Assertions.assertThat;

import dev.signalbox.testkit.server.Client;
import dev.signalbox.testkit.server.ServerUnderTest;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/// The whole path a user takes who controls an agent, as a script, with the agent that ships.
@Tag("R-TEST-4")
class ControlPathTest {
  private static final Duration LIMIT = Duration.ofSeconds(60);
  private static final String AGENT = "practice";

  @Test
  void newThenSeveralTurnsThenInterruptThenResumeThenRestart(@TempDir Path dir) throws Exception {
    var project = Files.createDirectories(dir.resolve("project")).toRealPath();
    try (var server = ServerUnderTest.start(dir)) {
      Client.Lane lane;
      JsonNode first;
      try (var client = server.client()) {
        lane = Client.lane(client.session(project), "worker");
        assertThat(end(client, lane, prompt(client, lane, "count 3"))).isEqualTo("completed");
        first = thread(client, lane);
        assertThat(end(client, lane, prompt(client, lane, "count 4"))).isEqualTo("completed");
        assertThat(thread(client, lane).path("pid")).isEqualTo(first.path("pid"));

        var counting = prompt(client, lane, "count 100000");
        try (var socket = client.watch(lane)) {
          socket.view().awaitUntil(LIMIT, view -> view.deltas() > 0);
        }
        client.interrupt(lane);
        assertThat(end(client, lane, counting)).isEqualTo("interrupted");
        assertThat(end(client, lane, prompt(client, lane, "count 2"))).isEqualTo("completed");
        assertThat(thread(client, lane).path("pid")).isEqualTo(first.path("pid"));
      }

      server.kill();
      server.restart();
      try (var client = server.client()) {
        assertThat(end(client, lane, prompt(client, lane, "count 3"))).isEqualTo("completed");
        assertThat(thread(client, lane).path("pid")).isNotEqualTo(first.path("pid"));
        assertThat(client.get(lane.path() + "/turns").ok().path("turns")).hasSize(5);
      }
    }
  }

  private static String prompt(Client client, Client.Lane lane, String text) {
    return client.prompt(lane, AGENT, text).path("turn").asString();
  }

  private static String end(Client client, Client.Lane lane, String turn) {
    try (var socket = client.watch(lane)) {
      return socket.view().awaitEnd(turn, LIMIT).path("state").asString();
    }
  }

  private static JsonNode thread(Client client, Client.Lane lane) {
    return client.get(lane.path() + "/threads").ok().get(0);
  }
}
