package dev.signalbox.agent;

import dev.signalbox.event.Problem;
import dev.signalbox.event.Usage;
import org.jspecify.annotations.Nullable;

/// How the agent said a turn ended. Whether it was interrupted is the caller's to know: an agent
/// may say `end_turn` after a cancel.
public sealed interface TurnResult {
  /// @param stopReason as the agent gave it (`end_turn`, `max_tokens`, …), `end_turn` when absent
  record Completed(String stopReason, @Nullable Usage usage) implements TurnResult {}

  /// `refusal`, or an error answer.
  record Failed(Problem problem, @Nullable Usage usage) implements TurnResult {}

  /// The agent says it was cancelled, or it never got the prompt because of an interrupt.
  record Cancelled(@Nullable Usage usage) implements TurnResult {}
}
