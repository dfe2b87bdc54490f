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
  }

  static LaneGlance of(
      LaneState state,
      TurnQueue queue,
      Threads threads,
      List<Ask> asks,
      @Nullable Turn running,
      Chosen chosen) {
    return new LaneGlance(
        state,
        queue.view(),
        threads.all(),
        asks,
        running,
        running == null ? chosen : new Chosen(running.agent(), running.model(), running.mode()));
  }
}
