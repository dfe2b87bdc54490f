package dev.signalbox.agent.acp;

import dev.signalbox.agent.AgentEvent;
import dev.signalbox.agent.AgentEvents;
import dev.signalbox.agent.launch.Leftovers;
import dev.signalbox.event.Item;
import dev.signalbox.id.TurnId;
import dev.signalbox.jsonrpc.Call;
import dev.signalbox.jsonrpc.Pending;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/// One prompt under way: the tool calls and asks of its turn. The reader thread feeds it until the
/// answer came, then the prompting thread ends it; what other threads touch says so.
final class RunningTurn {
  private final TurnId id;
  private final AgentEvents out;
  private final Map<String, ToolCard> cards = new LinkedHashMap<>();

  /// Added to by the reader, walked through by whoever interrupts.
  private final List<OpenAsk> asks = new CopyOnWriteArrayList<>();

  private volatile boolean cancelled;
  private volatile boolean over;
  private volatile @Nullable Pending request;
  private Leftovers.@Nullable Watch watch;

  RunningTurn(TurnId id, AgentEvents out) {
    this.id = id;
    this.out = out;
  }

  TurnId id() {
    return id;
  }

  void update(JsonNode update) throws InterruptedException {
    var mapped = UpdateMapping.map(update, cards::get);
    if (mapped.card() != null) {
      cards.put(mapped.card().id(), mapped.card());
    }
    for (var event : mapped.events()) {
      out.accept(event);
    }
  }

  void tell(AgentEvent event) throws InterruptedException {
    out.accept(event);
  }

  /// Shows the tool call the request is about, then the ask itself. An ask that comes after the
  /// interrupt is cancelled at once.
  void ask(String key, Call call) throws InterruptedException {
    var ask = new AcpAsk(key, call);
    var told = call.params().path("toolCall");
    var card = cards.getOrDefault(ask.callId(), ToolCard.unknown(ask.callId())).with(told);
    if (!ask.callId().isEmpty()) {
      cards.put(ask.callId(), card);
      out.accept(card.event());
    }
    open(ask, ask.event(card));
  }

  /// Asks what the agent wants to know.
  void question(String key, Call call) throws InterruptedException {
    var question = new AcpQuestion(key, call);
    open(question, question.event(cards.get(question.callId())));
  }

  private void open(OpenAsk ask, AgentEvent.AskOpened event) throws InterruptedException {
    asks.add(ask);
    if (cancelled) { // set before the asks are walked through, so that one of the two sees it
      ask.cancel();
    } else {
      out.accept(event);
    }
  }

  /// From here on the turn is cancelled, whatever the agent says. Any thread.
  void cancel() {
    cancelled = true;
  }

  void cancelAsks() {
    asks.forEach(OpenAsk::cancel);
  }

  boolean cancelled() {
    return cancelled;
  }

  /// Called on the reader thread with the answer: nothing that comes later belongs to this turn.
  void answered() {
    over = true;
  }

  boolean over() {
    return over;
  }

  /// The prompt is sent once more.
  void again() {
    over = false;
  }

  /// What ends the commands that are left when the turn was interrupted.
  void watchedBy(Leftovers.Watch watch) {
    this.watch = watch;
  }

  /// The prompt was sent.
  void underWay() {
    if (watch != null) {
      watch.look();
    }
  }

  /// Kept so that whoever closes the conversation can make the prompt return.
  void sent(Pending pending) {
    request = pending;
  }

  /// Makes the prompt return although the agent did not answer. Any thread.
  void abandon() {
    var pending = request;
    if (pending != null) {
      pending.abandon();
    }
  }

  /// What is left to say after the answer: asks the agent no longer waits for are withdrawn, and a
  /// call that was rejected and never heard of again (gemini) has failed.
  void end() throws InterruptedException {
    if (cancelled && watch != null) {
      watch.end();
    }
    for (var ask : asks) {
      if (ask.open()) {
        ask.cancel();
        out.accept(new AgentEvent.AskWithdrawn(ask.key()));
      }
      var card = cards.get(ask.callId());
      if (card != null && card.open() && ask.rejected()) {
        out.accept(card.event(Item.Status.FAILED));
      }
    }
  }
}
