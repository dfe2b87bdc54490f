package dev.signalbox.cli;

import static dev.signalbox.cli.References.text;

import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/// Which agent gets a prompt when none is named: the one the lane used last, else the only one that
/// is ready. The practice agent is never chosen by itself.
record AgentChoice(RunningServer server) {
  private static final String PRACTICE = "practice";

  /// @param named what the caller said
  /// @throws WrongCall that lists them when it is not clear
  String choose(@Nullable String named, JsonNode lane) throws InterruptedException {
    if (named != null) {
      return named;
    }
    var last = text(lane, "agent");
    if (!last.isEmpty()) {
      return last;
    }
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
