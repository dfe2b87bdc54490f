package dev.signalbox.agent.acp;

import dev.signalbox.agent.AgentEvent;
import dev.signalbox.agent.wire.Outside;
import dev.signalbox.jsonrpc.Call;
import java.util.concurrent.atomic.AtomicLong;
import tools.jackson.databind.JsonNode;

/// Takes what the agent sends of one session: to the turn that runs, or beside it. Its methods run
/// on the reader thread of the process.
final class Inbox {
  private final TurnSlot slot;
  private final Choices choices;
  private final Outside outside;
  private final Quiet quiet;
  private final AtomicLong lastAsk = new AtomicLong();

  Inbox(TurnSlot slot, Choices choices, Outside outside, Quiet quiet) {
    this.slot = slot;
    this.choices = choices;
    this.outside = outside;
    this.quiet = quiet;
  }

  void update(JsonNode update) throws InterruptedException {
    quiet.broken();
    choices.learn(update);
    var run = slot.current();
    if (run != null) {
      run.update(update);
    } else {
      early(update);
    }
  }

  /// What belongs to no turn.
  void early(JsonNode update) {
    choices.learn(update);
    UpdateMapping.map(update, id -> null).events().forEach(outside::tell);
  }

  /// A message that is no part of the protocol.
  void extension(AgentEvent.Unknown event) throws InterruptedException {
    var run = slot.current();
    if (run != null) {
      run.tell(event);
    }
  }

  /// With no turn there is nobody to ask, and the answer is never a yes.
  void permission(Call call) throws InterruptedException {
    quiet.broken();
    var run = slot.current();
    if (run == null) {
      call.answer(Requests.permission(null));
    } else {
      run.ask("ask-" + lastAsk.incrementAndGet(), call);
    }
  }

  /// As [#permission], for a question.
  void question(Call call) throws InterruptedException {
    quiet.broken();
    var run = slot.current();
    if (run == null) {
      call.answer(Requests.elicitation("cancel", null));
    } else {
      run.question("ask-" + lastAsk.incrementAndGet(), call);
    }
  }
}
