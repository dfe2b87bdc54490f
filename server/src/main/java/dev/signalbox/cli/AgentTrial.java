package dev.signalbox.cli;

import static dev.signalbox.cli.References.text;

import tools.jackson.databind.JsonNode;

/// `signalbox agents test NAME`: has the server try an agent, and tells each finding as it comes.
final class AgentTrial {
  private static final long BETWEEN_LOOKS_MILLIS = 250;
  private static final String ROW = "%-12s %-18s %6s  %s";

  private final RunningServer server;
  private final Screen screen;
  private final boolean json;

  AgentTrial(RunningServer server, Screen screen, boolean json) {
    this.server = server;
    this.screen = screen;
    this.json = json;
  }

  /// @return 0 when nothing failed, else 1
  int run(String agent) throws InterruptedException {
    var path = "/api/agents/" + Rest.encoded(agent) + "/test";
    var test = server.rest().post(path, Rest.object());
    if (!json) {
      screen.line(ROW.formatted("VERDICT", "SCENARIO", "TIME", "WHAT"));
    }
    int told = 0;
    while (true) {
      var findings = References.list(test.path("findings"));
      for (; told < findings.size() && !json; told++) {
        screen.line(row(findings.get(told)));
      }
      if (!test.has("running")) {
        return end(test);
      }
      Thread.sleep(BETWEEN_LOOKS_MILLIS);
      test = server.rest().get(path);
    }
  }

  private int end(JsonNode test) {
    boolean passed = test.path("passed").asBoolean(false);
    if (json) {
      screen.json(test);
    } else {
      screen.line(sum(test, passed));
    }
    return passed ? 0 : Cli.FAILED;
  }

  private static String row(JsonNode finding) {
    var detail = text(finding, "detail");
    return ROW.formatted(
        text(finding, "verdict").replace('-', ' '),
        text(finding, "scenario"),
        "%.1f s".formatted(finding.path("millis").asLong() / 1_000.0),
        text(finding, "title") + (detail.isEmpty() ? "" : ": " + Plain.line(detail)));
  }

  private static String sum(JsonNode test, boolean passed) {
    var agent = text(test, "agent");
    int missing = test.path("scenarios").asInt() - test.path("findings").size();
    if (missing > 0) {
      return "%s was not tried to the end: %d scenarios are missing; the server's log says more."
          .formatted(agent, missing);
    }
    return passed ? agent + " passes." : agent + " does not pass.";
  }
}
