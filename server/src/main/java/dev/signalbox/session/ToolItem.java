package dev.signalbox.session;

import dev.signalbox.agent.AgentEvent;
import dev.signalbox.event.Fact;
import dev.signalbox.event.Item;
import dev.signalbox.event.Item.Field;
import dev.signalbox.event.Item.Status;
import dev.signalbox.id.ItemId;
import java.time.InstantSource;
import org.jspecify.annotations.Nullable;

/// A tool call in the timeline. The agent tells the whole of it each time; what goes out is only
/// what changed: the fields as facts, output and diff as the tail that is new.
final class ToolItem {
  private Item item;
  private final Growing output = new Growing(Field.OUTPUT);
  private final Growing diff = new Growing(Field.DIFF);

  ToolItem(Item item) {
    this.item = item;
  }

  ItemId id() {
    return item.id();
  }

  void update(AgentEvent.ToolCall call, Transcript.Out out, InstantSource clock) {
    if (item.status() != Status.OPEN) {
      return; // a completed item never changes
    }
    if (!call.tool().equals(item.tool())) {
      item = item.withTool(call.tool());
      if (call.status() == Status.OPEN) {
        out.fact(new Fact.ItemUpdated(item));
      }
    }
    output.become(call.output(), out);
    diff.become(call.diff(), out);
    if (call.status() != Status.OPEN) {
      complete(call.status(), out, clock);
    }
  }

  void cancel(Transcript.Out out, InstantSource clock) {
    if (item.status() == Status.OPEN) {
      complete(Status.CANCELLED, out, clock);
    }
  }

  private void complete(Status status, Transcript.Out out, InstantSource clock) {
    item = item.withStatus(status, clock.instant());
    // Where the agent's last word is not what was streamed, the completed item says it.
    out.fact(
        new Fact.ItemCompleted(
            item.withGrown(null, output.correction(), diff.correction(), null, null, null)));
  }

  /// A field that the agent repeats whole.
  private final class Growing {
    private final Field field;
    private String sent = "";
    private @Nullable String other;

    Growing(Field field) {
      this.field = field;
    }

    void become(@Nullable String whole, Transcript.Out out) {
      if (whole == null || whole.isEmpty()) {
        return;
      }
      if (!whole.startsWith(sent)) {
        other = whole;
        return;
      }
      other = null;
      if (whole.length() > sent.length()) {
        out.grow(item.id(), field, whole.substring(sent.length()));
        sent = whole;
      }
    }

    @Nullable String correction() {
      return other;
    }
  }
}
