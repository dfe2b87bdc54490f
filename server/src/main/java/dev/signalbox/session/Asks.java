package dev.signalbox.session;

import dev.signalbox.agent.AgentEvent;
import dev.signalbox.event.Answer;
import dev.signalbox.event.Ask;
import dev.signalbox.event.Fact;
import dev.signalbox.event.Item.Status;
import dev.signalbox.id.AskId;
import dev.signalbox.refusal.Refused;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// The asks of one turn: what is open, and the rule that each is answered at most once. An answer
/// reaches the agent only after it is durable. Runs on the lane's thread.
final class Asks {
  private final Map<AskId, OpenAsk> open = new LinkedHashMap<>();

  /// An ask and who waits behind it.
  static final class OpenAsk {
    final Ask ask;
    final AgentEvent.AskOpened origin;
    final List<Timers.Timer> timers = new ArrayList<>();

    /// The answer on its way to the disk.
    @Nullable AnswerCommand given;

    OpenAsk(Ask ask, AgentEvent.AskOpened origin) {
      this.ask = ask;
      this.origin = origin;
    }

    void stopTimers() {
      timers.forEach(Timers.Timer::cancel);
    }
  }

  OpenAsk add(Ask ask, AgentEvent.AskOpened origin) {
    var entry = new OpenAsk(ask, origin);
    open.put(ask.id(), entry);
    return entry;
  }

  @Nullable OpenAsk find(AskId ask) {
    return open.get(ask);
  }

  @Nullable OpenAsk byKey(String askKey) {
    for (var entry : open.values()) {
      if (entry.origin.askKey().equals(askKey)) {
        return entry;
      }
    }
    return null;
  }

  boolean isEmpty() {
    return open.isEmpty();
  }

  List<Ask> asks() {
    return open.values().stream().map(entry -> entry.ask).toList();
  }

  /// Checks an answer against the ask it is for.
  ///
  /// @throws Refused when it answers something else, or in a way the ask does not offer
  static Answer check(Ask ask, AnswerCommand command) {
    if (!ask.hash().equals(command.hash())) {
      throw Refused.conflict(
          "ask_changed",
          "The ask " + ask.id() + " is not what this answer was given for; look at it again.");
    }
    if (command.scope() != null && !command.scope().equals("once")) {
      throw Refused.invalid(
          "unknown_scope", "No scope '" + command.scope() + "' here; there is: once.");
    }
    int given =
        (command.option() != null ? 1 : 0)
            + (command.values() != null ? 1 : 0)
            + (Boolean.TRUE.equals(command.decline()) ? 1 : 0);
    if (given != 1) {
      throw Refused.invalid(
          "bad_answer",
          "An answer is exactly one of option, values or decline; got " + given + ".");
    }
    if (command.option() != null
        && ask.options().stream().noneMatch(option -> option.id().equals(command.option()))) {
      throw Refused.invalid(
          "unknown_option",
          "The ask "
              + ask.id()
              + " offers no option '"
              + command.option()
              + "'; it offers: "
              + ask.options().stream().map(Ask.Option::id).collect(Collectors.joining(", "))
              + ".");
    }
    return new Answer(
        command.option(), command.values(), command.decline(), "once", command.note());
  }

  /// Hands a stored answer to the agent.
  static void deliver(OpenAsk entry, Answer answer) {
    var pending = entry.origin.pending();
    if (answer.option() != null) {
      pending.choose(answer.option(), answer.note());
    } else if (answer.values() != null) {
      pending.submit(answer.values());
    } else {
      deny(entry.origin, answer.note());
    }
  }

  /// Says no in the way the agent offers, else "cancelled".
  static void deny(AgentEvent.AskOpened ask, @Nullable String note) {
    for (var option : ask.options()) {
      if (!option.allows() && !option.lasting()) {
        ask.pending().choose(option.id(), note);
        return;
      }
    }
    ask.pending().cancel();
  }

  /// The answer to an ask is durable: it is open no more.
  void answered(OpenAsk entry, Transcript transcript) {
    open.remove(entry.ask.id());
    entry.stopTimers();
    transcript.askClosed(entry.ask.id(), Status.DONE);
  }

  /// Closes an ask that nobody answered.
  void close(
      OpenAsk entry,
      Ask.State state,
      @Nullable Answer answer,
      String by,
      Transcript transcript,
      Transcript.Out out) {
    open.remove(entry.ask.id());
    entry.stopTimers();
    out.fact(new Fact.AskClosed(entry.ask.withState(state), answer, by));
    transcript.askClosed(entry.ask.id(), Status.CANCELLED);
  }

  /// The turn is ending: tells the agent "cancelled" for whatever it still waits for. An ask whose
  /// answer is on its way to the disk is closed by that answer.
  ///
  /// @return the closed asks
  List<Ask> withdrawAll(Transcript transcript, Transcript.Out out) {
    var closed = new ArrayList<Ask>();
    for (var entry : List.copyOf(open.values())) {
      entry.origin.pending().cancel();
      entry.stopTimers();
      if (entry.given == null) {
        close(entry, Ask.State.WITHDRAWN, null, "turn", transcript, out);
        closed.add(entry.ask.withState(Ask.State.WITHDRAWN));
      }
    }
    return closed;
  }
}
