package dev.signalbox.session;

import dev.signalbox.event.Ask;
import dev.signalbox.event.Queue;
import dev.signalbox.event.ThreadState;
import dev.signalbox.event.Turn;
import dev.signalbox.id.AskId;
import dev.signalbox.id.LaneId;
import dev.signalbox.id.SessionId;
import dev.signalbox.id.TurnId;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// One conversation channel. Any thread may call; commands are carried out one after another by the
/// lane's own thread and return when their facts are durable.
public final class Lane {
  public LaneId id() {
    throw new UnsupportedOperationException();
  }

  public SessionId session() {
    throw new UnsupportedOperationException();
  }

  public SessionView.LaneView view() {
    throw new UnsupportedOperationException();
  }

  /// Stores the prompt and starts or queues it: the one way in.
  public Submitted submit(Submission submission) {
    throw new UnsupportedOperationException();
  }

  /// Changes a queued turn; refused (conflict) when it has started.
  public Turn edit(TurnId turn, TurnEdit edit, @Nullable String clientId) {
    throw new UnsupportedOperationException();
  }

  public void withdraw(TurnId turn, @Nullable String clientId) {
    throw new UnsupportedOperationException();
  }

  /// Goes on with the queue (`run`) or holds it (`hold`).
  public Queue queue(String state, @Nullable String clientId) {
    throw new UnsupportedOperationException();
  }

  /// Interrupts the running turn; empty when nothing runs.
  ///
  /// @param force replaces the agent's process at once
  public Optional<TurnId> interrupt(boolean force, @Nullable String clientId) {
    throw new UnsupportedOperationException();
  }

  /// Answers an ask once. The same `clientId` again gives the same result.
  public Ask answer(AskId ask, AnswerCommand command) {
    throw new UnsupportedOperationException();
  }

  public Queue queued() {
    throw new UnsupportedOperationException();
  }

  /// Turns newest first, at most `limit` (1 to 200), before the given one when not null.
  public List<Turn> turns(@Nullable TurnId before, int limit) {
    throw new UnsupportedOperationException();
  }

  public List<ThreadState> threads() {
    throw new UnsupportedOperationException();
  }

  /// Clears history and threads: numbers start again at 1 under a new epoch.
  public void reset(@Nullable String clientId) {
    throw new UnsupportedOperationException();
  }
}
