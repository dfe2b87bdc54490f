package dev.signalbox.agent.opencode;

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
import dev.signalbox.testkit.agent.ScriptedOpencode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;

/// Scripted opencode servers, driven by the driver.
final class Workbench implements AutoCloseable {
  private static final Duration LONG = Duration.ofSeconds(60);
  private static final Duration SHORT = Duration.ofSeconds(2);

  /// Patient with everything but the step under test, or a busy machine would look like a silent
  /// server.
  static final Limits SHORT_START = new Limits(SHORT, LONG, LONG, LONG, LONG, LONG);

  static final Limits SHORT_OPEN = new Limits(LONG, SHORT, LONG, LONG, LONG, LONG);
  static final Limits SHORT_RESUME = new Limits(LONG, LONG, SHORT, LONG, LONG, LONG);
  static final Limits SHORT_HEALTH = new Limits(LONG, LONG, LONG, LONG, SHORT, LONG);

  final Path folder;
  final Received received;
  private final Children children;
  private final Ids ids = new Ids(InstantSource.system());
  private final List<AgentProcess> started = new ArrayList<>();

  Workbench(Path folder) {
    this.folder = folder;
    this.received = new Received(folder.resolve("received"));
    this.children = Children.open(folder.resolve("runs"), System.getenv());
  }

  OpencodeDriver driver(Limits limits) {
    return new OpencodeDriver(new AgentChildren(children, System.getenv()), limits);
  }

  AgentProcess start(Habits habits) throws Exception {
    return start(habits, Limits.DEFAULT);
  }

  AgentProcess start(Habits habits, Limits limits) throws Exception {
    return start(habits, limits, new Launch(work(), work(), Map.of()));
  }

  AgentProcess start(Habits habits, Limits limits, Launch launch) throws Exception {
    var agent = ScriptedOpencode.agent(habits.log(folder.resolve("received")));
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
    return work("work");
  }

  Path work(String name) throws IOException {
    return Files.createDirectories(folder.resolve(name)).toRealPath();
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

  Told run(AgentThread thread, Script script, TurnSettings settings) throws Exception {
    var told = new Told();
    var prompt = new Prompt(script.prompt(), List.of());
    assertThat(Asking.prompt(thread, turn(), prompt, settings, told).end())
        .isInstanceOf(TurnResult.Completed.class);
    return told;
  }

  /// The bodies of the requests of that method and path.
  List<JsonNode> bodies(String method) {
    return received.messages().stream()
        .filter(got -> got.path("method").asString("").matches(method))
        .map(got -> got.path("body"))
        .toList();
  }

  /// How many event streams the server feeds.
  int streams() {
    var counts = received.messages("streams");
    return counts.isEmpty() ? 0 : counts.getLast().path("count").asInt();
  }

  /// The processes that are this workbench's agents: all carry its folder in their environment. (A
  /// server in a PID namespace knows another number of itself.)
  List<Long> pids() {
    return ProcessHandle.allProcesses()
        .map(ProcessHandle::pid)
        .filter(pid -> pid != ProcessHandle.current().pid())
        .filter(pid -> environment(pid).contains(folder.toString()))
        .toList();
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
  }
}
