package dev.signalbox.session;

import dev.signalbox.event.Fact;
import dev.signalbox.event.Item;
import dev.signalbox.event.Turn;
import dev.signalbox.id.ItemId;
import dev.signalbox.id.TurnId;
import dev.signalbox.journal.Journal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Starts the turns of a lane one after another when the gate lets them. Runs on the lane's thread.
final class TurnStarter {
  private final LaneRow row;
  private final Surroundings around;
  private final LaneJournal journal;
  private final Mailbox<Message> mailbox;
  private final TurnQueue queue;
  private final LaneStatus status;
  private final TurnConduct conduct;

  /// Under which this lane waits at the gate, null when it does not.
  private @Nullable TurnId inLine;

  /// Rings when the next turn is due that waits for its time.
  private Timers.@Nullable Timer alarm;

  /// Nothing starts while the words of a queued turn are given to the one that runs.
  private boolean paused;

  private boolean closed;

  TurnStarter(
      LaneRow row,
      Surroundings around,
      LaneJournal journal,
      Mailbox<Message> mailbox,
      TurnQueue queue,
      LaneStatus status,
      TurnConduct conduct) {
    this.row = row;
    this.around = around;
    this.journal = journal;
    this.mailbox = mailbox;
    this.queue = queue;
    this.status = status;
    this.conduct = conduct;
  }

  /// Whether nothing runs, nothing waits, and nothing stands in the way of a start.
  boolean free() {
    return status.run == null && inLine == null && queue.isEmpty() && !closed;
  }

  void pause(boolean paused) {
    this.paused = paused;
  }

  /// Starts the next queued turn when it may.
  void goOn() {
    wakeWhenDue();
    var head = queue.head(around.clock().instant());
    boolean may = status.run == null && inLine == null && !paused && !queue.held() && !closed;
    if (head != null && may && enter(head.id())) {
      startQueued(head.id());
    }
    status.tell();
  }

  private void wakeWhenDue() {
    if (alarm != null) {
      alarm.cancel();
      alarm = null;
    }
    var now = around.clock().instant();
    var due = closed ? null : queue.nextDue(now);
    if (due != null) {
      var wait = Duration.between(now, due).plusMillis(1);
      alarm = around.timers().after(wait, () -> mailbox.post(new Message.Due()));
    }
  }

  boolean enter(TurnId pass) {
    var claim = new TurnGate.Claim(row.session(), row.id(), pass, row.writeRoot());
    var obstacle = around.gate().enter(claim, id -> mailbox.post(new Message.Granted(id)));
    status.waitsFor = obstacle;
    inLine = obstacle == null ? null : pass;
    return obstacle == null;
  }

  void granted(TurnId pass) {
    if (!pass.equals(inLine)) {
      around.gate().leave(pass); // the line was left meanwhile
      return;
    }
    inLine = null;
    status.waitsFor = null;
    startQueued(pass);
  }

  private void startQueued(TurnId pass) {
    var turn = queue.head(around.clock().instant());
    if (turn == null) {
      around.gate().leave(pass);
      return;
    }
    queue.remove(turn.id());
    var entries = new ArrayList<Journal.Entry>();
    var run = begin(turn, pass, entries);
    entries.add(journal.entry(null, new Fact.QueueChanged(queue.view())));
    journal.record(entries, stored -> launch(run));
  }

  /// The facts with which a turn begins go into `entries`; what follows goes to the journal.
  TurnRun begin(Turn turn, TurnId pass, List<Journal.Entry> entries) {
    var out = new Beginning(entries);
    var run = conduct.prepare(turn, pass, out);
    status.run = run;
    status.failed = false;
    entries.add(journal.entry(turn.clientId(), new Fact.TurnStarted(turn.id(), turn.agent())));
    run.transcript.begin(turn.text(), turn.attachments());
    var news = status.news();
    if (news != null) {
      entries.add(journal.entry(null, news));
    }
    out.begun = true;
    return run;
  }

  private final class Beginning implements Transcript.Out {
    private final List<Journal.Entry> entries;
    private boolean begun;

    Beginning(List<Journal.Entry> entries) {
      this.entries = entries;
    }

    @Override
    public void fact(Fact fact) {
      if (begun) {
        journal.record(fact);
      } else {
        entries.add(journal.entry(null, fact));
      }
    }

    @Override
    public void grow(ItemId item, Item.Field field, String text) {
      journal.grow(item, field, text);
    }
  }

  void launch(TurnRun run) {
    if (run.stopped) {
      mailbox.post(new Message.TurnOver(run.turn.id(), new Message.Ending.NeverStarted()));
    } else {
      conduct.launch(run, run.turn.text());
    }
  }

  void leaveLine() {
    if (inLine != null) {
      var pass = inLine;
      inLine = null;
      status.waitsFor = null;
      around.gate().leave(pass);
    }
  }

  /// Nothing starts any more.
  void close() {
    closed = true;
    leaveLine();
  }
}
