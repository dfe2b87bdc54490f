package dev.signalbox.http;

import dev.signalbox.JobPasses;
import dev.signalbox.agent.Agent;
import dev.signalbox.agent.AgentPool;
import dev.signalbox.agent.KnownAgents;
import dev.signalbox.agent.PoolLimits;
import dev.signalbox.agent.Registry;
import dev.signalbox.agent.acp.AcpDriver;
import dev.signalbox.agent.conformance.AgentTests;
import dev.signalbox.agent.launch.AgentChildren;
import dev.signalbox.http.HttpServer.Options;
import dev.signalbox.http.HttpServer.Rooms;
import dev.signalbox.id.Ids;
import dev.signalbox.job.Jobs;
import dev.signalbox.journal.Journal;
import dev.signalbox.process.Children;
import dev.signalbox.session.LaneSettings;
import dev.signalbox.session.Sessions;
import dev.signalbox.store.Database;
import dev.signalbox.testkit.server.Client;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;

/// The whole edge on real rooms in a folder of its own, with the practice agent.
final class Edge implements AutoCloseable {
  static final String TOKEN = "t".repeat(43);

  /// Short enough for a test, long enough for a busy machine to obey an honest client.
  static final SocketTimes QUICK =
      new SocketTimes(
          Duration.ofSeconds(2),
          Duration.ofSeconds(1),
          Duration.ofSeconds(3),
          Duration.ofSeconds(3));

  final HttpServer server;
  final Database database;
  final Journal journal;
  final Sessions sessions;
  final AgentPool pool;
  final Path folder;
  final AtomicLong nanos = new AtomicLong();
  final CountDownLatch stopped = new CountDownLatch(1);
  private final Deque<AutoCloseable> parts = new ArrayDeque<>();

  static Edge open(Path folder) throws IOException {
    return new Edge(folder, Tuning.USUAL, true);
  }

  static Edge open(Path folder, SocketTimes times) throws IOException {
    return new Edge(folder, Tuning.USUAL.with(times), true);
  }

  static Edge open(Path folder, Tuning tuning) throws IOException {
    return new Edge(folder, tuning, true);
  }

  static Edge withoutControl(Path folder) throws IOException {
    return new Edge(folder, Tuning.USUAL, false);
  }

  private Edge(Path folder, Tuning tuning, boolean control) throws IOException {
    this.folder = folder;
    var clock = InstantSource.system();
    var ids = new Ids(clock);
    var environment = System.getenv();
    database = part(Database.open(folder.resolve("runtime.db"), Database.Kind.RUNTIME));
    journal = part(Journal.open(database, clock));
    var children = part(Children.open(folder.resolve("runs"), environment));
    var registry =
        new Registry(
            practice(), Map.of("acp", new AcpDriver(new AgentChildren(children, environment))));
    pool = part(new AgentPool(registry, clock, PoolLimits.usual()));
    var uploads =
        new Uploads(database, Files.createDirectories(folder.resolve("uploads")), ids, clock);
    sessions =
        part(
            new Sessions(
                database,
                journal,
                ids,
                clock,
                registry,
                pool,
                uploads,
                LaneSettings.DEFAULT,
                Path.of(System.getProperty("user.home"))));
    sessions.recover();
    server =
        part(
            new HttpServer(
                new Options("127.0.0.1", 0, "main", TOKEN, control, "1.2.3"),
                clock,
                nanos::get,
                tuning,
                stopped::countDown));
    server.start();
    var jobs =
        part(
            new Jobs(
                database,
                ids,
                clock,
                registry,
                new JobPasses(sessions),
                Files.createDirectories(folder.resolve("jobs")),
                2,
                null));
    jobs.recover();
    var tests = part(new AgentTests(registry, clock));
    server.open(new Rooms(database, journal, sessions, registry, pool, uploads, jobs, tests));
  }

  private static List<Agent> practice() {
    return KnownAgents.with(Map.of()).stream()
        .filter(agent -> agent.name().equals("practice"))
        .toList();
  }

  private <T extends AutoCloseable> T part(T part) {
    parts.push(part);
    return part;
  }

  int port() {
    return server.port();
  }

  Client client() {
    return new Client(port(), port(), TOKEN);
  }

  /// A POST as bytes, with nothing added but what it must have.
  RawHttp.Answer post(String path, String body, String... headers) throws IOException {
    var lines =
        new ArrayList<>(
            List.of(
                "POST " + path + " HTTP/1.1",
                "Host: 127.0.0.1:" + port(),
                "Authorization: Bearer " + TOKEN));
    lines.addAll(List.of(headers));
    if (lines.stream().noneMatch(line -> line.startsWith("Transfer-Encoding"))) {
      lines.add("Content-Length: " + body.getBytes(StandardCharsets.UTF_8).length);
    }
    return RawHttp.send(port(), lines, body);
  }

  /// Facts for a lane, without an agent.
  Facts facts(Client.Lane lane) {
    return new Facts(this, lane);
  }

  /// A folder that may be a project.
  Path project(String name) throws IOException {
    return Files.createDirectories(folder.resolve("projects").resolve(name));
  }

  @Override
  public void close() {
    while (!parts.isEmpty()) {
      try {
        parts.pop().close();
      } catch (Exception e) {
        throw new IllegalStateException(e);
      }
    }
  }
}
