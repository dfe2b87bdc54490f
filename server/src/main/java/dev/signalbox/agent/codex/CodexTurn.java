package dev.signalbox.agent.codex;

import dev.signalbox.agent.AgentEvent;
import dev.signalbox.agent.AgentEvents;
import dev.signalbox.agent.wire.Json;
import dev.signalbox.event.Usage;
import dev.signalbox.id.TurnId;
import dev.signalbox.jsonrpc.Call;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.MissingNode;

/// One prompt under way: the items and asks of its turn. The reader thread feeds it until its end
/// came, then the prompting thread ends it; what other threads touch says so.
final class CodexTurn {
  private final TurnId id;
  private final AgentEvents out;
  private final Map<String, ItemCard> cards = new LinkedHashMap<>();

  /// The conversations of this turn's subagents, each with the tool call that began it, which is
  /// empty until Codex says.
  private final Map<String, String> subagents = new LinkedHashMap<>();

  /// Added to by the reader, walked through by whoever interrupts.
  private final List<CodexAsk> asks = new CopyOnWriteArrayList<>();

  /// The ids of all items so far; read by whoever ends what was left running.
  private final Set<String> items = ConcurrentHashMap.newKeySet();

  private volatile Round round = new Round();
  private volatile boolean cancelled;
  private volatile @Nullable PlanAsk planAsk;
  private volatile @Nullable Usage usage;
  private volatile @Nullable String plan;
  private JsonNode counted = MissingNode.getInstance();

  CodexTurn(TurnId id, AgentEvents out) {
    this.id = id;
    this.out = out;
  }

  TurnId id() {
    return id;
  }

  /// Any thread.
  Round round() {
    return round;
  }

  /// Codex is to begin another turn for the same prompt.
  Round another() {
    var next = new Round();
    round = next;
    return next;
  }

  void tell(AgentEvent event) throws InterruptedException {
    out.accept(event);
  }

  /// @param thread Codex's id of the conversation it is about
  /// @param own whether that is ours, and not a subagent's
  void notified(String method, JsonNode params, String thread, boolean own)
      throws InterruptedException {
    if (method.equals("serverRequest/resolved")) {
      resolved(params.path("requestId"));
      return;
    }
    if (method.equals("thread/tokenUsage/updated")) {
      used(params.path("tokenUsage"), own);
      return;
    }
    var parent = own ? null : parent(thread);
    var mapped = Notifications.map(method, params, cards::get, parent);
    var card = mapped.card();
    if (card != null) {
      keep(card, own);
    }
    for (var event : mapped.events()) {
      out.accept(event);
    }
  }

  /// A subagent began to work. On the reader thread.
  void subagent(String thread) {
    subagents.putIfAbsent(thread, "");
  }

  /// Whether the conversation is one of this turn's subagents.
  boolean began(String thread) {
    return subagents.containsKey(thread);
  }

  /// Until Codex says which call began it, it is the newest one that is open.
  private @Nullable String parent(String thread) {
    var known = subagents.getOrDefault(thread, "");
    if (!known.isEmpty()) {
      return known;
    }
    var open = openCall(card -> card.type().equals("collabAgentToolCall"));
    return open == null ? null : open.id();
  }

  private void keep(ItemCard card, boolean own) {
    cards.put(card.id(), card);
    items.add(card.id());
    if (own && card.type().equals("plan") && !Json.text(card.item(), "text", "").isBlank()) {
      plan = Json.text(card.item(), "text");
    }
    if (card.type().equals("collabAgentToolCall")) {
      for (var receiver : Json.list(card.item().path("receiverThreadIds"))) {
        subagents.merge(
            receiver.asString(""), card.id(), (known, now) -> known.isEmpty() ? now : known);
      }
    }
  }

  /// Counts each call of the model once: Codex also repeats what it told before.
  private void used(JsonNode told, boolean own) throws InterruptedException {
    if (told.path("total").equals(counted)) {
      return;
    }
    counted = told.path("total");
    var call = Usages.ofCall(told);
    var before = usage;
    usage = before == null ? call : before.plus(call);
    out.accept(new AgentEvent.UsageReported(call, true));
    if (own) {
      out.accept(new AgentEvent.UsageReported(Usages.ofThread(told), false));
    }
  }

  /// What the whole turn used, as far as Codex told. Any thread.
  @Nullable Usage usage() {
    return usage;
  }

  /// The plan that was proposed, or null.
  @Nullable String plan() {
    return plan;
  }

  /// An ask that comes after the interrupt is cancelled at once.
  void ask(String key, Call call) throws InterruptedException {
    introduce(call);
    var found = new AskMapping.Items(cards::get, this::openCall);
    var question = AskMapping.question(call.method(), call.params(), found).orElseThrow();
    var ask = new CodexAsk(key, question, call);
    asks.add(ask);
    if (cancelled) { // set before the asks are walked through, so that one of the two sees it
      ask.cancel();
    } else {
      out.accept(ask.event());
    }
  }

  /// A command or an edit that nothing told of before is known from here on.
  private void introduce(Call call) throws InterruptedException {
    var id = Json.text(call.params(), "itemId", "");
    var type =
        switch (call.method()) {
          case "item/commandExecution/requestApproval" -> "commandExecution";
          case "item/fileChange/requestApproval" -> "fileChange";
          default -> "";
        };
    if (!type.isEmpty() && !id.isEmpty() && !cards.containsKey(id)) {
      var card = ItemCard.unknown(id, type).with(AskMapping.told(call.params()));
      keep(card, false);
      var told = ToolCalls.event(card, null);
      if (told.isPresent()) {
        out.accept(told.get());
      }
    }
  }

  private @Nullable ItemCard openCall(Predicate<ItemCard> fits) {
    return cards.values().stream()
        .filter(card -> Json.text(card.item(), "status", "").equals("inProgress"))
        .filter(fits)
        .reduce((earlier, later) -> later)
        .orElse(null);
  }

  /// Makes the plan the user's to approve. On the prompting thread.
  ///
  /// @return whether it is to be carried out
  boolean approves(String key, String proposed) throws InterruptedException {
    var ask = new PlanAsk(key, proposed);
    planAsk = ask;
    if (cancelled) {
      return false;
    }
    plan = null;
    out.accept(ask.event());
    return ask.approved() && !cancelled;
  }

  /// From here on the turn is cancelled, whatever Codex says. Any thread.
  void cancel() {
    cancelled = true;
  }

  void cancelAsks() {
    asks.forEach(CodexAsk::cancel);
    var planned = planAsk;
    if (planned != null) {
      planned.cancel();
    }
  }

  boolean cancelled() {
    return cancelled;
  }

  /// Whether an item is of this turn. Any thread.
  boolean has(String item) {
    return items.contains(item);
  }

  /// What is left to say after the end: asks Codex no longer waits for are withdrawn.
  void end() throws InterruptedException {
    for (var ask : asks) {
      if (ask.open()) {
        ask.cancel();
        out.accept(new AgentEvent.AskWithdrawn(ask.key()));
      }
    }
  }

  private void resolved(JsonNode request) throws InterruptedException {
    for (var ask : asks) {
      if (ask.open() && ask.is(request)) {
        ask.over();
        out.accept(new AgentEvent.AskWithdrawn(ask.key()));
      }
    }
  }
}
