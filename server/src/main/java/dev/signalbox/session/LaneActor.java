package dev.signalbox.session;

import dev.signalbox.agent.AgentEvent;
import dev.signalbox.event.Ask;
import dev.signalbox.event.Fact;
import dev.signalbox.event.Item;
import dev.signalbox.id.ItemId;
import dev.signalbox.id.TurnId;
import dev.signalbox.journal.Journal;
import dev.signalbox.refusal.Refused;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;

/// The life of a lane: one virtual thread takes letters from its mailbox and carries them out one
/// after another. All other state of a lane is touched by that thread only; what others may see is
/// published as a [LaneGlance].
final class LaneActor {
  private static final Logger LOG = Logger.getLogger(LaneActor.class.getName());
  private static final Duration STORE_AGAIN = Duration.ofMillis(500);

  final LaneRow row;
  final Mailbox<Message> mailbox = new Mailbox<>();
  private final Surroundings around;
  private final LaneJournal journal;
  private final ThreadDesk threads;
  private final TurnQueue queue = new TurnQueue();
  private final LaneStatus status;
  private final TurnConduct conduct;
  private final QueueDesk desk;
  private volatile LaneGlance glance;

  private Message.@Nullable Stop stopping;
  private Message.@Nullable Reset resetting;

  LaneActor(LaneRow row, Surroundings around, LaneMemory memory) {
    this.row = row;
    this.around = around;
    this.journal = new LaneJournal(row.id(), around.journal(), outcome(), this::storeLater);
    this.threads =
        new ThreadDesk(
            row, around, journal, mailbox, new Threads(row.id(), around.clock(), memory.threads()));
    memory.settle(journal, around.clock());
    memory.queued().forEach(turn -> queue.add(turn, false));
    if (memory.heldReason() != null) {
      queue.hold(memory.heldReason());
      journal.record(new Fact.QueueChanged(queue.view()));
    }
    this.status = new LaneStatus(queue, journal, around.bulletin(), row.session());
    this.conduct = new TurnConduct(row, around, journal, mailbox, threads, out(), status::tell);
    this.desk = new QueueDesk(row, around, journal, mailbox, queue, status, conduct);
    this.glance =
        LaneGlance.of(status.state(), queue, threads.all(), List.of(), null, memory.chosen());
  }

  void start() {
    Thread.ofVirtual().name("lane-" + row.id()).start(this::live);
  }

  LaneGlance glance() {
    return glance;
  }

  private void live() {
    try {
      while (stopping == null || status.run != null || !journal.idle()) {
        var letter = mailbox.take(journal.full());
        receive(letter);
        if (!growsOnly(letter)) {
          publish();
        }
      }
      stopping.reply().give(true);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      for (var letter : mailbox.close()) {
        refuse(
            letter, Refused.unavailable("lane_closed", "The lane " + row.name() + " is closed."));
      }
    }
  }

  /// Growing text, which comes thousands of times, changes nothing of what others may see.
  private static boolean growsOnly(Message letter) {
    return letter instanceof Message.Told told
        && (told.event() instanceof AgentEvent.Text
            || told.event() instanceof AgentEvent.Reasoning);
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
      case Message.Submit submit -> desk.submit(submit);
      case Message.Edit edit -> desk.edit(edit);
      case Message.Withdraw withdraw -> desk.withdraw(withdraw);
      case Message.Hold hold -> desk.hold(hold);
      case Message.Interrupt interrupt -> interrupt(interrupt);
      case Message.Respond respond -> respond(respond);
      case Message.Reset reset -> {
        resetting = reset;
        endRun("reset");
        resetWhenQuiet();
      }
      case Message.Stop stop -> {
        stopping = stop;
        desk.close();
        endRun(stop.reason());
      }
    }
  }

  private void note(Message letter) {
    switch (letter) {
      case Message.Command _ -> throw new IllegalArgumentException("obeyed elsewhere");
      case Message.Granted granted -> desk.granted(granted.pass());
      case Message.WasStored stored -> {
        journal.stored(stored.facts());
        resetWhenQuiet();
      }
      case Message.NotStored not -> journal.failed(not.cause());
      case Message.StoreAgain _ -> journal.retry();
      case Message.ThreadReady ready -> {
        var run = running(ready.turn());
        if (run != null) {
          conduct.threadReady(run, ready);
        }
      }
      case Message.Told told -> told(told);
      case Message.ToldAside aside -> threads.told(aside.agent(), aside.event());
      case Message.TurnOver over -> {
        var run = running(over.turn());
        if (run != null) {
          finish(run, over.ending());
        }
      }
      case Message.Steered steered -> desk.steered(steered);
      case Message.Due _ -> desk.goOn();
      case Message.Rang rang -> rang(rang);
      case Message.ProcessGone gone -> {
        // A turn that runs with this agent ends by it, and says why.
        if (status.run == null || !status.run.turn.agent().equals(gone.agent())) {
          threads.gone(gone);
        }
      }
    }
  }

  /// The run of that turn, or null when it is not the one that runs.
  private @Nullable TurnRun running(TurnId turn) {
    var run = status.run;
    return run != null && run.is(turn) ? run : null;
  }

  /// The fence: an event of any turn but the running one ends here.
  private void told(Message.Told told) {
    var run = running(told.turn());
    if (run != null) {
      conduct.told(run, told.event());
    } else if (told.event() instanceof AgentEvent.AskOpened ask) {
      ask.pending().cancel(); // nobody is there to answer it
    }
  }

  private void rang(Message.Rang rang) {
    var run = running(rang.turn());
    if (run == null) {
      return;
    }
    switch (rang.alarm()) {
      case Message.Alarm.Grace _ -> {
        if (conduct.patienceEnds(run)) {
          finish(run, new Message.Ending.NeverStarted());
        }
      }
      case Message.Alarm.TimeLimit limit -> conduct.timeIsUp(run, limit.round());
      case Message.Alarm.Reminder reminder -> conduct.desk().remind(run, reminder.ask());
      case Message.Alarm.AskTimeout timeout -> conduct.desk().expire(run, timeout.ask());
    }
  }

  private void interrupt(Message.Interrupt message) {
    var run = status.run;
    message.reply().give(Optional.ofNullable(run).map(r -> r.turn.id()));
    if (run != null) {
      conduct.interrupt(run, "user", message.force());
    }
  }

  private void respond(Message.Respond message) {
    var run = status.run;
    if (run == null || run.asks.find(message.ask()) == null) {
      throw Refused.gone(
          "ask_closed", "The ask " + message.ask() + " is closed; its turn is over.");
    }
    conduct.desk().respond(run, message);
  }

  private void endRun(String reason) {
    if (status.run != null) {
      conduct.interrupt(status.run, reason, false);
    }
  }

  private void finish(TurnRun run, Message.Ending ending) {
    boolean completed = conduct.finish(run, ending);
    status.run = null;
    status.failed = !completed && !run.stopped;
    if (!completed) {
      desk.holdAfter(run);
    }
    desk.goOn();
    resetWhenQuiet();
  }

  /// Clears the lane once nothing runs and nothing is on its way to the disk.
  private void resetWhenQuiet() {
    var reset = resetting;
    if (reset == null || status.run != null || !journal.idle()) {
      return;
    }
    resetting = null;
    desk.forget();
    threads.forget();
    around.pool().closeLane(row.id());
    around.journal().reset(row.id(), handle -> Catalogue.forgetThreads(handle, row.id()));
    status.forget();
    reset.reply().give(true);
  }

  private void publish() {
    var run = status.run;
    glance =
        LaneGlance.of(
            status.state(),
            queue,
            threads.all(),
            run == null ? List.<Ask>of() : run.asks.asks(),
            run == null ? null : run.turn,
            glance.chosen());
  }

  private Transcript.Out out() {
    return new Transcript.Out() {
      @Override
      public void fact(Fact fact) {
        journal.record(fact);
      }

      @Override
      public void grow(ItemId item, Item.Field field, String text) {
        journal.grow(item, field, text);
      }
    };
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
}
