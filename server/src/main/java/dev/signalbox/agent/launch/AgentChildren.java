package dev.signalbox.agent.launch;

import dev.signalbox.agent.Agent;
import dev.signalbox.agent.AgentUnavailable;
import dev.signalbox.agent.Launch;
import dev.signalbox.agent.McpServer;
import dev.signalbox.agent.Versions;
import dev.signalbox.process.Child;
import dev.signalbox.process.Children;
import dev.signalbox.process.Command;
import dev.signalbox.process.Environment;
import dev.signalbox.process.StartFailed;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Starts the processes of agents: with what their registry entry refers to filled in, and with an
/// environment of the allow-list, the entry and the lane's powers. Any thread may call.
public final class AgentChildren {
  private final Children children;
  private final Map<String, String> serverEnvironment;

  /// @param serverEnvironment the server's own; only what is on the allow-list, and what an agent's
  ///   environment refers to as `${NAME}`, reaches an agent
  public AgentChildren(Children children, Map<String, String> serverEnvironment) {
    this.children = children;
    this.serverEnvironment = Map.copyOf(serverEnvironment);
  }

  /// Starts the agent with the arguments of its registry entry.
  ///
  /// @throws AgentUnavailable with the way out when it cannot be started
  public Child start(Agent agent, Launch launch) {
    return start(agent, agent.argv(), launch);
  }

  /// Starts the agent with other arguments than its registry entry has.
  ///
  /// @param argv the first is a name on PATH or an absolute path, `~` expanded
  /// @throws AgentUnavailable with the way out when it cannot be started
  public Child start(Agent agent, List<String> argv, Launch launch) {
    try {
      return children.start(command(agent, argv, launch));
    } catch (StartFailed e) {
      throw Problems.notStarted(agent, String.valueOf(e.getMessage()));
    }
  }

  /// What the agent's version command prints; null when it has none, or prints no version within 10
  /// s.
  ///
  /// @param folder where it runs
  /// @throws AgentUnavailable when it cannot be started
  public @Nullable String version(Agent agent, Path folder) throws InterruptedException {
    if (agent.versionArgv().isEmpty()) {
      return null;
    }
    try {
      return new VersionCommand(children)
          .run(command(agent, agent.versionArgv(), new Launch(null, folder, Map.of())));
    } catch (StartFailed e) {
      throw Problems.notStarted(agent, String.valueOf(e.getMessage()));
    }
  }

  /// What the agent needs beside its own command and is not here, in one sentence; null when
  /// nothing is lacking.
  ///
  /// @param folder where it is looked from
  public @Nullable String lacking(Agent agent, Path folder) throws InterruptedException {
    var needed = agent.setup().runtime();
    if (needed == null) {
      return null;
    }
    var launch = new Launch(null, folder, Map.of());
    String found;
    try {
      var argv = List.of(needed.program(), "--version");
      found = new VersionCommand(children).run(command(agent, argv, launch));
    } catch (StartFailed e) {
      return "%s needs %s %s or later, and there is no `%s` on the PATH."
          .formatted(agent.title(), needed.title(), needed.least(), needed.program());
    }
    return found == null || Versions.atLeast(found, needed.least())
        ? null
        : "%s needs %s %s or later; `%s` on the PATH is %s."
            .formatted(agent.title(), needed.title(), needed.least(), needed.program(), found);
  }

  /// The servers with what their settings refer to filled in, and their programs by their whole
  /// path.
  public List<McpServer> filledIn(List<McpServer> servers) {
    var references = new References(serverEnvironment);
    return servers.stream().map(references::expand).toList();
  }

  public Agent.SignIn filledIn(Agent.SignIn how) {
    var references = new References(serverEnvironment);
    return new Agent.SignIn(how.method(), how.url(), references.fill(how.headers()));
  }

  private Command command(Agent agent, List<String> argv, Launch launch) {
    var references = new References(serverEnvironment);
    return new Command(
        references.expand(argv),
        launch.directory(),
        Environment.of(
            serverEnvironment, references.expand(agent.environment()), launch.environment()));
  }
}
