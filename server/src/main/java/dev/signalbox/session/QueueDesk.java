package dev.signalbox.session;

import dev.signalbox.event.Fact;
import dev.signalbox.event.Item;
import dev.signalbox.event.Turn;
import dev.signalbox.id.ItemId;
import dev.signalbox.id.TurnId;
import dev.signalbox.journal.Journal;
import dev.signalbox.refusal.Refused;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Takes prompts in and starts them one after another when the gate lets them. Runs on the lane's
/// thread.
final class QueueDesk {
  private final LaneRow row;
  private final Surroundings around;
  private final LaneJournal journal;
  private final Mailbox<Message> mailbox;
  private final TurnQueue queue;
  private final LaneStatus status;
  private final TurnConduct conduct;
  private final Receipts receipts = new Receipts();

  /// Under which this lane waits at the gate, null when it does not.
  private @Nullable TurnId inLine;

  /// The turn whose words are just given to the one that runs.
  private @Nullable TurnId steering;

  /// Rings when the next turn is due that waits for its time.
  private Timers.@Nullable Timer alarm;

  private boolean closed;

  QueueDesk(
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

  void submit(Message.Submit message) {
    var submission = message.submission();
    if (receipts.waitsFor(submission.clientId(), message.reply())) {
      return;
    }
    var turn = Turns.queued(row, message, around.ids().turn(), around.clock().instant());
    boolean free = status.run == null && inLine == null && queue.isEmpty() && !closed;
    if (free && queue.held()) {
      queue.hold(null); // an empty queue has nothing to hold: whoever sends says go on
    }
    receipts.begin(submission.clientId(), message.reply());
    boolean due = !isLater(turn);
    if (free && due && enter(turn.id())) {
      startWith(turn);
    } else {
      queueUp(turn, "now".equals(submission.when()));
    }
  }

  private boolean isLater(Turn turn) {
    return turn.notBefore() != null && turn.notBefore().isAfter(around.clock().instant());
  }

  /// The prompt and the start of its turn are one append, so that there is one wait for the disk.
  private void startWith(Turn turn) {
    var entries = new ArrayList<Journal.Entry>();
    entries.add(journal.entry(turn.clientId(), new Fact.TurnQueued(turn)));
    var run = begin(turn, turn.id(), entries);
    journal.request(
        entries,
        handle -> Catalogue.used(handle, row, turn),
        stored -> {
          receipts.give(turn.clientId(), receipt(turn, "running", stored));
          launch(run);
        },
        cause -> {
          status.run = null;
          around.gate().leave(turn.id());
          receipts.refuse(turn.clientId(), cause);
          status.tell();
        });
  }

  private void queueUp(Turn turn, boolean now) {
    try {
      queue.add(turn, now);
    } catch (Refused e) {
      receipts.refuse(turn.clientId(), e);
      return;
    }
    journal.request(
        List.of(
            journal.entry(turn.clientId(), new Fact.TurnQueued(turn)),
            journal.entry(turn.clientId(), new Fact.QueueChanged(queue.view()))),
        handle -> Catalogue.used(handle, row, turn),
        stored -> {
          receipts.give(turn.clientId(), receipt(turn, "queued", stored));
          steer(turn, now);
        },
        cause -> {
          queue.remove(turn.id());
          receipts.refuse(turn.clientId(), cause);
          status.tell();
        });
  }

  private Submitted receipt(Turn turn, String state, List<Journal.Stored> stored) {
    around.bulletin().touch(row.session());
    return new Submitted(turn.id(), state, stored.getFirst().seq());
  }

  private void steer(Turn turn, boolean now) {
    var run = status.run;
    if (now && run != null && conduct.canSteer(run, turn)) {
      steering = turn.id();
      conduct.steer(run, turn);
    } else if (now && run != null) {
      run.steered = true;
      conduct.interrupt(run, "steered", false);
    } else if (now) {
      queue.hold(null);
    }
    goOn();
  }

  /// The running turn took the words of a queued one, which is over thereby; or it did not, and
  /// makes room for it.
  void steered(Message.Steered message) {
    var words = message.words();
    steering = null;
    if (queue.find(words.id()) == null) {
      return; // the lane was reset meanwhile
    }
    if (!message.taken()) {
      var run = status.run;
      if (run != null && run.is(message.running())) {
        run.steered = true;
        conduct.interrupt(run, "steered", false);
      }
      goOn();
      return;
    }
    queue.remove(words.id());
    var entries = new ArrayList<Journal.Entry>();
    entries.add(journal.entry(words.clientId(), new Fact.TurnStarted(words.id(), words.agent())));
    Turns.words(row, around, words).forEach(fact -> entries.add(journal.entry(null, fact)));
    entries.add(
        journal.entry(
            null, new Fact.TurnEnded(words.id(), Turn.State.COMPLETED, "steered", null, null)));
    entries.add(journal.entry(null, new Fact.QueueChanged(queue.view())));
    journal.record(entries, stored -> {});
    goOn();
  }

  void edit(Message.Edit message) {
    var turn = queued(message.turn());
    var edit = message.edit();
    if (edit.move()) {
      queue.move(turn.id(), edit.before());
    }
    var edited =
        Turns.edited(edit.atOnce() ? Turns.atOnce(turn) : turn, edit.text(), message.attachments());
    queue.replace(edited);
    journal.request(
        List.of(
            journal.entry(message.clientId(), new Fact.TurnChanged(edited)),
            journal.entry(message.clientId(), new Fact.QueueChanged(queue.view()))),
        null,
        stored -> {
          message.reply().give(edited);
          goOn();
        },
        cause -> {
          if (queue.find(turn.id()) != null) {
            queue.replace(turn);
          }
          message.reply().refuse(cause);
        });
  }

  void withdraw(Message.Withdraw message) {
    var turn = queued(message.turn());
    queue.remove(turn.id());
    if (queue.isEmpty()) {
      leaveLine();
    }
    journal.record(
        List.of(
            journal.entry(message.clientId(), new Fact.TurnWithdrawn(turn.id())),
            journal.entry(message.clientId(), new Fact.QueueChanged(queue.view()))),
        stored -> message.reply().give(turn.id()));
    status.tell();
  }

  private Turn queued(TurnId id) {
    var turn = id.equals(steering) ? null : queue.find(id);
    if (turn == null) {
      throw Refused.conflict(
          "turn_started", "The turn " + id + " is not queued any more; it has started or ended.");
    }
    return turn;
  }

  void hold(Message.Hold message) {
    queue.hold(message.hold() ? "user" : null);
    if (message.hold()) {
      leaveLine();
    }
    journal.record(
        List.of(journal.entry(message.clientId(), new Fact.QueueChanged(queue.view()))),
        stored -> message.reply().give(queue.view()));
    goOn();
  }

  /// A turn ended without being completed: what is queued waits until someone says go on.
  void holdAfter(TurnRun run) {
    if (!run.steered && !queue.isEmpty() && !queue.held()) {
      queue.hold(run.stopped ? "interrupted" : "failed");
      journal.record(new Fact.QueueChanged(queue.view()));
    }
  }

  /// Starts the next queued turn when it may.
  void goOn() {
    wakeWhenDue();
    var head = queue.head(around.clock().instant());
    boolean may =
        status.run == null && inLine == null && steering == null && !queue.held() && !closed;
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

  private boolean enter(TurnId pass) {
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
  private TurnRun begin(Turn turn, TurnId pass, List<Journal.Entry> entries) {
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

  private void launch(TurnRun run) {
    if (run.stopped) {
      mailbox.post(new Message.TurnOver(run.turn.id(), new Message.Ending.NeverStarted()));
    } else {
      conduct.launch(run, run.turn.text());
    }
  }

  private void leaveLine() {
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

  void forget() {
    leaveLine();
    queue.clear();
    receipts.clear();
  }
}
