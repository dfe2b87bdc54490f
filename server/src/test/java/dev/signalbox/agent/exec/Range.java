package dev.signalbox.agent.exec;

import dev.signalbox.agent.Agent;
import dev.signalbox.agent.AgentDriver;
import dev.signalbox.agent.Launch;
import dev.signalbox.agent.Prompt;
import dev.signalbox.agent.ThreadSettings;
import dev.signalbox.agent.TurnSettings;
import dev.signalbox.agent.acp.AcpDriver;
import dev.signalbox.agent.launch.AgentChildren;
import dev.signalbox.id.Ids;
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
import java.util.List;
import java.util.Map;

/// Where one-shot turns are tried with scripted agents.
final class Range implements AutoCloseable {
  final Path folder;
  final Path work;
  final Received received;
  final Ids ids = new Ids(InstantSource.system());
  private final Children children;
  final AgentChildren launching;

  Range(Path folder) throws IOException {
    this.folder = folder;
    this.work = Files.createDirectories(folder.resolve("work")).toRealPath();
    this.received = new Received(folder.resolve("received"));
    this.children = Children.open(folder.resolve("runs"), System.getenv());
    this.launching = new AgentChildren(children, System.getenv());
  }

  AgentDriver driver() {
    return new AcpDriver(launching);
  }

  OneShot shot(Habits habits, Script script) {
    return shot(habits, script, Duration.ofSeconds(60));
  }

  OneShot shot(Habits habits, Script script, Duration grace) {
    return new OneShot(
        driver(),
        order(ScriptedAgents.agent(habits.log(folder.resolve("received"))), script),
        grace);
  }

  OneShot.Order order(Agent agent, Script script) {
    return new OneShot.Order(
        agent,
        new Launch(work, work, Map.of()),
        ThreadSettings.writing(work),
        ids.turn(),
        new Prompt(script.prompt(), List.of()),
        new TurnSettings(null, null, null));
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

  @Override
  public void close() {
    children.close();
  }
}
