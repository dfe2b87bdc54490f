package dev.signalbox.cli;

import static dev.signalbox.cli.References.text;

import java.time.Instant;
import java.time.ZoneId;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;

/// `signalbox run`.
@Command(
    name = "run",
    description = {
      "Have an agent do one job without a session, in a fresh process and an empty folder of its"
          + " own, and wait for the answer. Nobody is asked: what the agent asks is denied.",
      ""
    },
    footer = {
      "",
      "JOB is the id of a job, an unmistakable beginning or end of it, or last. Exit codes: 0"
          + " completed, 1 failed, 130 cancelled. Ctrl-C ends the waiting, not the job."
    })
final class Run implements Callable<Integer> {
  private final Cli.Host host;

  @Mixin private final CommonOptions common;

  @Parameters(
      paramLabel = "TEXT|-",
      arity = "0..1",
      description =
          "What to do; - reads it from standard input. Put -- before a text that begins with -.")
  @Nullable String text;

  @Option(
      names = "--project",
      paramLabel = "PATH",
      description =
          "The project the job belongs to; it is registered when missing (default: this folder).")
  String project = ".";

  @Option(names = "--model", paramLabel = "M", description = "One of the agent's models.")
  @Nullable String model;

  @Option(names = "--mode", paramLabel = "M", description = "One of the agent's modes.")
  @Nullable String mode;

  @Option(
      names = "--in-place",
      description = "Work in the project's own folder instead of an empty one.")
  boolean inPlace;

  @Option(
      names = "--follow",
      description = "Print the answer as it grows, until the job ends. So it is anyway.")
  boolean follow;

  @Option(names = "--detach", description = "Only print the job's id, and do not wait.")
  boolean detach;

  @Option(names = "--list", description = "List the jobs, newest first.")
  boolean list;

  @Option(names = "--show", paramLabel = "JOB", description = "Show a job, and wait for its end.")
  @Nullable String show;

  @Option(names = "--retry", paramLabel = "JOB", description = "Run one that has ended once more.")
  @Nullable String retry;

  @Option(names = "--cancel", paramLabel = "JOB", description = "Cancel a job.")
  @Nullable String cancel;

  @Option(names = "--remove", paramLabel = "JOB", description = "Remove one that has ended.")
  @Nullable String remove;

  Run(Cli.Host host) {
    this.host = host;
    this.common = new CommonOptions(host.environment());
  }

  @Override
  public Integer call() throws InterruptedException {
    var wanted =
        Stream.of(text, list ? "" : null, show, retry, cancel, remove)
            .filter(Objects::nonNull)
            .count();
    if (wanted != 1) {
      throw new WrongCall(
          "Give the text of the job, or one of --list, --show, --retry, --cancel and --remove.");
    }
    var prompt = text == null ? "" : PromptText.of(text, host.in());
    try (var server = RunningServer.require(common.context())) {
      if (list) {
        return print(server);
      }
      if (cancel != null) {
        return cancel(server, References.job(server, cancel));
      }
      if (remove != null) {
        return remove(server, References.job(server, remove));
      }
      return await(server, job(server, prompt));
    }
  }

  private JsonNode job(RunningServer server, String prompt) throws InterruptedException {
    if (show != null) {
      return References.job(server, show);
    }
    if (retry != null) {
      var id = text(References.job(server, retry), "id");
      return server.rest().post("/api/jobs/" + id + "/retry", Rest.object());
    }
    var agent = common.agent != null ? common.agent : new AgentChoice(server).only();
    var place = Rest.object().put("path", References.folder(project));
    var body =
        Rest.object()
            .put("project", text(server.rest().post("/api/projects", place), "id"))
            .put("agent", agent)
            .put("text", prompt);
    if (model != null) {
      body.put("model", model);
    }
    if (mode != null) {
      body.put("mode", mode);
    }
    if (inPlace) {
      body.put("isolation", "in-place");
    }
    return server.rest().post("/api/jobs", body);
  }

  private int await(RunningServer server, JsonNode job) throws InterruptedException {
    var screen = new Screen(host);
    var id = text(job, "id");
    if (!detach) {
      return new JobFollow(server, screen, id, common.json).run();
    }
    if (common.json) {
      screen.json(job);
    } else {
      screen.line(
          "Job %s is %s; `signalbox run --show %s` shows it and waits for it."
              .formatted(id, text(job, "state"), id));
    }
    return 0;
  }

  private int cancel(RunningServer server, JsonNode job) throws InterruptedException {
    var id = text(job, "id");
    if (JobFollow.ended(job)) {
      new Screen(host)
          .remark("The job %s has ended already (%s).".formatted(id, text(job, "state")));
      return 0;
    }
    return done(server.rest().delete("/api/jobs/" + id), "The job %s is being cancelled.", id);
  }

  private int remove(RunningServer server, JsonNode job) throws InterruptedException {
    var id = text(job, "id");
    if (!JobFollow.ended(job)) {
      throw new WrongCall("The job %s is not over; cancel it first, or wait.".formatted(id));
    }
    return done(server.rest().delete("/api/jobs/" + id), "The job %s is removed.", id);
  }

  private int done(JsonNode answer, String words, String id) {
    if (common.json) {
      new Screen(host).json(answer.isEmpty() ? Rest.object().put("id", id) : answer);
    } else {
      new Screen(host).line(words.formatted(id));
    }
    return 0;
  }

  private int print(RunningServer server) throws InterruptedException {
    if (common.agent != null) {
      References.requireAgent(server, common.agent);
    }
    var jobs =
        References.list(server.rest().get("/api/jobs")).stream()
            .filter(job -> common.means(text(job, "agent")))
            .toList();
    if (common.json) {
      new Screen(host).json(JsonNodeFactory.instance.arrayNode().addAll(jobs));
    } else if (jobs.isEmpty()) {
      new Screen(host).line("No jobs. `signalbox run --agent A \"TEXT\"` makes one.");
    } else {
      new Screen(host).table(table(jobs));
    }
    return 0;
  }

  private static Table table(List<JsonNode> jobs) {
    var table = new Table("JOB", "AGENT", "STATE", "MADE", "TITLE");
    for (var job : jobs) {
      var made = Instant.parse(text(job, "createdAt"));
      table.row(
          text(job, "id"),
          text(job, "agent"),
          text(job, "state"),
          Ages.of(made, Instant.now(), ZoneId.systemDefault()),
          Plain.line(text(job, "title")));
    }
    return table;
  }
}
