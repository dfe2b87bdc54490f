package dev.signalbox.cli;

import static dev.signalbox.cli.References.text;

import dev.signalbox.config.RuntimeContext;
import dev.signalbox.refusal.Refused;
import java.time.Instant;
import java.time.ZoneId;
import org.jspecify.annotations.Nullable;

/// The server as it answers now, and what it knows of agents.
final class ServerCheck {
  private static final String SERVER = "server";
  private static final String AGENTS = "agents";

  private ServerCheck() {}

  /// @param only an agent's name; null for all
  static void check(Report report, RuntimeContext context, @Nullable String only)
      throws InterruptedException {
    try {
      var found = RunningServer.find(context);
      if (found.isEmpty()) {
        report.fact(SERVER, "state", "not running; `signalbox up` starts it");
        return;
      }
      try (var server = found.get()) {
        state(report, server);
        processes(report, server);
        agents(report, server, only);
      }
    } catch (Refused | ServerRefused e) {
      report.problem(SERVER, "state", String.valueOf(e.getMessage()));
    }
  }

  private static void state(Report report, RunningServer server) throws InterruptedException {
    var note = server.note();
    report.fact(SERVER, "state", "up at %s, pid %d".formatted(note.url(), note.pid()));
    report.fact(
        SERVER, "started", Ages.of(note.startedAt(), Instant.now(), ZoneId.systemDefault()));
    var version = text(server.rest().health(), "version");
    if (version.equals(Signalbox.Version.own())) {
      report.fact(SERVER, "version", version);
    } else {
      report.problem(
          SERVER,
          "version",
          "%s, not that of this command; `signalbox down` and `signalbox up` start the newer one"
              .formatted(version.isEmpty() ? "not told to this token" : version));
    }
  }

  private static void processes(Report report, RunningServer server) throws InterruptedException {
    for (var process : server.rest().get("/api/processes")) {
      report.fact(
          SERVER,
          "agent process %d".formatted(process.path("pid").asLong()),
          "%s, %d lanes, %d MB, sandbox %s"
              .formatted(
                  text(process, "agent"),
                  process.path("lanes").size(),
                  process.path("memory").asLong(0) >> 20,
                  text(process, "sandbox")));
    }
  }

  private static void agents(Report report, RunningServer server, @Nullable String only)
      throws InterruptedException {
    for (var agent : Agents.known(server)) {
      var id = text(agent, "id");
      if (only != null && !only.equals(id)) {
        continue;
      }
      var version = text(agent, "version");
      report.fact(
          AGENTS,
          id,
          agent.path("ready").asBoolean(false)
              ? "ready" + (version.isEmpty() ? "" : ", " + version)
              : "not ready: " + text(agent, "reason"));
    }
  }
}
