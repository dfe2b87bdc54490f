package dev.signalbox.session;

import dev.signalbox.event.Ask;
import dev.signalbox.event.LaneState;
import dev.signalbox.event.Queue;
import dev.signalbox.event.ThreadState;
import dev.signalbox.event.Turn;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What can be seen of a lane from outside at one moment. Immutable; published by the lane's
/// thread.
///
/// @param running the turn that runs, with the state it is in
record LaneGlance(
    LaneState state,
    Queue queue,
    List<ThreadState> threads,
    List<Ask> asks,
    @Nullable Turn running,
    Chosen chosen) {

  /// What the lane was last used with.
  record Chosen(@Nullable String agent, @Nullable String model, @Nullable String mode) {
    static final Chosen NOTHING = new Chosen(null, null, null);

    /// With the turn that runs: what it does not name stays as it was chosen for the same agent.
    Chosen then(Turn turn) {
      boolean same = turn.agent().equals(agent);
      return new Chosen(
          turn.agent(),
          turn.model() != null || !same ? turn.model() : model,
          turn.mode() != null || !same ? turn.mode() : mode);
    }

    /// What was chosen as the agent has it now: it may have been refused, or the agent may have
    /// chosen something else. What nobody chose stays open.
    Chosen asIn(List<ThreadState> threads) {
      for (var thread : threads) {
        if (thread.agent().equals(agent)) {
          return new Chosen(
              agent,
              model == null || thread.model() == null ? model : thread.model(),
              mode == null || thread.mode() == null ? mode : thread.mode());
        }
      }
      return this;
    }
  }

  static LaneGlance of(
      LaneState state,
      TurnQueue queue,
      List<ThreadState> threads,
      List<Ask> asks,
      @Nullable Turn running,
      Chosen chosen) {
    var now = running == null ? chosen.asIn(threads) : chosen.then(running);
    return new LaneGlance(state, queue.view(), threads, asks, running, now);
  }
}
