package dev.signalbox.cli;

import static dev.signalbox.cli.References.text;

import java.time.Instant;
import java.time.ZoneId;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;

/// `signalbox ls`.
@Command(
    name = "ls",
    description =
        "List the sessions, newest first, and what their lanes do: idle, queued, running, waiting (for"
            + " you) or error.")
final class Ls implements Callable<Integer> {
  private final Cli.Host host;

  @Mixin private final CommonOptions common;

  @Option(
      names = "--project",
      paramLabel = "PATH",
      description = "Only sessions of this folder (or of the project with this id or name).")
  @Nullable String project;

  @Option(
      names = "--state",
      paramLabel = "STATE",
      description = "Only sessions in this state: idle, queued, running, waiting or error.")
  @Nullable String state;

  Ls(Cli.Host host) {
    this.host = host;
    this.common = new CommonOptions(host.environment());
  }

  @Override
  public Integer call() throws InterruptedException {
    try (var server = RunningServer.require(common.context())) {
      if (common.agent != null) {
        References.requireAgent(server, common.agent);
      }
      var projects = projects(server);
      var sessions =
          References.list(server.rest().get("/api/sessions" + query(projects))).stream()
              .filter(this::isMeant)
              .toList();
      if (common.json) {
        new Screen(host).json(JsonNodeFactory.instance.arrayNode().addAll(sessions));
      } else {
        print(sessions, projects);
      }
      return 0;
    }
  }

  private static Map<String, JsonNode> projects(RunningServer server) throws InterruptedException {
    var projects = new HashMap<String, JsonNode>();
    for (var each : References.list(server.rest().get("/api/projects"))) {
      projects.put(text(each, "id"), each);
    }
    return projects;
  }

  private String query(Map<String, JsonNode> projects) {
    var project = this.project;
    var query = new StringBuilder("?");
    if (project != null) {
      query.append("project=").append(Rest.encoded(id(project, projects))).append('&');
    }
    if (state != null) {
      query.append("state=").append(Rest.encoded(state));
    }
    return query.toString();
  }

  private static String id(String project, Map<String, JsonNode> projects) {
    var folder = References.folder(project);
    return projects.values().stream()
        .filter(each ->
            List.of(text(each, "id"), text(each, "name")).contains(project)
                || References.isSameFolder(text(each, "path"), folder))
        .map(each -> text(each, "id"))
        .findFirst()
        .orElseThrow(() ->
            new ServerRefused(
                404,
                "unknown_project",
                "There is no project \"%s\"; there is: %s."
                    .formatted(
                        project,
                        projects.isEmpty()
                            ? "none yet"
                            : projects.values().stream()
                                .map(each -> text(each, "path"))
                                .sorted()
                                .collect(Collectors.joining(", ")))));
  }

  private boolean isMeant(JsonNode session) {
    return common.agent == null
        || session.path("lanes").valueStream().anyMatch(lane -> common.means(text(lane, "agent")));
  }

  private void print(List<JsonNode> sessions, Map<String, JsonNode> projects) {
    if (sessions.isEmpty()) {
      new Screen(host)
          .line("No sessions. `signalbox send --project PATH --agent A \"TEXT\"` makes one.");
      return;
    }
    var table = new Table("SESSION", "PROJECT", "LANES", "UPDATED", "TITLE");
    for (var session : sessions) {
      var project = projects.get(text(session, "project"));
      table.row(
          text(session, "id"),
          project == null ? text(session, "project") : text(project, "name"),
          lanes(session),
          age(text(session, "updatedAt")),
          text(session, "title"));
    }
    new Screen(host).table(table);
  }

  private static String lanes(JsonNode session) {
    return session
        .path("lanes")
        .valueStream()
        .map(lane -> {
          var agent = text(lane, "agent");
          return text(lane, "name")
              + " "
              + text(lane, "state")
              + (agent.isEmpty() ? "" : " (" + agent + ")");
        })
        .collect(Collectors.joining(", "));
  }

  private static String age(String at) {
    return at.isEmpty() ? "" : Ages.of(Instant.parse(at), Instant.now(), ZoneId.systemDefault());
  }
}
