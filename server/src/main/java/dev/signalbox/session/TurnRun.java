package dev.signalbox.session;

import dev.signalbox.agent.AgentThread;
import dev.signalbox.event.Turn;
import dev.signalbox.event.Usage;
import dev.signalbox.id.TurnId;
import org.jspecify.annotations.Nullable;

/// The turn a lane runs now. Fields are the lane's, but for `stopped`, which the turn's own thread
/// reads.
final class TurnRun {
  final Turn turn;

  /// Under which the gate let it in.
  final TurnId pass;

  final Transcript transcript;
  final Asks asks;
  final TurnClock clock;

  /// Set before the agent is told; a turn that has not reached the agent by then never does.
  volatile boolean stopped;

  /// Whether the agent was told all it had missed. Set by the turn's own thread.
  volatile boolean informed;

  /// Whether that was an account of the lane from its beginning. Set by the turn's own thread.
  volatile boolean handedOver;

  /// Whether the agent told anything in this turn, so that it got the prompt.
  boolean heard;

  /// Why it was stopped, null while it was not.
  @Nullable String stopReason;

  /// The next in line was sent with `now`: the queue goes on.
  boolean steered;

  @Nullable AgentThread thread;
  @Nullable Usage usage;
  boolean replaced;
  Timers.@Nullable Timer grace;

  TurnRun(Turn turn, TurnId pass, Transcript transcript, Asks asks, TurnClock clock) {
    this.turn = turn;
    this.pass = pass;
    this.transcript = transcript;
    this.asks = asks;
    this.clock = clock;
  }

  boolean is(TurnId turn) {
    return this.turn.id().equals(turn);
  }
}
