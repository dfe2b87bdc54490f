package dev.signalbox.cli;

import static dev.signalbox.cli.References.text;

import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;

/// `signalbox stop`.
@Command(
    name = "stop",
    description =
        "Interrupt what runs in a lane of a session. The agent stays up; the other lane goes on.")
final class Stop implements Callable<Integer> {
  private final Cli.Host host;

  @Mixin private final CommonOptions common;

  @Parameters(
      paramLabel = "S",
      description = "The session: its id, an unmistakable beginning or end of it, or last.")
  String session = "";

  @Option(
      names = "--lane",
      paramLabel = "LANE",
      description = "worker, planner or another lane (default: ${DEFAULT-VALUE}).")
  String lane = "worker";

  @Option(
      names = "--force",
      description = "Replace the agent's process at once instead of asking the agent to stop.")
  boolean force;

  Stop(Cli.Host host) {
    this.host = host;
    this.common = new CommonOptions(host.environment());
  }

  @Override
  public Integer call() throws InterruptedException {
    try (var server = RunningServer.require(common.context())) {
      var found = References.session(server, session);
      var meant = References.lane(found, lane);
      if (common.agent != null && !runs(meant, common.agent)) {
        References.requireAgent(server, common.agent);
        return say(meant, found, Rest.object().putNull("turn"));
      }
      var reply =
          server
              .rest()
              .post(
                  "/api/sessions/%s/lanes/%s/interrupt"
                      .formatted(text(found, "id"), text(meant, "id")),
                  Rest.object().put("force", force));
      return say(meant, found, reply);
    }
  }

  private static boolean runs(JsonNode lane, String agent) {
    return text(lane, "agent").equals(agent);
  }

  private int say(JsonNode lane, JsonNode session, JsonNode reply) {
    var turn = text(reply, "turn");
    if (common.json) {
      new Screen(host).json(reply);
    } else if (turn.isEmpty()) {
      new Screen(host)
          .line(
              "Nothing%s runs in the lane %s.%s"
                  .formatted(
                      common.agent == null ? "" : " of " + common.agent,
                      text(lane, "name"),
                      busy(session, lane)));
    } else {
      new Screen(host).line("Stopping turn %s in the lane %s.".formatted(turn, text(lane, "name")));
    }
    return 0;
  }

  private static String busy(JsonNode session, JsonNode but) {
    var others =
        session
            .path("lanes")
            .valueStream()
            .filter(lane -> !text(lane, "id").equals(text(but, "id")))
            .filter(lane -> !text(lane, "state").equals("idle"))
            .map(lane ->
                "%s is %s: --lane %s"
                    .formatted(text(lane, "name"), text(lane, "state"), text(lane, "name")))
            .collect(Collectors.joining("; "));
    return others.isEmpty() ? "" : " (" + others + ")";
  }
}
