package dev.signalbox.bench;

import dev.signalbox.testkit.server.Client;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiConsumer;
import tools.jackson.databind.JsonNode;

/// A server with the flags it ships with, a bench agent named `bench`, and a few sessions.
final class LiveServer implements AutoCloseable {
  final Client client;
  private final Path folder;
  private final Launched launched;
  private final List<Ear> ears = new ArrayList<>();

  LiveServer(Path folder) {
    this.folder = folder;
    try {
      var config = Files.createDirectories(folder.resolve("data/config"));
      Files.writeString(config.resolve("signalbox.toml"), settings());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    launched = Launched.start(folder);
    client = new Client(launched.port(), launched.port(), launched.token());
  }

  private static String settings() {
    var java = Path.of(System.getProperty("java.home"), "bin", "java");
    return """
    turnsInFlight = 64

    [agents.bench]
    command = "%s"
    args = ["-XX:+UseSerialGC", "-Xmx256m", "-cp", "%s", "%s"]
    """
        .formatted(java, System.getProperty("java.class.path"), BenchAgent.class.getName());
  }

  /// The planner lane of a fresh session: planner lanes share one agent process.
  Client.Lane lane(String project) {
    try {
      return Client.lane(
          client.session(Files.createDirectories(folder.resolve(project))), "planner");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  List<Client.Lane> lanes(int count) {
    var lanes = new ArrayList<Client.Lane>();
    for (int i = 0; i < count; i++) {
      lanes.add(lane("project"));
    }
    return lanes;
  }

  static String path(Client.Lane lane) {
    return "/api/sessions/" + lane.session() + "/lanes/" + lane.id();
  }

  /// Sends a prompt and waits for the end of its turn, by polling.
  void turn(Client.Lane lane, String prompt) {
    var turn = client.prompt(lane, "bench", prompt).get("turn").asString();
    awaitEnd(lane, turn);
  }

  void awaitEnd(Client.Lane lane, String turn) {
    long end = System.nanoTime() + Duration.ofMinutes(5).toNanos();
    while (System.nanoTime() < end) {
      for (JsonNode each :
          client.get(path(lane) + "/turns").ok().path("turns").valueStream().toList()) {
        var state = each.get("state").asString();
        if (each.get("id").asString().equals(turn)
            && List.of("completed", "failed", "interrupted").contains(state)) {
          if (!state.equals("completed")) {
            throw new IllegalStateException("the turn ended so: " + each);
          }
          return;
        }
      }
      Thread.onSpinWait();
    }
    throw new IllegalStateException("the turn " + turn + " did not end in 5 minutes");
  }

  /// A socket on a lane from its beginning; closed with the server.
  void listen(Client.Lane lane, BiConsumer<String, Long> heard) {
    ears.add(
        Ear.open(launched, lane.session(), lane.id(), "{\"type\":\"hello\",\"after\":0}", heard));
  }

  Launched launched() {
    return launched;
  }

  long residentBytes() {
    return Proc.residentBytes(launched.pid());
  }

  @Override
  public void close() {
    ears.forEach(Ear::close);
    launched.close();
  }
}
