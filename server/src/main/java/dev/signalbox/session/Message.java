package dev.signalbox.session;

import dev.signalbox.agent.AgentEvent;
import dev.signalbox.agent.AgentProcess;
import dev.signalbox.agent.AgentThread;
import dev.signalbox.agent.TurnResult;
import dev.signalbox.event.Ask;
import dev.signalbox.event.Item;
import dev.signalbox.event.Problem;
import dev.signalbox.event.Queue;
import dev.signalbox.event.Turn;
import dev.signalbox.id.AskId;
import dev.signalbox.id.TurnId;
import dev.signalbox.journal.Journal;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// A letter in a lane's mailbox.
sealed interface Message {
  /// Someone waits for the answer.
  sealed interface Command extends Message {
    Reply<?> reply();
  }

  record Submit(Submission submission, List<Item.Attachment> attachments, Reply<Submitted> reply)
      implements Command {}

  record Edit(
      TurnId turn,
      TurnEdit edit,
      @Nullable List<Item.Attachment> attachments,
      @Nullable String clientId,
      Reply<Turn> reply)
      implements Command {}

  record Withdraw(TurnId turn, @Nullable String clientId, Reply<TurnId> reply) implements Command {}

  record Hold(boolean hold, @Nullable String clientId, Reply<Queue> reply) implements Command {}

  record Interrupt(boolean force, @Nullable String clientId, Reply<Optional<TurnId>> reply)
      implements Command {}

  record Respond(AskId ask, AnswerCommand answer, Reply<Ask> reply) implements Command {}

  record Reset(Reply<Boolean> reply) implements Command {}

  /// The lane ends; a running turn ends as interrupted for `reason`.
  record Stop(String reason, Reply<Boolean> reply) implements Command {}

  /// The gate lets this turn's lane in.
  record Granted(TurnId pass) implements Message {}

  record WasStored(List<Journal.Stored> facts) implements Message {}

  record NotStored(RuntimeException cause) implements Message {}

  record StoreAgain() implements Message {}

  record ThreadReady(TurnId turn, AgentThread thread, String origin) implements Message {}

  record Told(TurnId turn, AgentEvent event) implements Message {}

  /// The agent told something while no turn of this lane ran.
  record ToldAside(String agent, AgentEvent event) implements Message {}

  record TurnOver(TurnId turn, Ending ending) implements Message {}

  /// A turn that ran was given more words, or not.
  ///
  /// @param words the queued turn they are of
  record Steered(TurnId running, Turn words, boolean taken) implements Message {}

  /// A queued turn's time has come.
  record Due() implements Message {}

  record Rang(TurnId turn, Alarm alarm) implements Message {}

  /// A process that a thread with `agent` sat in is gone.
  record ProcessGone(String agent, AgentProcess process, AgentProcess.ProcessEnd end)
      implements Message {}

  /// How the thread that ran a turn came back.
  sealed interface Ending {
    record Answered(TurnResult result) implements Ending {}

    record Broken(Problem problem) implements Ending {}

    record NeverStarted() implements Ending {}
  }

  sealed interface Alarm {
    /// The agent did not obey an interrupt in time.
    record Grace() implements Alarm {}

    record TimeLimit(int round) implements Alarm {}

    record Reminder(AskId ask) implements Alarm {}

    record AskTimeout(AskId ask) implements Alarm {}
  }
}
