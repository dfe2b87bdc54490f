package dev.signalbox.cli;

import static dev.signalbox.cli.References.text;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;

/// `signalbox attach`.
@Command(
    name = "attach",
    description = {
      "Watch a lane of a session: the last things that happened, then everything as it happens."
          + " Ctrl-C ends the watching, nothing else.",
      ""
    })
final class Attach implements Callable<Integer> {
  private static final int MOST_HISTORY = 200;

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
      names = "--tail",
      paramLabel = "N",
      description = "How much of what happened before to show, 0 to 200 items (default: 20).")
  int tail = 20;

  @Option(
      names = "--until-idle",
      description =
          "End when nothing runs and nothing is queued any more, with the exit code of the last turn"
              + " as of `send --follow`.")
  boolean untilIdle;

  Attach(Cli.Host host) {
    this.host = host;
    this.common = new CommonOptions(host.environment());
  }

  @Override
  public Integer call() throws InterruptedException {
    if (tail < 0 || tail > MOST_HISTORY) {
      throw new WrongCall("--tail is 0 to 200, not %d.".formatted(tail));
    }
    try (var server = RunningServer.require(common.context())) {
      if (common.agent != null) {
        References.requireAgent(server, common.agent);
      }
      var found = References.session(server, session);
      var meant = References.lane(found, lane);
      var screen = new Screen(host);
      var page =
          server
              .rest()
              .get(
                  "/api/sessions/%s/lanes/%s/items?limit=%d"
                      .formatted(text(found, "id"), text(meant, "id"), Math.max(1, tail)));
      try (var _ = new Parting(screen, "\nNo longer watching; the lane goes on.");
          var stream =
              new LaneStream(
                  common.context(),
                  server,
                  text(found, "id"),
                  text(meant, "id"),
                  page.path("seq").asLong(),
                  screen::remark)) {
        return watch(stream, page, meant, screen);
      }
    }
  }

  private int watch(LaneStream stream, JsonNode page, JsonNode lane, Screen screen)
      throws InterruptedException {
    Telling telling;
    if (common.json) {
      telling = new Telling.Lines(screen, this::holdsFrame);
      for (var item : page.path("items")) {
        if (tail > 0) {
          telling.tell(Rest.object().put("type", "item").set("item", item));
        }
      }
    } else {
      var narrator = new Narrator(host.out(), this::holds, true, new GrownText(stream));
      for (var item : page.path("items")) {
        if (tail > 0 || text(item, "status").equals("open")) {
          narrator.show(item);
        }
      }
      telling = narrator;
    }
    return new LaneWatch(stream, telling, screen, untilIdle, text(lane, "state")).run();
  }

  private boolean holds(JsonNode thing) {
    var agent = text(thing, "agent");
    return agent.isEmpty() || common.means(agent);
  }

  private boolean holdsFrame(JsonNode frame) {
    return holds(frame) && holds(frame.path("item")) && holds(frame.path("ask"));
  }
}
