package dev.signalbox.session;

import dev.signalbox.event.Fact;
import dev.signalbox.event.Item;
import dev.signalbox.event.LaneState;
import dev.signalbox.event.Turn;
import dev.signalbox.event.WaitsFor;
import dev.signalbox.id.ItemId;
import dev.signalbox.id.TurnId;
import dev.signalbox.journal.Journal;
import dev.signalbox.refusal.Refused;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;

/// The life of a lane: one virtual thread takes letters from its mailbox and carries them out one
/// after another. All other state here is touched by that thread only; what others may see is
/// published as a [LaneGlance].
final class LaneActor {
  private static final Logger LOG = Logger.getLogger(LaneActor.class.getName());
  private static final Duration STORE_AGAIN = Duration.ofMillis(500);

  final LaneRow row;
  final Mailbox<Message> mailbox = new Mailbox<>();
  private final Surroundings around;
  private final LaneJournal journal;
  private final Threads threads;
  private final ThreadRows rows;
  private final TurnConduct conduct;
  private final TurnQueue queue = new TurnQueue();
  private final Receipts receipts = new Receipts();
  private final Transcript.Out out;
  private volatile LaneGlance glance;

  private @Nullable TurnRun run;
  private @Nullable TurnId inLine;
  private @Nullable WaitsFor waitsFor;
  private boolean failed;
  private LaneState told = LaneState.IDLE;
  private Message.@Nullable Stop stopping;
  private Message.@Nullable Reset resetting;

  LaneActor(LaneRow row, Surroundings around, LaneMemory memory) {
    this.row = row;
    this.around = around;
    this.journal = new LaneJournal(row.id(), around.journal(), outcome(), this::storeLater);
    this.out =
        new Transcript.Out() {
          @Override
          public void fact(Fact fact) {
            journal.record(fact);
          }

          @Override
          public void grow(ItemId item, Item.Field field, String text) {
            journal.grow(item, field, text);
          }
        };
    this.threads = new Threads(row.id(), around.clock(), memory.threads());
    this.rows = new ThreadRows(row, around, journal);
    this.conduct =
        new TurnConduct(row, around, journal, mailbox, threads, rows, out, this::tellState);
    memory.settle(row, journal, around.clock());
    memory.queued().forEach(turn -> queue.add(turn, false));
    if (memory.heldReason() != null) {
      queue.hold(memory.heldReason());
      journal.record(new Fact.QueueChanged(queue.view()));
    }
    told = queue.isEmpty() ? LaneState.IDLE : LaneState.QUEUED;
    glance = LaneGlance.of(told, queue, threads, List.of(), null, memory.chosen());
  }

  void start() {
    Thread.ofVirtual().name("lane-" + row.id()).start(this::live);
  }

  LaneGlance glance() {
    return glance;
  }

  private void live() {
    try {
      while (stopping == null || run != null || !journal.idle()) {
        receive(mailbox.take(journal.full()));
        publish();
      }
      stopping.reply().give(true);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      for (var letter : mailbox.close()) {
        if (letter instanceof Message.Command command) {
          command
              .reply()
              .refuse(Refused.unavailable("lane_closed", "The lane " + row.name() + " is closed."));
        }
      }
    }
  }

  private void receive(Message letter) {
    try {
      if (letter instanceof Message.Command command) {
        obey(command);
      } else {
        note(letter);
      }
    } catch (Refused e) {
      refuse(letter, e);
    } catch (RuntimeException e) {
      // A letter that cannot be handled must not end the lane.
      LOG.log(Level.SEVERE, "lane=" + row.id() + " letter=" + letter.getClass(), e);
      refuse(letter, e);
    }
  }

  private static void refuse(Message letter, RuntimeException cause) {
    if (letter instanceof Message.Command command) {
      command.reply().refuse(cause);
    }
  }

  private void obey(Message.Command command) {
    switch (command) {
      case Message.Submit submit -> submit(submit);
      case Message.Edit edit -> edit(edit);
      case Message.Withdraw withdraw -> withdraw(withdraw);
      case Message.Hold hold -> hold(hold);
      case Message.Interrupt interrupt -> interrupt(interrupt);
      case Message.Respond respond -> respond(respond);
      case Message.Reset reset -> {
        resetting = reset;
        endRun("reset");
        resetWhenQuiet();
      }
      case Message.Stop stop -> {
        stopping = stop;
        leaveLine();
        endRun(stop.reason());
      }
    }
  }

  private void note(Message letter) {
    switch (letter) {
      case Message.Command _ -> throw new IllegalArgumentException("obeyed elsewhere");
      case Message.Granted granted -> granted(granted.pass());
      case Message.WasStored stored -> {
        journal.stored(stored.facts());
        resetWhenQuiet();
      }
      case Message.NotStored not -> journal.failed(not.cause());
      case Message.StoreAgain _ -> journal.retry();
      case Message.ThreadReady ready -> {
        if (run != null && run.turn.id().equals(ready.turn())) {
          conduct.threadReady(run, ready);
        }
      }
      case Message.Told told -> told(told);
      case Message.TurnOver over -> {
        if (run != null && run.turn.id().equals(over.turn())) {
          finish(run, over.ending());
        }
      }
      case Message.Rang rang -> rang(rang);
      case Message.ProcessGone gone -> {
        if (run == null || !run.turn.agent().equals(gone.agent())) {
          rows.changed(threads.status(gone.agent(), gone.intended() ? "idle" : "crashed"));
        }
      }
    }
  }

  private void told(Message.Told told) {
    if (run != null && run.turn.id().equals(told.turn())) {
      conduct.told(run, told.event());
    } else if (told.event() instanceof dev.signalbox.agent.AgentEvent.AskOpened ask) {
      ask.pending().cancel(); // nobody is there to answer it
    }
  }

  private void rang(Message.Rang rang) {
    var run = this.run;
    if (run == null || !run.turn.id().equals(rang.turn())) {
      return;
    }
    switch (rang.alarm()) {
      case Message.Alarm.Grace _ -> grace(run);
      case Message.Alarm.TimeLimit limit -> {
        if (run.clock.rings(limit.round())) {
          run.transcript.notice(
              "time-limit", "warn", "The time limit of a turn is reached; it is ended.", null);
          conduct.interrupt(run, "time-limit", false);
        }
      }
      case Message.Alarm.Reminder reminder -> conduct.desk().remind(run, reminder.ask());
      case Message.Alarm.AskTimeout timeout -> conduct.desk().expire(run, timeout.ask());
    }
  }

  private void grace(TurnRun run) {
    if (run.replaced || run.thread == null) {
      // Not even its start came back: the turn ends here, and its late end is fenced off.
      finish(run, new Message.Ending.NeverStarted());
    } else {
      conduct.replace(run);
      run.grace =
          around
              .timers()
              .after(
                  around.settings().interruptGrace().plusSeconds(5),
                  () -> mailbox.post(new Message.Rang(run.turn.id(), new Message.Alarm.Grace())));
    }
  }

  private void submit(Message.Submit message) {
    var submission = message.submission();
    if (receipts.waitsFor(submission.clientId(), message.reply())) {
      return;
    }
    var turn = Turns.queued(row, message, around.ids().turn(), around.clock().instant());
    boolean now = "now".equals(submission.when());
    boolean free = run == null && inLine == null && queue.isEmpty() && stopping == null;
    if (free && queue.held()) {
      queue.hold(null); // an empty queue has nothing to hold: whoever sends says go on
    }
    receipts.begin(submission.clientId(), message.reply());
    if (free && enter(turn.id())) {
      startWith(turn, message);
    } else {
      queueUp(turn, message, now);
    }
  }

  /// The prompt and the start of its turn are one append, so that there is one wait for the disk.
  private void startWith(Turn turn, Message.Submit message) {
    var entries = new ArrayList<Journal.Entry>();
    entries.add(journal.entry(turn.clientId(), new Fact.TurnQueued(turn)));
    var run = begin(turn, turn.id(), entries);
    journal.request(
        entries,
        handle -> Catalogue.used(handle, row, turn),
        stored -> {
          receipts.give(turn.clientId(), new Submitted(turn.id(), "running", seq(stored)));
          around.bulletin().touch(row.session());
          launch(run);
        },
        cause -> {
          this.run = null;
          around.gate().leave(turn.id());
          receipts.refuse(turn.clientId(), cause);
          tellState();
        });
  }

  private void queueUp(Turn turn, Message.Submit message, boolean now) {
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
          receipts.give(turn.clientId(), new Submitted(turn.id(), "queued", seq(stored)));
          around.bulletin().touch(row.session());
          steer(now);
        },
        cause -> {
          queue.remove(turn.id());
          receipts.refuse(turn.clientId(), cause);
        });
    if (run == null) {
      goOn();
    }
  }

  private void steer(boolean now) {
    if (now && run != null) {
      run.steered = true;
      conduct.interrupt(run, "steered", false);
    } else if (now) {
      queue.hold(null);
    }
    goOn();
  }

  private void edit(Message.Edit message) {
    var turn = queuedTurn(message.turn());
    var edit = message.edit();
    var edited = Turns.edited(turn, edit.text(), message.attachments());
    queue.replace(edited);
    if (edit.move()) {
      queue.move(turn.id(), edit.before());
    }
    journal.request(
        List.of(
            journal.entry(message.clientId(), new Fact.TurnChanged(edited)),
            journal.entry(message.clientId(), new Fact.QueueChanged(queue.view()))),
        null,
        stored -> message.reply().give(edited),
        cause -> {
          if (queue.find(turn.id()) != null) {
            queue.replace(turn);
          }
          message.reply().refuse(cause);
        });
  }

  private void withdraw(Message.Withdraw message) {
    var turn = queuedTurn(message.turn());
    queue.remove(turn.id());
    if (queue.isEmpty()) {
      leaveLine();
    }
    journal.record(
        List.of(
            journal.entry(message.clientId(), new Fact.TurnWithdrawn(turn.id())),
            journal.entry(message.clientId(), new Fact.QueueChanged(queue.view()))),
        stored -> message.reply().give(turn.id()));
    tellState();
  }

  private Turn queuedTurn(TurnId id) {
    var turn = queue.find(id);
    if (turn == null) {
      throw Refused.conflict(
          "turn_started", "The turn " + id + " is not queued any more; it has started or ended.");
    }
    return turn;
  }

  private void hold(Message.Hold message) {
    queue.hold(message.hold() ? "user" : null);
    if (message.hold()) {
      leaveLine();
    }
    journal.record(
        List.of(journal.entry(message.clientId(), new Fact.QueueChanged(queue.view()))),
        stored -> message.reply().give(queue.view()));
    goOn();
  }

  private void interrupt(Message.Interrupt message) {
    if (run == null) {
      message.reply().give(Optional.empty());
      return;
    }
    message.reply().give(Optional.of(run.turn.id()));
    conduct.interrupt(run, "user", message.force());
  }

  private void respond(Message.Respond message) {
    if (run == null || run.asks.find(message.ask()) == null) {
      throw Refused.gone(
          "ask_closed", "The ask " + message.ask() + " is closed; its turn is over.");
    }
    conduct.desk().respond(run, message);
  }

  private void endRun(String reason) {
    if (run != null) {
      conduct.interrupt(run, reason, false);
    }
  }

  /// Clears the lane once nothing runs and nothing is on its way to the disk.
  private void resetWhenQuiet() {
    var reset = resetting;
    if (reset == null || run != null || !journal.idle()) {
      return;
    }
    resetting = null;
    leaveLine();
    queue.clear();
    threads.clear();
    receipts.clear();
    failed = false;
    told = LaneState.IDLE;
    around.pool().closeLane(row.id());
    around.journal().reset(row.id(), handle -> Catalogue.forgetThreads(handle, row.id()));
    reset.reply().give(true);
    around.bulletin().touch(row.session());
  }

  /// Starts the next queued turn when it may.
  private void goOn() {
    var head = queue.head();
    if (head == null || run != null || inLine != null || queue.held() || stopping != null) {
      tellState();
      return;
    }
    if (enter(head.id())) {
      startQueued(head.id());
    }
    tellState();
  }

  private boolean enter(TurnId pass) {
    var claim = new TurnGate.Claim(row.session(), row.id(), pass, row.writeRoot());
    waitsFor = around.gate().enter(claim, id -> mailbox.post(new Message.Granted(id)));
    inLine = waitsFor == null ? null : pass;
    return waitsFor == null;
  }

  private void granted(TurnId pass) {
    if (!pass.equals(inLine)) {
      around.gate().leave(pass); // the line was left meanwhile
      return;
    }
    inLine = null;
    waitsFor = null;
    startQueued(pass);
  }

  private void startQueued(TurnId pass) {
    var turn = queue.head();
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

  private TurnRun begin(Turn turn, TurnId pass, List<Journal.Entry> entries) {
    failed = false;
    var first =
        new Transcript.Out() {
          private boolean begun;

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
        };
    var run = conduct.prepare(turn, pass, first);
    this.run = run;
    entries.add(journal.entry(turn.clientId(), new Fact.TurnStarted(turn.id(), turn.agent())));
    run.transcript.begin(turn.text(), turn.attachments());
    first.begun = true;
    var state = state();
    if (state != told) {
      told = state;
      entries.add(journal.entry(null, new Fact.LaneChanged(state, null)));
    }
    return run;
  }

  private void launch(TurnRun run) {
    if (run.stopped) {
      finish(run, new Message.Ending.NeverStarted());
    } else {
      conduct.launch(run, run.turn.text());
    }
  }

  private void finish(TurnRun run, Message.Ending ending) {
    boolean ok = conduct.finish(run, ending);
    this.run = null;
    failed = !ok && !run.stopped;
    if (!ok && !run.steered && !queue.isEmpty() && !queue.held()) {
      queue.hold(run.stopped ? "interrupted" : "failed");
      journal.record(new Fact.QueueChanged(queue.view()));
    }
    tellState();
    goOn();
    resetWhenQuiet();
  }

  private void leaveLine() {
    if (inLine != null) {
      var pass = inLine;
      inLine = null;
      waitsFor = null;
      around.gate().leave(pass);
    }
  }

  private LaneState state() {
    if (run != null) {
      return run.asks.isEmpty() ? LaneState.RUNNING : LaneState.WAITING;
    }
    if (!queue.isEmpty()) {
      return LaneState.QUEUED;
    }
    return failed ? LaneState.ERROR : LaneState.IDLE;
  }

  private @Nullable WaitsFor toldWaitsFor;

  private void tellState() {
    var state = state();
    if (state != told || !java.util.Objects.equals(waitsFor, toldWaitsFor)) {
      told = state;
      toldWaitsFor = waitsFor;
      journal.record(new Fact.LaneChanged(state, waitsFor));
      around.bulletin().touch(row.session());
    }
  }

  private void publish() {
    var open = run == null ? List.<dev.signalbox.event.Ask>of() : run.asks.asks();
    glance =
        LaneGlance.of(
            state(), queue, threads, open, run == null ? null : run.turn, glance.chosen());
  }

  private Journal.Outcome outcome() {
    return new Journal.Outcome() {
      @Override
      public void stored(List<Journal.Stored> facts) {
        mailbox.post(new Message.WasStored(facts));
      }

      @Override
      public void failed(RuntimeException cause) {
        mailbox.post(new Message.NotStored(cause));
      }
    };
  }

  private void storeLater() {
    around.timers().after(STORE_AGAIN, () -> mailbox.post(new Message.StoreAgain()));
  }

  private static long seq(List<Journal.Stored> stored) {
    return stored.getFirst().seq();
  }
}
