package dev.signalbox.session;

import dev.signalbox.agent.AgentEvent;
import dev.signalbox.event.Answer;
import dev.signalbox.event.Ask;
import dev.signalbox.event.Fact;
import dev.signalbox.id.AskId;
import dev.signalbox.id.TurnId;
import dev.signalbox.refusal.Refused;
import java.util.List;

/// Where an agent's questions meet the user: decides what is asked at all, shows it, takes the one
/// answer. Runs on the lane's thread.
final class AskDesk {
  private final LaneRow lane;
  private final Surroundings around;
  private final LaneJournal journal;
  private final Mailbox<Message> mailbox;
  private final Transcript.Out out;
  private final Runnable changed;

  AskDesk(
      LaneRow lane,
      Surroundings around,
      LaneJournal journal,
      Mailbox<Message> mailbox,
      Transcript.Out out,
      Runnable changed) {
    this.lane = lane;
    this.around = around;
    this.journal = journal;
    this.mailbox = mailbox;
    this.out = out;
    this.changed = changed;
  }

  void opened(TurnRun run, AgentEvent.AskOpened asked) {
    if (run.stopped) {
      asked.pending().cancel();
    } else if (asked.writes() && !lane.writes()) {
      Asks.deny(asked, "This lane is read-only.");
      run.transcript.notice(
          "denied-read-only",
          "warn",
          "Denied, because this lane only reads: " + asked.title(),
          null);
    } else {
      show(run, asked);
    }
  }

  private void show(TurnRun run, AgentEvent.AskOpened asked) {
    var id = around.ids().ask();
    var item = run.transcript.ask(id);
    var ask = AskCard.of(id, item, lane, run.turn, asked, around);
    var entry = run.asks.add(ask, asked);
    run.clock.pause();
    out.fact(new Fact.AskOpened(ask));
    var settings = around.settings();
    entry.timers.add(
        around
            .timers()
            .after(
                settings.askReminder(), () -> ring(run.turn.id(), new Message.Alarm.Reminder(id))));
    if (settings.askTimeout() != null) {
      entry.timers.add(
          around
              .timers()
              .after(
                  settings.askTimeout(),
                  () -> ring(run.turn.id(), new Message.Alarm.AskTimeout(id))));
    }
    around.bulletin().post(new Change.AskOpened(ask));
    changed.run();
  }

  void withdrawn(TurnRun run, String askKey) {
    var entry = run.asks.byKey(askKey);
    if (entry != null && entry.given == null) {
      run.asks.close(entry, Ask.State.WITHDRAWN, null, "agent", run.transcript, out);
      gone(run, entry.ask.withState(Ask.State.WITHDRAWN));
    }
  }

  void withdrawAll(TurnRun run) {
    for (var ask : run.asks.withdrawAll(run.transcript, out)) {
      around.bulletin().post(new Change.AskClosed(ask));
    }
  }

  /// Takes an answer; the agent gets it once it is durable.
  void respond(TurnRun run, Message.Respond message) {
    var entry = run.asks.find(message.ask());
    if (entry == null) {
      throw new IllegalArgumentException("not an open ask of this turn: " + message.ask());
    }
    var given = entry.given;
    if (given != null) {
      throw Refused.conflict(
          "ask_answered", "The ask " + message.ask() + " is being answered by " + given.by() + ".");
    }
    var answer = Asks.check(entry.ask, message.answer());
    entry.given = message.answer();
    var ask = entry.ask.withState(Ask.State.ANSWERED);
    var fact = new Fact.AskClosed(ask, answer, message.answer().by());
    journal.request(
        List.of(journal.entry(message.answer().clientId(), fact)),
        null,
        stored -> answered(run, entry, ask, answer, message),
        cause -> {
          entry.given = null;
          message.reply().refuse(cause);
          if (run.stopped) {
            out.fact(new Fact.AskClosed(entry.ask.withState(Ask.State.WITHDRAWN), null, "turn"));
          }
        });
  }

  private void answered(
      TurnRun run, Asks.OpenAsk entry, Ask ask, Answer answer, Message.Respond message) {
    if (!run.stopped) {
      Asks.deliver(entry, answer);
    }
    run.asks.answered(entry, run.transcript);
    gone(run, ask);
    message.reply().give(ask);
  }

  void remind(TurnRun run, AskId ask) {
    var entry = run.asks.find(ask);
    if (entry != null && entry.given == null) {
      run.transcript.notice(
          "ask-reminder", "warn", "Still waiting for an answer: " + entry.ask.title(), null);
      around.bulletin().post(new Change.AskOpened(entry.ask));
    }
  }

  void expire(TurnRun run, AskId ask) {
    var entry = run.asks.find(ask);
    if (entry != null && entry.given == null) {
      Asks.deny(entry.origin, null);
      run.asks.close(entry, Ask.State.EXPIRED, null, "time-out", run.transcript, out);
      run.transcript.notice(
          "ask-expired",
          "warn",
          "Denied, because nobody answered in time: " + entry.ask.title(),
          null);
      gone(run, entry.ask.withState(Ask.State.EXPIRED));
    }
  }

  private void gone(TurnRun run, Ask ask) {
    around.bulletin().post(new Change.AskClosed(ask));
    if (run.asks.isEmpty() && !run.stopped) {
      run.clock.run();
    }
    changed.run();
  }

  private void ring(TurnId turn, Message.Alarm alarm) {
    mailbox.post(new Message.Rang(turn, alarm));
  }
}
