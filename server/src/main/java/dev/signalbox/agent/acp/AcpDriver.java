package dev.signalbox.agent.acp;

import dev.signalbox.agent.Agent;
import dev.signalbox.agent.AgentDriver;
import dev.signalbox.agent.AgentProcess;
import dev.signalbox.agent.AgentUnavailable;
import dev.signalbox.agent.Launch;
import dev.signalbox.agent.Probe;
import dev.signalbox.agent.ThreadSettings;
import dev.signalbox.process.Children;
import dev.signalbox.process.Command;
import dev.signalbox.process.Environment;
import dev.signalbox.process.StartFailed;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Speaks to every agent that speaks ACP over its standard streams.
public final class AcpDriver implements AgentDriver {
  private final Children children;
  private final Map<String, String> serverEnvironment;
  private final Limits limits;

  /// @param serverEnvironment the server's own; only what is on the allow-list, and what an agent's
  ///   environment refers to as `${NAME}`, reaches an agent
  public AcpDriver(Children children, Map<String, String> serverEnvironment) {
    this(children, serverEnvironment, Limits.DEFAULT);
  }

  AcpDriver(Children children, Map<String, String> serverEnvironment, Limits limits) {
    this.children = children;
    this.serverEnvironment = Map.copyOf(serverEnvironment);
    this.limits = limits;
  }

  /// Starts the agent and begins a conversation in an empty folder, because only that tells whether
  /// somebody is logged in and what can be chosen; both are ended again.
  @Override
  public Probe probe(Agent agent) throws InterruptedException {
    Path folder;
    try {
      folder = Files.createTempDirectory("signalbox-probe-");
    } catch (IOException e) {
      return new Probe(true, null, false, "No temporary folder could be made: " + e, null, null);
    }
    try {
      return probe(agent, folder);
    } finally {
      delete(folder);
    }
  }

  private Probe probe(Agent agent, Path folder) throws InterruptedException {
    AcpProcess process;
    try {
      process = started(agent, new Launch(null, folder, Map.of()));
    } catch (AgentUnavailable e) {
      return new Probe(!Problems.missing(e.problem()), null, false, reason(e), null, null);
    }
    var told = process.introduction();
    var version = told.version() != null ? told.version() : version(agent, folder);
    try (process) {
      var thread = process.open(new ThreadSettings(folder));
      var offers = thread.offers();
      thread.close();
      return new Probe(true, version, true, null, told.capabilities(), offers);
    } catch (AgentUnavailable e) {
      return new Probe(true, version, false, reason(e), told.capabilities(), null);
    }
  }

  /// Not every agent tells its version in the protocol.
  private @Nullable String version(Agent agent, Path folder) throws InterruptedException {
    if (agent.versionArgv().isEmpty()) {
      return null;
    }
    try {
      return new VersionCommand(children)
          .run(command(agent, agent.versionArgv(), new Launch(null, folder, Map.of())));
    } catch (StartFailed e) {
      return null;
    }
  }

  @Override
  public AgentProcess start(Agent agent, Launch launch) throws InterruptedException {
    return started(agent, launch);
  }

  private AcpProcess started(Agent agent, Launch launch) throws InterruptedException {
    try {
      var child = children.start(command(agent, agent.argv(), launch));
      return AcpProcess.introduce(agent, child, limits);
    } catch (StartFailed e) {
      throw Problems.notStarted(agent, String.valueOf(e.getMessage()));
    }
  }

  private Command command(Agent agent, List<String> argv, Launch launch) {
    var references = new References(serverEnvironment);
    return new Command(
        references.expand(argv),
        launch.directory(),
        Environment.of(
            serverEnvironment, references.expand(agent.environment()), launch.environment()));
  }

  private static String reason(AgentUnavailable e) {
    @Nullable String hint = e.problem().hint();
    return e.problem().detail() + Optional.ofNullable(hint).map(text -> " " + text).orElse("");
  }

  /// Agents may leave files in the folder they work in.
  private static void delete(Path folder) {
    try (var files = Files.walk(folder)) {
      for (var file : files.sorted((a, b) -> b.compareTo(a)).toList()) {
        Files.deleteIfExists(file);
      }
    } catch (IOException e) {
      // A file of the agent's own that appeared meanwhile; the system's temporary folder keeps it.
    }
  }
}
