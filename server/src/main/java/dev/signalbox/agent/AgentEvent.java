package dev.signalbox.agent;

import dev.signalbox.event.Item;
import dev.signalbox.event.Usage;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/// What an agent tells while a turn runs, in the same few words for every protocol.
public sealed interface AgentEvent {

  /// More of the answer. `messageId` is the agent's own id of the message, when it has one: a new
  /// id begins a new item.
  ///
  /// @param parent the tool call of the subagent that says it, or null
  record Text(String text, @Nullable String messageId, @Nullable String parent)
      implements AgentEvent {
    public Text(String text, @Nullable String messageId) {
      this(text, messageId, null);
    }
  }

  /// @param parent as of [Text]
  record Reasoning(String text, @Nullable String messageId, @Nullable String parent)
      implements AgentEvent {
    public Reasoning(String text, @Nullable String messageId) {
      this(text, messageId, null);
    }
  }

  /// A tool call as known now, whole: the driver merges updates over earlier ones, keyed by
  /// `callId` (the agent's id, unique within its thread and turn).
  ///
  /// @param status open, done, failed or cancelled
  /// @param output everything the tool said so far (the lane sends only the new tail), or null
  /// @param diff unified or whole-text diff of an edit, or null
  /// @param parent the tool call of the subagent that makes it, or null
  record ToolCall(
      String callId,
      Item.Tool tool,
      Item.Status status,
      @Nullable String output,
      @Nullable String diff,
      @Nullable String parent)
      implements AgentEvent {
    public ToolCall(
        String callId,
        Item.Tool tool,
        Item.Status status,
        @Nullable String output,
        @Nullable String diff) {
      this(callId, tool, status, output, diff, null);
    }
  }

  record Plan(List<Item.PlanEntry> entries) implements AgentEvent {
    public Plan {
      entries = List.copyOf(entries);
    }
  }

  record Commands(List<Command> commands) implements AgentEvent {
    public Commands {
      commands = List.copyOf(commands);
    }

    public record Command(String name, @Nullable String description, @Nullable String hint) {}
  }

  /// The agent waits for an answer; `pending` takes it, once.
  ///
  /// @param title for a plan its first line; the plan itself is the `diff`'s neighbour `input.plan`
  /// @param schema of a form: a JSON Schema of one object whose properties are texts (`enum`, or
  ///   `oneOf` of `const` and `title`, for a choice), numbers, truths, or lists of such a choice,
  ///   as the elicitation of MCP has it; null for permissions. `format: "password"` is a secret; a
  ///   text that may be given instead of a choice `x` is the optional property `x_other` beside it
  /// @param callId the tool call it is about, or null
  /// @param writes false only when the driver is sure that granting it neither writes nor runs
  record AskOpened(
      String askKey,
      AskKind kind,
      String title,
      @Nullable String callId,
      Item.@Nullable Tool tool,
      @Nullable JsonNode input,
      @Nullable String diff,
      List<Option> options,
      @Nullable JsonNode schema,
      boolean writes,
      PendingAsk pending)
      implements AgentEvent {
    public AskOpened {
      options = List.copyOf(options);
    }
  }

  enum AskKind {
    PERMISSION,
    QUESTION,
    PLAN
  }

  /// @param lasting true for the agent's "always" options, which are never offered to the user
  record Option(String id, boolean allows, boolean lasting, String label) {}

  /// The agent no longer waits.
  record AskWithdrawn(String askKey) implements AgentEvent {}

  /// What was used so far, as far as the agent says.
  ///
  /// @param ofTurn true when the figures are of this turn alone, false when of the whole thread
  record UsageReported(Usage usage, boolean ofTurn) implements AgentEvent {}

  record ModeChanged(@Nullable String mode, @Nullable String model) implements AgentEvent {}

  record TitleChanged(String title) implements AgentEvent {}

  record Notice(String code, String level, String detail) implements AgentEvent {}

  /// A message we do not know, kept raw (at most 64 KB of it).
  record Unknown(String type, JsonNode raw) implements AgentEvent {}
}
