package dev.signalbox.cli;

import static dev.signalbox.cli.References.text;

import java.util.List;
import java.util.stream.Collectors;

/// Which agent gets a prompt when none is named: the one the lane used last, else the only one that
/// is ready. The practice agent is never chosen by itself.
record AgentChoice(RunningServer server) {
  private static final String PRACTICE = "practice";

  /// For a lane that is there.
  ///
  /// @throws WrongCall that lists them when it is not clear
  String of(String session, String lane) throws InterruptedException {
    var turns =
        server
            .rest()
            .get("/api/sessions/%s/lanes/%s/turns?limit=1".formatted(session, lane))
            .path("turns");
    return turns.isEmpty() ? only() : text(turns.path(0), "agent");
  }

  /// For a lane that is to be made.
  ///
  /// @throws WrongCall that lists them when it is not clear
  String only() throws InterruptedException {
    var ready =
        Agents.known(server).stream()
            .filter(agent -> agent.path("ready").asBoolean(false))
            .map(agent -> text(agent, "id"))
            .toList();
    var real = ready.stream().filter(name -> !name.equals(PRACTICE)).toList();
    if (real.size() == 1) {
      return real.getFirst();
    }
    throw new WrongCall(
        "Say which agent gets the prompt: --agent A. Ready: %s; `signalbox agents` lists all."
            .formatted(names(ready)));
  }

  private static String names(List<String> ready) {
    return ready.isEmpty() ? "none" : ready.stream().sorted().collect(Collectors.joining(", "));
  }
}
