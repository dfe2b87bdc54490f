package dev.signalbox.session;

import dev.signalbox.event.Fact;
import dev.signalbox.event.Turn;
import dev.signalbox.id.TurnId;
import dev.signalbox.journal.Journal;
import dev.signalbox.refusal.Refused;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Takes prompts in and starts them one after another when the gate lets them. Runs on the lane's
/// thread.
final class QueueDesk {
  private final LaneRow row;
  private final Surroundings around;
  private final LaneJournal journal;
  private final TurnQueue queue;
  private final LaneStatus status;
  private final TurnConduct conduct;
  private final TurnStarter starter;
  private final Receipts receipts = new Receipts();

  /// The turn whose words are just given to the one that runs.
  private @Nullable TurnId steering;

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
    this.queue = queue;
    this.status = status;
    this.conduct = conduct;
    this.starter = new TurnStarter(row, around, journal, mailbox, queue, status, conduct);
  }

  void submit(Message.Submit message) {
    var submission = message.submission();
    if (receipts.waitsFor(submission.clientId(), message.reply())) {
      return;
    }
    var turn = Turns.queued(row, message, around.ids().turn(), around.clock().instant());
    boolean free = starter.free();
    if (free && queue.held()) {
      queue.hold(null); // an empty queue has nothing to hold: whoever sends says go on
    }
    receipts.begin(submission.clientId(), message.reply());
    boolean due = !isLater(turn);
    if (free && due && starter.enter(turn.id())) {
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
    var run = starter.begin(turn, turn.id(), entries);
    journal.request(
        entries,
        handle -> Catalogue.used(handle, row, turn),
        stored -> {
          receipts.give(turn.clientId(), receipt(turn, "running", stored));
          starter.launch(run);
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
      starter.pause(true);
      conduct.steer(run, turn);
    } else if (now && run != null) {
      run.steered = true;
      conduct.interrupt(run, "steered", false);
    } else if (now) {
      queue.hold(null);
    }
    starter.goOn();
  }

  /// The running turn took the words of a queued one, which is over thereby; or it did not, and
  /// makes room for it.
  void steered(Message.Steered message) {
    var words = message.words();
    steering = null;
    starter.pause(false);
    if (queue.find(words.id()) == null) {
      return; // the lane was reset meanwhile
    }
    if (!message.taken()) {
      var run = status.run;
      if (run != null && run.is(message.running())) {
        run.steered = true;
        conduct.interrupt(run, "steered", false);
      }
      starter.goOn();
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
    starter.goOn();
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
          starter.goOn();
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
      starter.leaveLine();
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
      starter.leaveLine();
    }
    journal.record(
        List.of(journal.entry(message.clientId(), new Fact.QueueChanged(queue.view()))),
        stored -> message.reply().give(queue.view()));
    starter.goOn();
  }

  /// A turn ended without being completed: what is queued waits until someone says go on.
  void holdAfter(TurnRun run) {
    if (!run.steered && !queue.isEmpty() && !queue.held()) {
      queue.hold(run.stopped ? "interrupted" : "failed");
      journal.record(new Fact.QueueChanged(queue.view()));
    }
  }

  /// As [TurnStarter#goOn].
  void goOn() {
    starter.goOn();
  }

  void granted(TurnId pass) {
    starter.granted(pass);
  }

  /// Nothing starts any more.
  void close() {
    starter.close();
  }

  void forget() {
    starter.leaveLine();
    queue.clear();
    receipts.clear();
  }
}
