package dev.signalbox.job;

import static org.awaitility.Awaitility.await;

import dev.signalbox.JobPasses;
import dev.signalbox.agent.Agent;
import dev.signalbox.agent.AgentDriver;
import dev.signalbox.agent.AgentPool;
import dev.signalbox.agent.PoolLimits;
import dev.signalbox.agent.Registry;
import dev.signalbox.agent.acp.AcpDriver;
import dev.signalbox.agent.launch.AgentChildren;
import dev.signalbox.id.Ids;
import dev.signalbox.id.JobId;
import dev.signalbox.id.ProjectId;
import dev.signalbox.id.TurnId;
import dev.signalbox.journal.Journal;
import dev.signalbox.process.Children;
import dev.signalbox.session.LaneSettings;
import dev.signalbox.session.Sessions;
import dev.signalbox.store.Database;
import dev.signalbox.testkit.agent.Habits;
import dev.signalbox.testkit.agent.Received;
import dev.signalbox.testkit.agent.Script;
import dev.signalbox.testkit.agent.ScriptedAgents;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// Jobs on real rooms in a folder, with a scripted agent.
final class Workshop implements AutoCloseable {
  private static final Duration SOON = Duration.ofSeconds(60);
  private static final int AT_ONCE = 2;

  final Path folder;
  final Path project;
  final Received received;
  final Ids ids = new Ids(InstantSource.system());
  private final Agent agent;
  private final @Nullable Duration timeLimit;
  private final int turnsInFlight;
  private Children children;
  private Journal journal;
  private AgentPool pool;
  Database database;
  Sessions sessions;
  Jobs jobs;
  ProjectId projectId;

  Workshop(Path folder) throws IOException {
    this(folder, null, 8);
  }

  Workshop(Path folder, @Nullable Duration timeLimit, int turnsInFlight) throws IOException {
    this.folder = folder.toRealPath();
    this.project = Files.createDirectories(this.folder.resolve("project"));
    this.received = new Received(this.folder.resolve("received"));
    this.agent = ScriptedAgents.agent(Habits.good().log(this.folder.resolve("received")));
    this.timeLimit = timeLimit;
    this.turnsInFlight = turnsInFlight;
    open();
    projectId = sessions.addProject(project.toString(), null).id();
  }

  private void open() throws IOException {
    var clock = InstantSource.system();
    children = Children.open(folder.resolve("runs"), System.getenv());
    database = Database.open(folder.resolve("runtime.db"), Database.Kind.RUNTIME);
    journal = Journal.open(database, clock);
    var drivers =
        Map.<String, AgentDriver>of(
            "acp", new AcpDriver(new AgentChildren(children, System.getenv())));
    var registry = new Registry(List.of(agent), drivers);
    pool = new AgentPool(registry, clock, PoolLimits.usual());
    var usual = LaneSettings.DEFAULT;
    sessions =
        new Sessions(
            database,
            journal,
            ids,
            clock,
            registry,
            pool,
            upload -> Optional.empty(),
            new LaneSettings(
                turnsInFlight, null, usual.askReminder(), null, usual.interruptGrace()),
            folder.resolve("home"));
    jobs =
        new Jobs(
            database,
            ids,
            clock,
            registry,
            new JobPasses(sessions),
            Files.createDirectories(folder.resolve("jobs")),
            AT_ONCE,
            timeLimit);
  }

  JobId submit(Script script) {
    return submit(script, null);
  }

  JobId submit(Script script, @Nullable String isolation) {
    return jobs.submit(order(script.prompt(), isolation)).id();
  }

  Jobs.Order order(String text, @Nullable String isolation) {
    return new Jobs.Order(projectId, "scripted", text, null, null, isolation);
  }

  JobView ended(JobId job) {
    return until(job, view -> view.state().ended());
  }

  JobView until(JobId job, Predicate<JobView> wanted) {
    return await().atMost(SOON).until(() -> jobs.get(job), wanted);
  }

  /// Takes the write root as a turn of a lane would.
  TurnId take(Path root) {
    var pass = ids.turn();
    sessions.enter(pass, ids.job(), root, () -> {});
    return pass;
  }

  /// How many processes live that carry this folder in their environment.
  long alive() {
    return ProcessHandle.allProcesses()
        .filter(handle -> handle.pid() != ProcessHandle.current().pid())
        .filter(handle -> environment(handle.pid()).contains(folder.toString()))
        .count();
  }

  private static String environment(long pid) {
    try {
      return Files.readString(Path.of("/proc/" + pid + "/environ"), StandardCharsets.ISO_8859_1);
    } catch (IOException e) {
      return ""; // gone, or not ours to read
    }
  }

  /// As a server that stops and starts again.
  void restart() throws IOException {
    close();
    open();
    jobs.recover();
  }

  @Override
  public void close() {
    jobs.close();
    sessions.close();
    pool.close();
    journal.close();
    children.close();
    database.close();
  }
}
