package dev.signalbox.cli;

import static dev.signalbox.cli.References.text;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;

/// `signalbox agents`.
@Command(
    name = "agents",
    description =
        "List the agents: version, ready or the reason why not, and the command that installs one.")
final class Agents implements Callable<Integer> {
  /// A server that has just been started looks for them in the background.
  private static final Duration LONGEST_WAIT = Duration.ofSeconds(15);

  private static final long BETWEEN_LOOKS_MILLIS = 100;

  private final Cli.Host host;

  @Mixin private final CommonOptions common;

  Agents(Cli.Host host) {
    this.host = host;
    this.common = new CommonOptions(host.environment());
  }

  @Override
  public Integer call() throws InterruptedException {
    try (var server = RunningServer.require(common.context())) {
      if (common.agent != null) {
        References.requireAgent(server, common.agent);
      }
      var agents = known(server).stream().filter(agent -> common.means(text(agent, "id"))).toList();
      if (common.json) {
        new Screen(host).json(JsonNodeFactory.instance.arrayNode().addAll(agents));
      } else {
        new Screen(host).table(table(agents));
      }
      return 0;
    }
  }

  /// All of them, each looked for if that is only a matter of seconds.
  static List<JsonNode> known(RunningServer server) throws InterruptedException {
    var end = System.nanoTime() + LONGEST_WAIT.toNanos();
    while (true) {
      var agents = References.list(server.rest().get("/api/agents"));
      var all = agents.stream().allMatch(agent -> agent.path("installed").isBoolean());
      if (all || System.nanoTime() > end) {
        return agents;
      }
      Thread.sleep(BETWEEN_LOOKS_MILLIS);
    }
  }

  static Table table(List<JsonNode> agents) {
    var table = new Table("AGENT", "NAME", "VERSION", "READY", "INSTALL");
    for (var agent : agents) {
      var ready = agent.path("ready").asBoolean(false);
      table.row(
          text(agent, "id"),
          text(agent, "name"),
          agent.path("version").isNull() ? "-" : text(agent, "version"),
          ready ? "yes" : "no: " + text(agent, "reason"),
          agent.path("installed").asBoolean(false) ? "" : text(agent, "install"));
    }
    return table;
  }
}
