package dev.signalbox.agent.claude;

import dev.signalbox.agent.AgentEvent;
import dev.signalbox.agent.AgentEvents;
import dev.signalbox.agent.Prompt;
import dev.signalbox.agent.wire.Json;
import dev.signalbox.event.Usage;
import dev.signalbox.id.TurnId;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/// One prompt under way: what its lines mean, its asks, its usage. The reader thread feeds it until
/// it is over, then the prompting thread ends it; what other threads touch says so.
final class RunningTurn {
  private final TurnId id;
  private final Prompt prompt;
  private final AgentEvents out;
  private final Path directory;
  private final boolean readOnly;
  private final Bill bill;
  private final StreamMapping mapping;
  private final TurnLife life;

  /// Added to by the reader, walked through by whoever interrupts.
  private final List<ClaudeAsk> asks = new CopyOnWriteArrayList<>();

  private volatile @Nullable Usage usage;

  RunningTurn(
      TurnId id,
      Prompt prompt,
      AgentEvents out,
      Path directory,
      boolean readOnly,
      Bill bill,
      TurnLife life) {
    this.id = id;
    this.prompt = prompt;
    this.out = out;
    this.directory = directory;
    this.readOnly = readOnly;
    this.bill = bill;
    this.life = life;
    this.mapping = new StreamMapping(directory);
  }

  TurnId id() {
    return id;
  }

  Prompt prompt() {
    return prompt;
  }

  TurnLife life() {
    return life;
  }

  void message(JsonNode message) throws InterruptedException {
    for (var event : mapping.map(message)) {
      out.accept(event);
    }
    if (Json.text(message, "type", "").equals("result")) {
      result(message);
    } else {
      life.heard(message, mapping.subagents());
    }
  }

  /// The bill is kept for every result; the turn pays for its own.
  private void result(JsonNode result) {
    var share = bill.share(result);
    var before = usage;
    usage = withContext(before == null ? share : before.plus(share), result);
    if (!life.heard(result, mapping.subagents())) {
      usage = before;
    }
  }

  private Usage withContext(Usage usage, JsonNode result) {
    var used = mapping.meter().used();
    return used == null
        ? usage
        : usage.plus(
            new Usage(
                null,
                null,
                null,
                null,
                null,
                used,
                mapping.meter().size(result.path("modelUsage")),
                null,
                null));
  }

  @Nullable Usage usage() {
    return usage;
  }

  void tell(AgentEvent event) throws InterruptedException {
    out.accept(event);
  }

  /// Shows the tool call the request is about, then the ask itself. An ask that comes after the
  /// interrupt is cancelled at once.
  void ask(String key, ControlCall call) throws InterruptedException {
    var request = call.request();
    var callId = Json.text(request, "tool_use_id", "");
    var card =
        mapping.asked(callId, Json.text(request, "tool_name", "tool"), request.path("input"));
    var ask = new ClaudeAsk(key, call, card, readOnly, () -> mapping.granted(callId));
    if (!callId.isEmpty()) {
      out.accept(card.event(directory));
    }
    asks.add(ask);
    if (life.cancelled()) { // set before the asks are walked through: one of the two sees it
      ask.cancel();
    } else {
      out.accept(ask.event(directory));
    }
  }

  void withdrawn(String requestId) throws InterruptedException {
    for (var ask : asks) {
      if (ask.requestId().equals(requestId) && ask.open()) {
        ask.withdrawn();
        out.accept(new AgentEvent.AskWithdrawn(ask.key()));
      }
    }
  }

  /// Any thread.
  void cancelAsks() {
    asks.forEach(ClaudeAsk::cancel);
  }

  /// What is left to say after the end: asks the agent no longer waits for are withdrawn.
  void end() throws InterruptedException {
    for (var ask : asks) {
      if (ask.open()) {
        ask.cancel();
        out.accept(new AgentEvent.AskWithdrawn(ask.key()));
      }
    }
  }
}
