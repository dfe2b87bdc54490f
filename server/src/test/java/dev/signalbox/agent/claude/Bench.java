package dev.signalbox.agent.claude;

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
import dev.signalbox.testkit.agent.ScriptedClaude;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;

/// Scripted Claude Codes, driven by their driver.
final class Bench implements AutoCloseable {
  private static final Duration LONG = Duration.ofSeconds(60);
  private static final Duration SHORT = Duration.ofSeconds(2);

  static final Limits SHORT_OPEN = new Limits(SHORT, LONG, Duration.ofSeconds(1));
  static final Limits SHORT_RESUME = new Limits(LONG, SHORT, Duration.ofSeconds(1));

  /// Whoever waits for a subagent's report in a test waits for one that comes.
  private static final Limits PATIENT = new Limits(LONG, LONG, LONG);

  final Path folder;
  final Received received;
  final Children children;
  private final Ids ids = new Ids(InstantSource.system());
  private final List<AgentProcess> started = new ArrayList<>();

  Bench(Path folder) {
    this.folder = folder;
    this.received = new Received(folder.resolve("received"));
    this.children = Children.open(folder.resolve("runs"), System.getenv());
  }

  AgentProcess start(Habits habits, Limits limits) throws IOException {
    var driver =
        new ClaudeDriver(
            new AgentChildren(children, Map.of("PATH", System.getenv("PATH"), "KEY", "s3cret")),
            InstantSource.system(),
            limits);
    var agent = ScriptedClaude.agent(habits.log(folder.resolve("received")));
    var process = driver.start(agent, new Launch(null, work(), Map.of()));
    started.add(process);
    return process;
  }

  AgentProcess start(Habits habits) throws IOException {
    return start(habits, PATIENT);
  }

  AgentThread thread(Habits habits) throws Exception {
    return start(habits).open(settings());
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

  Asking begin(AgentThread thread, TurnId turn, Script script, Told told) {
    return Asking.prompt(thread, turn, script.prompt(), told);
  }

  TurnResult end(AgentThread thread, Script script, Told told) throws Exception {
    return begin(thread, turn(), script, told).end();
  }

  TurnResult end(AgentThread thread, Script script, TurnSettings settings, Told told)
      throws Exception {
    return Asking.prompt(thread, turn(), new Prompt(script.prompt(), List.of()), settings, told)
        .end();
  }

  Told run(AgentThread thread, Script script) throws Exception {
    var told = new Told();
    assertThat(end(thread, script, told)).isInstanceOf(TurnResult.Completed.class);
    return told;
  }

  /// What we asked of the agent, by the kind of request.
  List<JsonNode> requests(String subtype) {
    return received.messages().stream()
        .map(message -> message.path("request"))
        .filter(request -> request.path("subtype").asString("").equals(subtype))
        .toList();
  }

  /// What we answered the agent's own requests.
  List<JsonNode> answers() {
    return received.messages().stream()
        .filter(message -> message.path("type").asString("").equals("control_response"))
        .map(message -> message.path("response"))
        .toList();
  }

  @Override
  public void close() {
    started.forEach(AgentProcess::kill);
    children.close();
  }
}
