package dev.signalbox.agent.exec;

import dev.signalbox.agent.Agent;
import dev.signalbox.agent.AgentEvent;
import dev.signalbox.agent.ThreadSettings;
import dev.signalbox.agent.TurnResult;
import dev.signalbox.agent.TurnSettings;
import dev.signalbox.agent.claude.StreamMapping;
import dev.signalbox.agent.launch.Problems;
import dev.signalbox.agent.wire.Json;
import dev.signalbox.event.Usage;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/// `claude -p --output-format stream-json`: the lines of the warm driver, so they mean the same.
/// Nothing is asked: without somebody to answer it denies by itself.
final class ClaudePrint implements Dialect {
  @Override
  public List<String> command(
      Agent agent, ThreadSettings thread, TurnSettings turn, @Nullable String nativeId) {
    var command = new ArrayList<>(agent.argv());
    command.addAll(
        List.of("-p", "--output-format", "stream-json", "--verbose", "--include-partial-messages"));
    // Without it the agent's own default counts, which changes between versions.
    command.addAll(List.of("--permission-mode", mode(thread, turn)));
    if (turn.model() != null) {
      command.addAll(List.of("--model", turn.model()));
    }
    if (nativeId != null) {
      command.addAll(List.of("--resume", nativeId));
    }
    return command;
  }

  private static String mode(ThreadSettings thread, TurnSettings turn) {
    // Nobody would grant what is asked in it, so `default` reads and no more; plan mode would let
    // the model talk of plans instead of answering.
    return thread.readOnly() || turn.mode() == null ? "default" : turn.mode();
  }

  @Override
  public boolean forgot(String said) {
    return said.contains("No conversation found with session ID");
  }

  @Override
  public Reading reading(Agent agent, ThreadSettings thread) {
    return new Lines(agent, new StreamMapping(thread.directory()));
  }

  private static final class Lines implements Reading {
    private final Agent agent;
    private final StreamMapping mapping;
    private @Nullable String nativeId;
    private @Nullable TurnResult end;

    Lines(Agent agent, StreamMapping mapping) {
      this.agent = agent;
      this.mapping = mapping;
    }

    @Override
    public List<AgentEvent> map(JsonNode line) {
      var session = Json.text(line, "session_id");
      if (session != null && !session.isEmpty()) {
        nativeId = session;
      }
      if (Json.text(line, "type", "").equals("result")) {
        end = result(line);
      }
      return mapping.map(line);
    }

    /// `is_error` decides: an error of the model's server comes with the subtype `success`.
    private TurnResult result(JsonNode line) {
      var used = usage(line);
      if (!Json.flag(line, "is_error")) {
        return new TurnResult.Completed(Json.text(line, "stop_reason", "end_turn"), used);
      }
      var said = Json.text(line, "result", "");
      var why = said.isBlank() ? line.path("errors").toString() : said;
      var status = Json.number(line, "api_error_status");
      return new TurnResult.Failed(
          Problems.told(agent, status == null ? 0 : status.intValue(), why, null), used);
    }

    private static Usage usage(JsonNode line) {
      var used = line.path("usage");
      var cost = line.path("total_cost_usd");
      return new Usage(
          Json.number(used, "input_tokens"),
          Json.number(used, "output_tokens"),
          Json.number(used, "cache_read_input_tokens"),
          null,
          null,
          null,
          null,
          cost.isNumber() ? Double.valueOf(cost.asDouble(0)) : null,
          cost.isNumber() ? "USD" : null);
    }

    @Override
    public @Nullable String nativeId() {
      return nativeId;
    }

    @Override
    public @Nullable TurnResult end() {
      return end;
    }
  }
}
