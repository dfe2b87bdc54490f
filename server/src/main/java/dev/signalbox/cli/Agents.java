package dev.signalbox.cli;

import static dev.signalbox.cli.References.text;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;

/// `signalbox agents`.
@Command(
    name = "agents",
    description = {
      "List the agents: version, ready or the reason why not, and the command that installs one.",
      "`agents test NAME` tries one with a real process and real prompts: can it be started, stopped,"
          + " asked, resumed. That takes some minutes and uses the agent's model.",
      ""
    },
    footer = {"", "Exit codes of `agents test`: 0 nothing failed, 1 something did."})
final class Agents implements Callable<Integer> {
  /// A server that has just been started looks for them in the background.
  private static final Duration LONGEST_WAIT = Duration.ofSeconds(15);

  private static final long BETWEEN_LOOKS_MILLIS = 100;

  private final Cli.Host host;

  @Mixin private final CommonOptions common;

  @Parameters(
      paramLabel = "test NAME",
      arity = "0..2",
      hideParamSyntax = true,
      description = "Try the agent of that name with the conformance scenarios.")
  List<String> words = List.of();

  Agents(Cli.Host host) {
    this.host = host;
    this.common = new CommonOptions(host.environment());
  }

  @Override
  public Integer call() throws InterruptedException {
    if (!words.isEmpty()) {
      return test();
    }
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

  private int test() throws InterruptedException {
    if (words.size() != 2 || !words.getFirst().equals("test")) {
      throw new WrongCall(
          "It is `signalbox agents` or `signalbox agents test NAME`, not \"agents %s\"."
              .formatted(Plain.line(String.join(" ", words))));
    }
    try (var server = RunningServer.require(common.context())) {
      return new AgentTrial(server, new Screen(host), common.json).run(words.getLast());
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
