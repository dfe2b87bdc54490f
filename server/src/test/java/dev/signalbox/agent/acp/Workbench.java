package dev.signalbox.agent.acp;

import static org.assertj.core.api.Assertions.assertThat;

import dev.signalbox.agent.Agent;
import dev.signalbox.agent.AgentProcess;
import dev.signalbox.agent.AgentThread;
import dev.signalbox.agent.Asking;
import dev.signalbox.agent.Launch;
import dev.signalbox.agent.Prompt;
import dev.signalbox.agent.ThreadSettings;
import dev.signalbox.agent.Told;
import dev.signalbox.agent.TurnResult;
import dev.signalbox.agent.TurnSettings;
import dev.signalbox.agent.launch.AgentChildren;
import dev.signalbox.id.Ids;
import dev.signalbox.id.TurnId;
import dev.signalbox.process.Children;
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
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// Scripted agents, driven by the ACP driver. Closing it also checks that every message that was
/// sent is one of the schema.
final class Workbench implements AutoCloseable {
  private static final Duration LONG = Duration.ofSeconds(60);
  private static final Duration SHORT = Duration.ofSeconds(2);

  /// Patient with everything but a start, an opening, a resume: only the step under test is cut
  /// short, or a busy machine would look like a silent agent.
  static final Limits SHORT_START = new Limits(SHORT, LONG, LONG);

  static final Limits SHORT_OPEN = new Limits(LONG, SHORT, LONG);
  static final Limits SHORT_RESUME = new Limits(LONG, LONG, SHORT);

  final Path folder;
  final Received received;
  final Children children;
  final Ids ids = new Ids(InstantSource.system());
  private final List<AgentProcess> started = new ArrayList<>();

  Workbench(Path folder) {
    this.folder = folder;
    this.received = new Received(folder.resolve("received"));
    this.children = Children.open(folder.resolve("runs"), System.getenv());
  }

  AcpDriver driver(Limits limits) {
    var environment = new HashMap<>(System.getenv());
    environment.put("SECRET_OF_TEST", "s3cret");
    return new AcpDriver(new AgentChildren(children, environment), limits);
  }

  AgentProcess start(Habits habits) throws Exception {
    return start(habits, Limits.DEFAULT);
  }

  AgentProcess start(Habits habits, Limits limits) throws Exception {
    return start(habits, limits, Agent.Setup.NONE);
  }

  AgentProcess start(Habits habits, Agent.Setup setup) throws Exception {
    return start(habits, Limits.DEFAULT, setup);
  }

  private AgentProcess start(Habits habits, Limits limits, Agent.Setup setup) throws Exception {
    var process =
        driver(limits)
            .start(
                ScriptedAgents.agent(habits.log(folder.resolve("received"))).with(setup),
                new Launch(null, work(), Map.of()));
    started.add(process);
    return process;
  }

  AgentThread thread(Habits habits) throws Exception {
    return thread(start(habits));
  }

  AgentThread thread(AgentProcess process) throws Exception {
    return process.open(settings());
  }

  ThreadSettings settings() throws IOException {
    return ThreadSettings.writing(work());
  }

  Path work() throws IOException {
    return Files.createDirectories(folder.resolve("work")).toRealPath();
  }

  TurnId turn() {
    return ids.turn();
  }

  /// Runs a script as one turn to its end.
  TurnResult run(AgentThread thread, Script script, Told told) throws Exception {
    return Asking.prompt(thread, turn(), script.prompt(), told).end();
  }

  Told run(AgentThread thread, Script script) throws Exception {
    var told = new Told();
    assertThat(run(thread, script, told)).isInstanceOf(TurnResult.Completed.class);
    return told;
  }

  TurnResult run(AgentThread thread, Script script, TurnSettings settings, Told told)
      throws Exception {
    return Asking.prompt(thread, turn(), new Prompt(script.prompt(), List.of()), settings, told)
        .end();
  }

  /// How many processes live that this workbench's agents are or started: all of them carry its
  /// folder in their environment. (An agent in a PID namespace knows another number of itself.)
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

  @Override
  public void close() {
    started.forEach(AgentProcess::kill);
    children.close();
    assertThat(AcpSchema.violations(received.messages())).isEmpty();
  }
}
