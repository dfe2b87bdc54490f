package dev.signalbox.agent;

import dev.signalbox.id.TurnId;
import java.util.function.Consumer;

/// One conversation in an agent process. At most one [#prompt] runs at a time; [#interrupt] may
/// come from any thread.
public interface AgentThread extends AutoCloseable {
  /// The agent's own id of the conversation. It can change: when an agent turns out not to know a
  /// conversation it said it had taken up, the first prompt begins a new one and says so by a
  /// notice `memory-lost`, and gives it [Prompt#begunAnew].
  String nativeId();

  AgentProcess process();

  /// What the agent offers in this thread: models, modes, efforts, and which are chosen.
  Offers offers();

  /// Runs one turn and returns at its end, whatever the end is. Events go to `out` in the order the
  /// agent sent them, all of them before this returns. Model, mode and effort of `settings` are set
  /// first when they differ from the thread's.
  ///
  /// Blocks its (virtual) thread for as long as the turn lasts.
  ///
  /// @throws AgentUnavailable when the process ended before or during the turn
  /// @throws InterruptedException when the calling thread was interrupted
  TurnResult prompt(TurnId turn, Prompt prompt, TurnSettings settings, AgentEvents out)
      throws InterruptedException;

  /// Asks the agent to end the turn; never kills the process, never blocks. A turn that is not
  /// running (any more, or not yet) is remembered: its prompt is not sent.
  void interrupt(TurnId turn);

  /// Adds to the turn that runs, where the protocol has that; the answer takes it into account.
  /// Blocks, at most 5 s.
  ///
  /// @return false when the agent cannot, or that turn does not run any more: nothing was sent
  default boolean steer(TurnId turn, Prompt prompt) throws InterruptedException {
    return false;
  }

  /// Until when late updates of the last prompt may still come: protocols that put no turn on their
  /// updates need 150 ms without one (at most 1 s); others return at once. Blocks.
  void settle() throws InterruptedException;

  /// Sends what the agent tells while no turn runs (its commands, a title, a mode it changed,
  /// usage) to `listener`, on the driver's reader thread. Without a listener the newest event of
  /// each kind is kept and handed to the next prompt before anything else. Text with no turn is
  /// dropped: it belongs to nobody.
  void outside(Consumer<AgentEvent> listener);

  /// Ends the conversation in the agent where it can; a prompt under way returns with
  /// [AgentUnavailable]. Never throws, never blocks, idempotent.
  @Override
  void close();
}
