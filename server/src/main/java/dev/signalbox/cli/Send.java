package dev.signalbox.cli;

import static dev.signalbox.cli.References.text;

import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;

/// `signalbox send`.
@Command(
    name = "send",
    description = {
      "Send a prompt to a lane. It is stored before this command ends, and it runs whether or not"
          + " anybody watches.",
      ""
    },
    footer = {
      "",
      "Exit codes with --follow: 0 completed, 1 failed, 130 interrupted, 3 needs an answer (the turn"
          + " waits for it; see `signalbox asks`). Ctrl-C ends the watching, not the turn."
    })
final class Send implements Callable<Integer> {
  private static final Set<String> NEW_LANES = Set.of("worker", "planner", "main");

  private final Cli.Host host;

  @Mixin private final CommonOptions common;

  @Parameters(
      paramLabel = "TEXT|-",
      description =
          "The prompt; - reads it from standard input. Put -- before a text that begins with -.")
  String text = "";

  @Option(
      names = "--session",
      paramLabel = "S",
      description = "The session: its id, an unmistakable beginning or end of it, or last.")
  @Nullable String session;

  @Option(
      names = "--project",
      paramLabel = "PATH",
      description =
          "The newest session of this folder. The project is registered and a session made when"
              + " missing.")
  @Nullable String project;

  @Option(names = "--new", description = "With --project: make a new session.")
  boolean fresh;

  @Option(
      names = "--lane",
      paramLabel = "LANE",
      description =
          "worker changes things, planner only reads and answers while the worker is busy (default:"
              + " ${DEFAULT-VALUE}).")
  String lane = "worker";

  @Option(names = "--model", paramLabel = "M", description = "One of the agent's models.")
  @Nullable String model;

  @Option(names = "--mode", paramLabel = "M", description = "One of the agent's modes.")
  @Nullable String mode;

  @Option(
      names = "--follow",
      description = "Stay and print the answer as it grows, until the turn ends.")
  boolean follow;

  Send(Cli.Host host) {
    this.host = host;
    this.common = new CommonOptions(host.environment());
  }

  @Override
  public Integer call() throws InterruptedException {
    if ((session == null) == (project == null)) {
      throw new WrongCall("Say where the prompt goes: --session S or --project PATH.");
    }
    if (fresh && project == null) {
      throw new WrongCall("--new makes a session in a project: give --project PATH with it.");
    }
    var prompt = PromptText.of(text, host.in());
    try (var server = RunningServer.require(common.context())) {
      var target = session != null ? sessionOf(server, session) : projectOf(server);
      var body =
          Rest.object()
              .put("clientId", UUID.randomUUID().toString())
              .put("text", prompt)
              .put("agent", target.agent());
      if (model != null) {
        body.put("model", model);
      }
      if (mode != null) {
        body.put("mode", mode);
      }
      var receipt =
          server
              .rest()
              .post(
                  "/api/sessions/%s/lanes/%s/turns"
                      .formatted(text(target.session(), "id"), text(target.lane(), "id")),
                  body);
      return follow
          ? follow(server, target.session(), target.lane(), receipt)
          : say(target.session(), target.lane(), receipt);
    }
  }

  /// Where the prompt goes and who gets it.
  private record Target(JsonNode session, JsonNode lane, String agent) {}

  private Target sessionOf(RunningServer server, String reference) throws InterruptedException {
    return target(server, References.session(server, reference));
  }

  private Target target(RunningServer server, JsonNode session) throws InterruptedException {
    var meant = References.lane(session, lane);
    return new Target(
        session,
        meant,
        common.agent != null
            ? common.agent
            : new AgentChoice(server).of(text(session, "id"), text(meant, "id")));
  }

  private Target projectOf(RunningServer server) throws InterruptedException {
    var folder = References.folder(String.valueOf(project));
    var known = fresh ? Optional.<JsonNode>empty() : newest(server, folder);
    if (known.isPresent()) {
      return target(server, known.get());
    }
    // Checked and chosen before anything is made, so that a wrong call makes nothing.
    if (!NEW_LANES.contains(lane)) {
      throw new WrongCall(
          "A new session has the lanes worker and planner, not \"%s\".".formatted(lane));
    }
    var agent = common.agent != null ? common.agent : new AgentChoice(server).only();
    var id = text(server.rest().post("/api/projects", Rest.object().put("path", folder)), "id");
    var made = server.rest().post("/api/projects/" + id + "/sessions", Rest.object());
    return new Target(made, References.lane(made, lane), agent);
  }

  private static Optional<JsonNode> newest(RunningServer server, String folder)
      throws InterruptedException {
    for (var each : References.list(server.rest().get("/api/projects"))) {
      if (References.isSameFolder(text(each, "path"), folder)) {
        return server
            .rest()
            .get("/api/sessions?project=" + text(each, "id"))
            .valueStream()
            .findFirst();
      }
    }
    return Optional.empty();
  }

  private int say(JsonNode place, JsonNode lane, JsonNode receipt) {
    if (common.json) {
      new Screen(host)
          .json(
              Rest.object()
                  .put("turn", text(receipt, "turn"))
                  .put("state", text(receipt, "state"))
                  .put("seq", receipt.path("seq").asLong())
                  .put("session", text(place, "id"))
                  .put("lane", text(lane, "id")));
    } else {
      new Screen(host)
          .line(
              "Turn %s is %s in the lane %s of session %s; `signalbox attach %s --lane %s` watches it."
                  .formatted(
                      text(receipt, "turn"),
                      text(receipt, "state"),
                      text(lane, "name"),
                      text(place, "id"),
                      text(place, "id"),
                      text(lane, "name")));
    }
    return 0;
  }

  private int follow(RunningServer server, JsonNode place, JsonNode lane, JsonNode receipt)
      throws InterruptedException {
    var screen = new Screen(host);
    var turn = text(receipt, "turn");
    var session = text(place, "id");
    var name = text(lane, "name");
    screen.remark("session %s, lane %s, turn %s".formatted(session, name, turn));
    var words =
        "\nThe turn goes on. `signalbox attach %s --lane %s` watches it, `signalbox stop %s --lane %s` stops it."
            .formatted(session, name, session, name);
    var scope = new TurnScope(turn);
    try (var _ = new Parting(screen, words);
        var stream =
            new LaneStream(
                common.context(),
                server,
                session,
                text(lane, "id"),
                receipt.path("seq").asLong() - 1,
                screen::remark)) {
      var telling =
          common.json
              ? new Telling.Lines(screen, scope::holdsFrame)
              : new Narrator(host.out(), scope::holds, false, new GrownText(stream));
      return new TurnFollow(stream, turn, telling, screen).run();
    }
  }
}
