package dev.signalbox.session;

import dev.signalbox.event.Ask;
import dev.signalbox.event.Item;
import dev.signalbox.event.Queue;
import dev.signalbox.event.ThreadState;
import dev.signalbox.event.Turn;
import dev.signalbox.id.AskId;
import dev.signalbox.id.LaneId;
import dev.signalbox.id.SessionId;
import dev.signalbox.id.TurnId;
import dev.signalbox.refusal.Refused;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// One conversation channel. Any thread may call; commands are carried out one after another by the
/// lane's own thread and return when their facts are durable. Refusals are [Refused].
public final class Lane {
  private final LaneActor actor;
  private final Surroundings around;

  Lane(LaneActor actor, Surroundings around) {
    this.actor = actor;
    this.around = around;
  }

  public LaneId id() {
    return actor.row.id();
  }

  public SessionId session() {
    return actor.row.session();
  }

  public SessionView.LaneView view() {
    return Views.lane(actor.row, actor.glance());
  }

  /// Stores the prompt and starts or queues it: the one way in. The same `clientId` again is the
  /// same turn, also after a restart.
  public Submitted submit(Submission submission) {
    if (submission.clientId().isEmpty() || submission.clientId().length() > 200) {
      throw Refused.invalid("bad_client_id", "clientId must have 1 to 200 characters.");
    }
    var known = around.journal().turnByClientId(id(), submission.clientId());
    if (known.isPresent()) {
      return Views.receipt(known.get());
    }
    if (submission.text().isEmpty()) {
      throw Refused.invalid("empty_prompt", "The prompt is empty; write something first.");
    }
    var when = submission.when();
    if (when != null && !when.equals("queue") && !when.equals("now")) {
      throw Refused.invalid("unknown_when", "No '" + when + "' for when; there is: queue, now.");
    }
    around.registry().require(submission.agent());
    var attachments = attachments(submission.attachments());
    return command(reply ->
        new Message.Submit(submission, attachments == null ? List.of() : attachments, reply));
  }

  /// Changes a queued turn; refused (conflict) when it has started.
  public Turn edit(TurnId turn, TurnEdit edit, @Nullable String clientId) {
    if (edit.text() != null && edit.text().isEmpty()) {
      throw Refused.invalid("empty_prompt", "The prompt is empty; withdraw the turn instead.");
    }
    requireTurn(turn);
    var attachments = attachments(edit.attachments());
    return command(reply -> new Message.Edit(turn, edit, attachments, clientId, reply));
  }

  public void withdraw(TurnId turn, @Nullable String clientId) {
    requireTurn(turn);
    this.<TurnId>command(reply -> new Message.Withdraw(turn, clientId, reply));
  }

  /// Goes on with the queue (`run`) or holds it (`hold`).
  public Queue queue(String state, @Nullable String clientId) {
    if (!state.equals("run") && !state.equals("hold")) {
      throw Refused.invalid(
          "unknown_state", "No queue state '" + state + "'; there is: run, hold.");
    }
    return command(reply -> new Message.Hold(state.equals("hold"), clientId, reply));
  }

  /// Interrupts the running turn; empty when nothing runs. Returns before the agent has obeyed.
  ///
  /// @param force replaces the agent's process at once
  public Optional<TurnId> interrupt(boolean force, @Nullable String clientId) {
    return command(reply -> new Message.Interrupt(force, clientId, reply));
  }

  /// Answers an ask once. The same `clientId` again gives the same result.
  ///
  /// @throws Refused `ask_answered` (with the answer) or `ask_closed` when it is not open any more
  public Ask answer(AskId ask, AnswerCommand answer) {
    // What is open can be seen a moment before it is stored; the lane itself knows.
    boolean open = openAsks().stream().anyMatch(a -> a.id().equals(ask));
    var known = around.journal().ask(ask).filter(a -> a.lane().equals(id()));
    if (known.isEmpty() && !open) {
      throw Refused.notFound("unknown_ask", "There is no ask " + ask + ".");
    }
    if (known.isPresent() && known.get().state() != Ask.State.OPEN) {
      return closed(known.get(), answer);
    }
    try {
      return command(reply -> new Message.Respond(ask, answer, reply));
    } catch (Refused e) {
      // It may have been closed between the look and the letter.
      var now = around.journal().ask(ask).orElseThrow(() -> e);
      if (e.kind() == Refused.Kind.GONE && now.state() != Ask.State.OPEN) {
        return closed(now, answer);
      }
      throw e;
    }
  }

  private Ask closed(Ask ask, AnswerCommand answer) {
    var closure = around.journal().closure(ask.id()).orElse(null);
    if (ask.state() == Ask.State.ANSWERED && closure != null) {
      if (answer.clientId().equals(closure.clientId())) {
        return ask;
      }
      throw new Refused(
          Refused.Kind.CONFLICT,
          "ask_answered",
          "The ask " + ask.id() + " was answered already, by " + closure.by() + ".",
          closure);
    }
    throw Refused.gone(
        "ask_closed", "The ask " + ask.id() + " is closed without an answer; its turn is over.");
  }

  /// The queue as it is now.
  public Queue queued() {
    return actor.glance().queue();
  }

  /// Whether a turn runs, and which.
  public Optional<Turn> running() {
    return Optional.ofNullable(actor.glance().running());
  }

  public List<Ask> openAsks() {
    return actor.glance().asks();
  }

  /// Turns newest first, at most `limit` (1 to 200), before the given one when not null.
  public List<Turn> turns(@Nullable TurnId before, int limit) {
    return around.journal().turns(id(), before, limit);
  }

  public List<ThreadState> threads() {
    return actor.glance().threads();
  }

  /// Clears history and threads: a running turn is interrupted first, then numbers start again at 1
  /// under a new epoch.
  public void reset() {
    this.<Boolean>command(Message.Reset::new);
  }

  LaneGlance glance() {
    return actor.glance();
  }

  void close(String reason) {
    this.<Boolean>command(reply -> new Message.Stop(reason, reply));
  }

  private <T> T command(Function<Reply<T>, Message> message) {
    var reply = new Reply<T>();
    if (!actor.mailbox.offer(message.apply(reply))) {
      throw Refused.unavailable(
          "lane_busy", "The lane " + actor.row.name() + " is closed or has too much to do.");
    }
    return reply.await();
  }

  private void requireTurn(TurnId turn) {
    var known = around.journal().turn(turn);
    if (known.isEmpty() || !known.get().lane().equals(id())) {
      throw Refused.notFound("unknown_turn", "There is no turn " + turn + " in this lane.");
    }
  }

  private @Nullable List<Item.Attachment> attachments(
      @Nullable List<Submission.AttachmentRef> refs) {
    if (refs == null) {
      return null;
    }
    var attachments = new ArrayList<Item.Attachment>();
    for (var ref : refs) {
      attachments.add(
          around
              .uploads()
              .find(ref.upload())
              .orElseThrow(() ->
                  Refused.invalid(
                      "unknown_upload",
                      "There is no upload " + ref.upload() + "; send the file first."))
              .attachment());
    }
    return attachments;
  }
}
