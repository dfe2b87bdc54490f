package dev.signalbox.session;

import dev.signalbox.agent.AgentEvent;
import dev.signalbox.event.Fact;
import dev.signalbox.event.Item;
import dev.signalbox.event.Item.Field;
import dev.signalbox.event.Item.Kind;
import dev.signalbox.event.Item.Status;
import dev.signalbox.event.Problem;
import dev.signalbox.id.AskId;
import dev.signalbox.id.Ids;
import dev.signalbox.id.ItemId;
import dev.signalbox.id.LaneId;
import dev.signalbox.id.TurnId;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/// Turns what an agent tells during one turn into items. It knows which are open and what they have
/// grown to, and closes each exactly once. Runs on the lane's thread.
final class Transcript {
  /// Where items go.
  interface Out {
    void fact(Fact fact);

    void grow(ItemId item, Field field, String text);
  }

  /// Messages we do not know are kept for whoever wants to see them, but not without end.
  private static final int UNKNOWN_KEPT = 100;

  private final LaneId lane;
  private final TurnId turn;
  private final String agent;
  private final Ids ids;
  private final InstantSource clock;
  private final Out out;

  /// The text or reasoning that grows now, of the agent itself (under the empty key) and of each of
  /// its subagents (under the tool call that runs it).
  private final Map<String, Prose> prose = new LinkedHashMap<>();

  private @Nullable Item plan;
  private final Map<String, ToolItem> tools = new LinkedHashMap<>();
  private final Map<AskId, Item> asks = new LinkedHashMap<>();
  private int unknown;

  private static final String ITSELF = "";

  /// A text or reasoning item that grows.
  ///
  /// @param messageId the agent's own id of the message it holds, as far as known
  private record Prose(Item item, @Nullable String messageId, boolean grown) {}

  Transcript(LaneId lane, TurnId turn, String agent, Ids ids, InstantSource clock, Out out) {
    this.lane = lane;
    this.turn = turn;
    this.agent = agent;
    this.ids = ids;
    this.clock = clock;
    this.out = out;
  }

  /// The prompt, and the place where the answer will grow.
  void begin(String prompt, List<Item.Attachment> attachments) {
    var user = Item.open(ids.item(), lane, turn, null, Kind.USER, clock.instant());
    if (!attachments.isEmpty()) {
      user = user.withAttachments(attachments);
    }
    out.fact(new Fact.ItemStarted(user));
    complete(user.withGrown(prompt, null, null, null, null, null), Status.DONE);
    prose.put(ITSELF, openProse(Kind.TEXT, null, null));
  }

  void text(AgentEvent.Text text) {
    grow(Kind.TEXT, text.text(), text.messageId(), text.parent());
  }

  void reasoning(AgentEvent.Reasoning reasoning) {
    grow(Kind.REASONING, reasoning.text(), reasoning.messageId(), reasoning.parent());
  }

  void tool(AgentEvent.ToolCall call) {
    var known = tools.get(call.callId());
    if (known == null) {
      closeProse(key(call.parent()), Status.DONE);
      var item =
          Item.open(ids.item(), lane, turn, agent, Kind.TOOL, clock.instant())
              .withParent(parent(call.parent()))
              .withTool(call.tool());
      out.fact(new Fact.ItemStarted(item));
      known = new ToolItem(item);
      tools.put(call.callId(), known);
    }
    known.update(call, out, clock);
    if (call.status() != Status.OPEN) {
      closeProse(call.callId(), Status.DONE); // of the subagent that it was
    }
  }

  void plan(List<Item.PlanEntry> entries) {
    if (plan == null) {
      plan = Item.open(ids.item(), lane, turn, agent, Kind.PLAN, clock.instant()).withPlan(entries);
      out.fact(new Fact.ItemStarted(plan));
    } else if (!entries.equals(plan.plan())) {
      plan = plan.withPlan(entries);
      out.fact(new Fact.ItemUpdated(plan));
    }
  }

  /// The mark an ask leaves in the timeline.
  ItemId ask(AskId ask) {
    closeProse(ITSELF, Status.DONE);
    var item = Item.open(ids.item(), lane, turn, agent, Kind.ASK, clock.instant()).withAsk(ask);
    asks.put(ask, item);
    out.fact(new Fact.ItemStarted(item));
    return item.id();
  }

  void askClosed(AskId ask, Status status) {
    var item = asks.remove(ask);
    if (item != null) {
      complete(item, status);
    }
  }

  void unknown(AgentEvent.Unknown message) {
    if (unknown++ < UNKNOWN_KEPT) {
      notice("unknown", "info", "The agent sent '" + message.type() + "'.", message.raw());
    }
  }

  void notice(String code, String level, String detail, @Nullable JsonNode raw) {
    var item =
        Item.open(ids.item(), lane, turn, agent, Kind.NOTICE, clock.instant())
            .withNotice(new Item.Notice(code, level, detail, raw));
    out.fact(new Fact.ItemStarted(item));
    complete(item, Status.DONE);
  }

  void error(Problem problem) {
    closeProse(ITSELF, Status.FAILED);
    var item =
        Item.open(ids.item(), lane, turn, agent, Kind.ERROR, clock.instant()).withError(problem);
    out.fact(new Fact.ItemStarted(item));
    complete(item, Status.FAILED);
  }

  /// Ends whatever is open.
  ///
  /// @param prose how the text that was growing ends
  void close(Status prose) {
    List.copyOf(this.prose.keySet()).forEach(key -> closeProse(key, prose));
    for (var tool : tools.values()) {
      tool.cancel(out, clock);
    }
    tools.clear();
    if (plan != null) {
      complete(plan, Status.DONE);
      plan = null;
    }
    asks.values().forEach(item -> complete(item, Status.CANCELLED));
    asks.clear();
  }

  private void grow(Kind kind, String text, @Nullable String messageId, @Nullable String subagent) {
    if (text.isEmpty()) {
      return;
    }
    var key = key(subagent);
    var current = prose.get(key);
    if (current == null || !continues(current, kind, messageId)) {
      closeProse(key, Status.DONE);
      current = openProse(kind, messageId, parent(subagent));
    }
    // A placeholder learns which message it holds.
    var known = current.messageId == null ? messageId : current.messageId;
    prose.put(key, new Prose(current.item, known, true));
    out.grow(current.item.id(), Field.TEXT, text);
  }

  private static boolean continues(Prose current, Kind kind, @Nullable String messageId) {
    return current.item.kind() == kind
        && (!current.grown || messageId == null || Objects.equals(current.messageId, messageId));
  }

  private static String key(@Nullable String subagent) {
    return subagent == null ? ITSELF : subagent;
  }

  /// The tool item of a subagent; null for the agent itself, and for a call nobody told of.
  private @Nullable ItemId parent(@Nullable String subagent) {
    var tool = subagent == null ? null : tools.get(subagent);
    return tool == null ? null : tool.id();
  }

  private Prose openProse(Kind kind, @Nullable String messageId, @Nullable ItemId parent) {
    var item = Item.open(ids.item(), lane, turn, agent, kind, clock.instant()).withParent(parent);
    out.fact(new Fact.ItemStarted(item));
    return new Prose(item, messageId, false);
  }

  private void closeProse(String key, Status status) {
    var open = prose.remove(key);
    if (open != null) {
      complete(open.item, status);
    }
  }

  private void complete(Item item, Status status) {
    out.fact(new Fact.ItemCompleted(item.withStatus(status, clock.instant())));
  }
}
