package dev.signalbox.agent;

import dev.signalbox.agent.Agent.Setup;
import dev.signalbox.agent.Agent.SignIn;
import dev.signalbox.config.Settings.AgentSettings;
import dev.signalbox.config.Settings.McpSettings;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// What the user's settings make of how an agent is run. Pure.
final class Setups {
  private Setups() {}

  /// The known setup with the settings laid over it. A command of the user's own brings along
  /// whatever it needs.
  static Setup over(Setup known, AgentSettings its) {
    var modes = its.modes();
    var way = its.authenticate();
    return new Setup(
        modes != null && modes.readOnly() != null ? modes.readOnly() : known.readOnlyMode(),
        modes != null && modes.writing() != null ? modes.writing() : known.writingMode(),
        way != null ? new SignIn(way.method(), way.url(), way.headers()) : known.signIn(),
        known.servers(),
        its.command() == null ? known.runtime() : null);
  }

  /// The agent with the MCP servers that are meant for it, by name.
  static Agent served(Agent agent, Map<String, McpSettings> servers) {
    var own = new ArrayList<McpServer>();
    new TreeMap<>(servers)
        .forEach((name, its) -> {
          if (its.agents() == null || its.agents().contains(agent.name())) {
            own.add(server(name, its));
          }
        });
    var setup = agent.setup();
    return own.isEmpty()
        ? agent
        : agent.with(
            new Setup(
                setup.readOnlyMode(), setup.writingMode(), setup.signIn(), own, setup.runtime()));
  }

  private static McpServer server(String name, McpSettings its) {
    if (its.url() != null) {
      return new McpServer.Http(name, its.url(), its.headers());
    }
    var argv = new ArrayList<String>(List.of(String.valueOf(its.command())));
    argv.addAll(its.args());
    return new McpServer.Stdio(name, argv, its.env());
  }
}
