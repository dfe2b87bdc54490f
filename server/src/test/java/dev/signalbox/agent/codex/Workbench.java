package dev.signalbox.agent.codex;

import static org.assertj.core.api.Assertions.assertThat;

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
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// Scripted agents that speak as Codex does, driven by the Codex driver.
final class Workbench implements AutoCloseable {
  private static final Duration LONG = Duration.ofSeconds(60);
  private static final Duration SHORT = Duration.ofSeconds(2);

  /// Patient with everything but the step under test, or a busy machine would look like a silent
  /// agent.
  static final Limits SHORT_START = new Limits(SHORT, LONG, LONG, LONG);

  static final Limits SHORT_OPEN = new Limits(LONG, SHORT, LONG, LONG);
  static final Limits SHORT_RESUME = new Limits(LONG, LONG, SHORT, LONG);

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

  CodexDriver driver(Limits limits) {
    return new CodexDriver(new AgentChildren(children, System.getenv()), limits);
  }

  AgentProcess start(Habits habits) throws Exception {
    return start(habits, Limits.DEFAULT);
  }

  AgentProcess start(Habits habits, Limits limits) throws Exception {
    return start(habits, limits, new Launch(null, work(), Map.of()));
  }

  AgentProcess start(Habits habits, Limits limits, Launch launch) throws Exception {
    var agent = ScriptedAgents.codex(habits.log(folder.resolve("received")));
    var process = driver(limits).start(agent, launch);
    started.add(process);
    return process;
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
    return run(thread, script, Asking.AS_IS);
  }

  Told run(AgentThread thread, Script script, TurnSettings settings) throws Exception {
    var told = new Told();
    var prompt = new Prompt(script.prompt(), List.of());
    assertThat(Asking.prompt(thread, turn(), prompt, settings, told).end())
        .isInstanceOf(TurnResult.Completed.class);
    return told;
  }

  @Override
  public void close() {
    started.forEach(AgentProcess::kill);
    children.close();
  }
}
