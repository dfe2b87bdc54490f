package dev.signalbox.session;

import dev.signalbox.agent.Agent;
import dev.signalbox.agent.AgentDriver;
import dev.signalbox.agent.AgentPool;
import dev.signalbox.agent.KnownAgents;
import dev.signalbox.agent.PoolLimits;
import dev.signalbox.agent.Registry;
import dev.signalbox.agent.acp.AcpDriver;
import dev.signalbox.agent.launch.AgentChildren;
import dev.signalbox.event.Ask;
import dev.signalbox.event.Item;
import dev.signalbox.id.Ids;
import dev.signalbox.id.TurnId;
import dev.signalbox.journal.Journal;
import dev.signalbox.process.Children;
import dev.signalbox.store.Database;
import dev.signalbox.testkit.agent.Habits;
import dev.signalbox.testkit.agent.Received;
import dev.signalbox.testkit.agent.Script;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;
import org.awaitility.Awaitility;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Everything below the sockets, for real: database, journal, processes, pool and sessions in a
/// folder, with scripted agents and the practice agent. [#restart] is what a killed server's
/// successor finds.
final class House implements AutoCloseable {
  private static final JsonMapper JSON = JsonMapper.shared();
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  final Path folder;
  final Path project;
  private final Map<String, Habits> agents;
  private final LaneSettings settings;
  private final Map<String, String> environment;
  private final AtomicInteger prompts = new AtomicInteger();
  private Children children;
  private Database database;
  Journal journal;
  AgentPool pool;
  Registry registry;
  Sessions sessions;

  private House(
      Path folder,
      Map<String, Habits> agents,
      LaneSettings settings,
      Map<String, String> environment)
      throws IOException {
    this.folder = folder;
    this.environment = environment;
    this.project = Files.createDirectories(folder.resolve("project"));
    this.agents = agents;
    this.settings = settings;
    open();
  }

  /// One agent, `good`, whose sessions outlive its process.
  static House open(Path folder) throws IOException {
    return open(
        folder,
        Map.of("good", Habits.good().state(Files.createDirectories(folder.resolve("state")))),
        LaneSettings.DEFAULT);
  }

  static House open(Path folder, Map<String, Habits> agents, LaneSettings settings)
      throws IOException {
    return new House(folder, agents, settings, System.getenv());
  }

  /// On a machine whose bubblewrap does not work: nothing stands between us and an agent.
  static House withoutNamespaces(Path folder, Map<String, Habits> agents) throws IOException {
    var tools = Files.createDirectories(folder.resolve("tools"));
    var bubblewrap = Files.writeString(tools.resolve("bwrap"), "#!/bin/sh\nexit 1\n");
    Files.setPosixFilePermissions(bubblewrap, PosixFilePermissions.fromString("rwx------"));
    var environment = new HashMap<>(System.getenv());
    environment.merge("PATH", tools.toString(), (path, first) -> first + ":" + path);
    return new House(folder, agents, LaneSettings.DEFAULT, environment);
  }

  private void open() throws IOException {
    children = Children.open(folder.resolve("runs"), environment);
    database = Database.open(folder.resolve("runtime.db"), Database.Kind.RUNTIME);
    journal = Journal.open(database, InstantSource.system());
    var known = new ArrayList<Agent>();
    for (var entry : agents.entrySet()) {
      known.add(agent(entry.getKey(), entry.getValue()));
    }
    known.add(
        new Agent(
            "missing",
            "Missing",
            "acp",
            List.of("no-such-agent"),
            Map.of(),
            List.of(),
            "npm i",
            null,
            true));
    KnownAgents.with(Map.of()).stream()
        .filter(agent -> agent.name().equals("practice"))
        .forEach(known::add);
    var drivers =
        Map.<String, AgentDriver>of("acp", new AcpDriver(new AgentChildren(children, environment)));
    registry = new Registry(known, drivers);
    pool = new AgentPool(registry, InstantSource.system(), PoolLimits.usual());
    sessions =
        new Sessions(
            database,
            journal,
            new Ids(InstantSource.system()),
            InstantSource.system(),
            registry,
            pool,
            upload -> Optional.empty(),
            settings,
            folder.resolve("home"));
    Files.createDirectories(folder.resolve("home"));
    sessions.recover();
  }

  private Agent agent(String name, Habits habits) {
    var environment = habits.log(folder.resolve("received-" + name)).environment();
    return new Agent(name, name, "acp", Habits.command(), environment, List.of(), null, null, true);
  }

  /// What the agent of that name received.
  Received received(String agent) {
    return new Received(folder.resolve("received-" + agent));
  }

  /// A fresh session in the one project.
  SessionView session() {
    return sessions.create(sessions.addProject(project.toString(), null).id(), null, null);
  }

  Lane worker() {
    return sessions.lane(session().id(), "worker");
  }

  Submitted submit(Lane lane, Script script) {
    return submit(lane, "good", script.prompt());
  }

  Submitted submit(Lane lane, String agent, String text) {
    return lane.submit(submission("c" + prompts.incrementAndGet(), agent, text, null));
  }

  static Submission submission(String clientId, String agent, String text, String when) {
    return new Submission(clientId, text, agent, null, null, null, null, when, null);
  }

  /// Everything in the lane's journal.
  List<JsonNode> events(Lane lane) {
    return journal.events(lane.id(), 0, 5_000).events().stream().map(JSON::readTree).toList();
  }

  List<JsonNode> events(Lane lane, String type) {
    return events(lane).stream().filter(e -> e.get("type").asString().equals(type)).toList();
  }

  /// The completed items of a turn.
  List<JsonNode> items(Lane lane, TurnId turn) {
    return events(lane, "item.completed").stream()
        .map(event -> event.get("item"))
        .filter(item -> item.path("turn").asString("").equals(turn.value()))
        .toList();
  }

  List<JsonNode> items(Lane lane, TurnId turn, String kind) {
    return items(lane, turn).stream()
        .filter(item -> item.get("kind").asString().equals(kind))
        .toList();
  }

  /// The whole answer of a turn.
  String answer(Lane lane, TurnId turn) {
    var text = new StringBuilder();
    items(lane, turn, "text").forEach(item -> text.append(item.path("text").asString("")));
    return text.toString();
  }

  /// Waits for the one end of a turn.
  JsonNode end(Lane lane, TurnId turn) {
    return await(lane, e -> isEnd(e, turn));
  }

  static boolean isEnd(JsonNode event, TurnId turn) {
    return event.get("type").asString().equals("turn.ended")
        && event.get("turn").asString().equals(turn.value());
  }

  JsonNode await(Lane lane, Predicate<JsonNode> event) {
    return Awaitility.await()
        .atMost(PATIENCE)
        .until(() -> events(lane).stream().filter(event).findFirst(), Optional::isPresent)
        .orElseThrow();
  }

  /// Waits until text of the turn has grown to contain `part`.
  void awaitText(Lane lane, String part) {
    Awaitility.await()
        .atMost(PATIENCE)
        .until(() ->
            journal.items(lane.id(), null, 50).items().stream()
                .anyMatch(item ->
                    item.kind() == Item.Kind.TEXT
                        && item.text() != null
                        && item.text().contains(part)));
  }

  Ask awaitAsk(Lane lane) {
    return Awaitility.await()
        .atMost(PATIENCE)
        .until(() -> lane.openAsks().stream().findFirst(), Optional::isPresent)
        .orElseThrow();
  }

  static AnswerCommand choose(Ask ask, String option, String clientId) {
    return new AnswerCommand(option, null, null, ask.hash(), null, null, clientId, "test");
  }

  /// Waits until growing text has reached the disk; it may be 250 ms late.
  void awaitChunks() {
    Awaitility.await()
        .until(
            () ->
                database.read(handle ->
                    handle
                        .createQuery("SELECT count(*) FROM item_chunk")
                        .mapTo(Integer.class)
                        .one()),
            chunks -> chunks > 0);
  }

  /// From now on rows of threads cannot be written.
  void breakThreadRows() {
    database.writeNow(handle -> handle.execute("ALTER TABLE thread RENAME TO thread_gone"));
  }

  /// The server dies without a word: its children go, its files stay.
  void restart() throws IOException {
    database.close(); // first: what its children do now is never written down
    children.close();
    open();
  }

  void stop() {
    sessions.close();
    pool.close();
    children.close();
    journal.close();
    database.close();
  }

  @Override
  public void close() {
    stop();
  }
}
