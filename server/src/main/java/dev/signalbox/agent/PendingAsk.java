package dev.signalbox.agent;

import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/// The one answer an agent waits for. Calls after the first are ignored; no call blocks: the answer
/// is handed to the driver's own writer.
public interface PendingAsk {
  /// Chooses an option by its id, which must be one of those offered.
  void choose(String optionId, @Nullable String note);

  /// Answers a form.
  void submit(JsonNode values);

  /// No answer will come (interrupted, expired, nobody to ask): tells the agent "cancelled".
  void cancel();
}
