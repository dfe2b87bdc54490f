package dev.signalbox.event;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import dev.signalbox.id.TurnId;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Something that happened in a lane and is kept for ever. On the wire it stands between
/// `{"lane","seq","at"` and an optional `clientId`, in one flat object whose `type` names the case.
///
/// Growing text is not a fact: `text`, `output` and `diff` of an item travel as deltas, and only
/// [ItemCompleted] carries them whole (cut to head and tail when long).
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "type")
@JsonSubTypes({
  @JsonSubTypes.Type(value = Fact.TurnQueued.class, name = "turn.queued"),
  @JsonSubTypes.Type(value = Fact.TurnChanged.class, name = "turn.changed"),
  @JsonSubTypes.Type(value = Fact.TurnWithdrawn.class, name = "turn.withdrawn"),
  @JsonSubTypes.Type(value = Fact.TurnStarted.class, name = "turn.started"),
  @JsonSubTypes.Type(value = Fact.TurnEnded.class, name = "turn.ended"),
  @JsonSubTypes.Type(value = Fact.ItemStarted.class, name = "item.started"),
  @JsonSubTypes.Type(value = Fact.ItemUpdated.class, name = "item.updated"),
  @JsonSubTypes.Type(value = Fact.ItemCompleted.class, name = "item.completed"),
  @JsonSubTypes.Type(value = Fact.AskOpened.class, name = "ask.opened"),
  @JsonSubTypes.Type(value = Fact.AskClosed.class, name = "ask.closed"),
  @JsonSubTypes.Type(value = Fact.ThreadChanged.class, name = "thread.changed"),
  @JsonSubTypes.Type(value = Fact.LaneChanged.class, name = "lane.changed"),
  @JsonSubTypes.Type(value = Fact.CommandsChanged.class, name = "commands.changed"),
  @JsonSubTypes.Type(value = Fact.UsageChanged.class, name = "usage.changed"),
  @JsonSubTypes.Type(value = Fact.QueueChanged.class, name = "queue.changed"),
})
@JsonInclude(JsonInclude.Include.NON_NULL)
public sealed interface Fact {

  /// A prompt was stored. `turn` is whole.
  record TurnQueued(Turn turn) implements Fact {}

  /// A queued prompt was edited or moved. `turn` is whole.
  record TurnChanged(Turn turn) implements Fact {}

  /// A queued prompt was taken back before it started.
  record TurnWithdrawn(TurnId turn) implements Fact {}

  /// The agent is about to be given the prompt; the user item follows.
  record TurnStarted(TurnId turn, String agent) implements Fact {}

  /// The one end of a turn. All of its items are completed and its asks closed before this.
  ///
  /// @param state `completed`, `failed` or `interrupted`
  /// @param reason in one word why: the agent's stop reason, or ours (`user`, `time-limit`,
  ///   `shutdown`, `restart`, `crash`, `agent-unavailable`, …)
  /// @param error present when `state` is `failed`
  record TurnEnded(
      TurnId turn, Turn.State state, String reason, @Nullable Problem error, @Nullable Usage usage)
      implements Fact {}

  /// An item appears. Its growing fields are empty; they follow as deltas.
  record ItemStarted(Item item) implements Fact {}

  /// Fields of an item changed; whole but for its growing fields.
  record ItemUpdated(Item item) implements Fact {}

  /// The item will never change again; carries its growing fields.
  record ItemCompleted(Item item) implements Fact {}

  record AskOpened(Ask ask) implements Fact {}

  /// @param ask whole, with its new state
  /// @param by who answered: a device's name, `policy`, `agent` (it withdrew) or `turn` (it ended)
  record AskClosed(Ask ask, @Nullable Answer answer, String by) implements Fact {}

  record ThreadChanged(ThreadState thread) implements Fact {}

  /// @param state idle, queued, running, waiting or error
  record LaneChanged(LaneState state, @Nullable WaitsFor waitsFor) implements Fact {}

  /// The slash commands the lane's agent offers now.
  record CommandsChanged(String agent, List<Command> commands) implements Fact {
    public CommandsChanged {
      commands = List.copyOf(commands);
    }

    /// @param description absent when the agent gave none
    /// @param hint what to type after the command, when the agent says
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Command(String name, @Nullable String description, @Nullable String hint) {}
  }

  /// @param usage what the thread of `agent` used so far
  record UsageChanged(String agent, Usage usage) implements Fact {}

  record QueueChanged(Queue queue) implements Fact {}
}
