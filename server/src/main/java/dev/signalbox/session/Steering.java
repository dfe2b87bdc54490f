package dev.signalbox.session;

import dev.signalbox.agent.AgentThread;
import dev.signalbox.agent.AgentUnavailable;
import dev.signalbox.agent.Prompt;
import dev.signalbox.event.Turn;
import dev.signalbox.id.TurnId;
import dev.signalbox.refusal.Refused;
import org.jspecify.annotations.Nullable;

/// Gives more words to a turn that runs. On a thread of its own, because it waits for the agent.
record Steering(Surroundings around) {

  /// @return false when the agent did not take them: nothing was sent
  boolean steer(@Nullable AgentThread thread, TurnId running, Turn words) {
    if (thread == null) {
      return false;
    }
    try {
      return thread.steer(
          running, new Prompt(words.text(), Attachments.images(around.uploads(), words)));
    } catch (AgentUnavailable | Refused e) {
      return false; // its turn ends by the same trouble, and says why
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }
}
