package dev.signalbox.session;

import dev.signalbox.agent.AgentEvent;
import dev.signalbox.agent.TurnResult;
import dev.signalbox.event.Fact;
import dev.signalbox.event.Item.Status;
import dev.signalbox.event.Problem;
import dev.signalbox.event.Turn;
import dev.signalbox.event.Usage;
import dev.signalbox.id.TurnId;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/// What happens to the turn that runs: its agent's events, its interrupt, its one end. The fence is
/// here: what belongs to any other turn is not let in. Runs on the lane's thread.
final class TurnConduct {
  private final LaneRow lane;
  private final Surroundings around;
  private final Mailbox<Message> mailbox;
  private final ThreadDesk threads;
  private final AskDesk desk;
  private final Transcript.Out out;
  private final Runnable changed;

  /// @param changed called when what others see of the lane may have changed
  TurnConduct(
      LaneRow lane,
      Surroundings around,
      LaneJournal journal,
      Mailbox<Message> mailbox,
      ThreadDesk threads,
      Transcript.Out out,
      Runnable changed) {
    this.lane = lane;
    this.around = around;
    this.mailbox = mailbox;
    this.threads = threads;
    this.out = out;
    this.changed = changed;
    this.desk = new AskDesk(lane, around, journal, mailbox, out, changed);
  }

  /// Makes the run of a turn; nothing has happened yet.
  TurnRun prepare(Turn turn, TurnId pass, Transcript.Out first) {
    var transcript =
        new Transcript(lane.id(), turn.id(), turn.agent(), around.ids(), around.clock(), first);
    var clock =
        new TurnClock(
            around.settings().turnLimit(),
            around.timers(),
            round -> ring(turn.id(), new Message.Alarm.TimeLimit(round)));
    return new TurnRun(turn, pass, transcript, new Asks(), clock);
  }

  AskDesk desk() {
    return desk;
  }

  void launch(TurnRun run, String prompt) {
    run.clock.run();
    new TurnRunner(lane, around, mailbox)
        .start(
            run,
            new TurnRunner.Start(
                prompt,
                threads.nativeId(run.turn.agent()).orElse(null),
                threads.knowledge(run.turn.agent())));
  }

  void threadReady(TurnRun run, Message.ThreadReady ready) {
    run.thread = ready.thread();
    boolean lost = threads.ready(run.turn.agent(), ready.thread(), ready.origin());
    if (run.stopped) {
      // Stop was pressed while it started; told now, the prompt is not sent or ended at once.
      ready.thread().interrupt(run.turn.id());
    }
    if (lost) {
      memoryLost(run);
    }
  }

  private static void memoryLost(TurnRun run) {
    if (run.handedOver) {
      run.transcript.notice(
          "memory-rebuilt",
          "warn",
          "This agent could not take up its earlier conversation; it was given an account of it.",
          null);
    } else {
      run.transcript.notice(
          "memory-lost",
          "warn",
          "This agent could not take up its earlier conversation; it starts without memory of it.",
          null);
    }
  }

  private void notice(TurnRun run, AgentEvent.Notice notice) {
    boolean lost = notice.code().equals("memory-lost");
    if (lost) {
      memoryLost(run);
    } else {
      run.transcript.notice(notice.code(), notice.level(), notice.detail(), null);
    }
    if (run.thread != null) {
      threads.learn(run.turn.agent(), run.thread); // it may tell of another conversation
    }
    if (lost) {
      threads.begunAnew(run.turn.agent(), run.handedOver);
    }
  }

  void told(TurnRun run, AgentEvent event) {
    run.heard |= !(event instanceof AgentEvent.Notice);
    switch (event) {
      case AgentEvent.Text text -> run.transcript.text(text);
      case AgentEvent.Reasoning reasoning -> run.transcript.reasoning(reasoning);
      case AgentEvent.ToolCall call -> run.transcript.tool(run.stopped ? cutShort(call) : call);
      case AgentEvent.Plan plan -> run.transcript.plan(plan.entries());
      case AgentEvent.AskOpened ask -> desk.opened(run, ask);
      case AgentEvent.AskWithdrawn ask -> desk.withdrawn(run, ask.askKey());
      case AgentEvent.UsageReported usage -> usage(run, usage);
      case AgentEvent.Notice notice -> notice(run, notice);
      case AgentEvent.Unknown unknown -> run.transcript.unknown(unknown);
      case AgentEvent.Commands _, AgentEvent.ModeChanged _, AgentEvent.TitleChanged _ ->
          threads.told(run.turn.agent(), event);
    }
  }

  /// What ends after Stop was pressed was ended by it, also where the agent calls it done.
  private static AgentEvent.ToolCall cutShort(AgentEvent.ToolCall call) {
    var status = call.status() == Status.OPEN ? Status.OPEN : Status.CANCELLED;
    return new AgentEvent.ToolCall(
        call.callId(), call.tool(), status, call.output(), call.diff(), call.parent());
  }

  private void usage(TurnRun run, AgentEvent.UsageReported reported) {
    if (reported.ofTurn()) {
      run.usage = run.usage == null ? reported.usage() : run.usage.plus(reported.usage());
    } else {
      threads.told(run.turn.agent(), reported);
    }
  }

  /// Whether the words of a queued turn can be given to the one that runs.
  boolean canSteer(TurnRun run, Turn words) {
    var thread = run.thread;
    return thread != null
        && !run.stopped
        && words.agent().equals(run.turn.agent())
        && thread.process().capabilities().steer();
  }

  /// Gives them; what became of it comes as a letter.
  void steer(TurnRun run, Turn words) {
    var thread = run.thread;
    Thread.ofVirtual()
        .name("steer-" + words.id())
        .start(() ->
            mailbox.post(
                new Message.Steered(
                    run.turn.id(),
                    words,
                    new Steering(around).steer(thread, run.turn.id(), words))));
  }

  /// Begins to end the turn; its end comes when the agent has settled.
  void interrupt(TurnRun run, String reason, boolean force) {
    if (!run.stopped) {
      run.stopped = true;
      run.stopReason = reason;
      run.clock.pause();
      desk.withdrawAll(run);
      var thread = run.thread;
      if (thread != null) {
        thread.interrupt(run.turn.id());
      }
      run.grace = graceTimer(run, around.settings().interruptGrace());
      changed.run();
    }
    if (force) {
      replace(run);
    }
  }

  /// The agent has had its time to obey an interrupt.
  ///
  /// @return true when nothing more can be done: the turn ends now, and its late end is fenced off
  boolean patienceEnds(TurnRun run) {
    if (run.replaced || run.thread == null) {
      return true;
    }
    replace(run);
    run.grace = graceTimer(run, around.settings().interruptGrace().plusSeconds(5));
    return false;
  }

  void timeIsUp(TurnRun run, int round) {
    if (run.clock.rings(round)) {
      run.transcript.notice(
          "time-limit", "warn", "The time limit of a turn is reached; it is ended.", null);
      interrupt(run, "time-limit", false);
    }
  }

  private Timers.Timer graceTimer(TurnRun run, Duration after) {
    return around.timers().after(after, () -> ring(run.turn.id(), new Message.Alarm.Grace()));
  }

  /// The agent does not obey: its process is replaced, and the turn thread comes back broken.
  void replace(TurnRun run) {
    var thread = run.thread;
    if (thread == null || run.replaced) {
      return;
    }
    run.replaced = true;
    run.transcript.notice(
        "process-replaced",
        "warn",
        "The agent did not stop when asked, so its process is replaced. The next message starts a"
            + " new one.",
        null);
    Thread.ofVirtual().name("replace").start(() -> around.pool().replace(thread));
  }

  /// The one end of a turn.
  ///
  /// @return whether it was completed
  boolean finish(TurnRun run, Message.Ending ending) {
    if (run.grace != null) {
      run.grace.cancel();
    }
    run.clock.pause();
    var end = end(run, ending);
    desk.withdrawAll(run);
    if (end.state() == Turn.State.INTERRUPTED) {
      run.transcript.close(Status.CANCELLED);
      run.transcript.notice(
          "interrupted",
          "info",
          "Interrupted. The answer may be incomplete; changes made so far remain.",
          null);
    } else if (end.error() != null) {
      run.transcript.error(end.error());
      run.transcript.close(Status.FAILED);
    } else {
      run.transcript.close(Status.DONE);
    }
    threads.over(run, end);
    out.fact(end);
    around.gate().leave(run.pass);
    return end.state() == Turn.State.COMPLETED;
  }

  private Fact.TurnEnded end(TurnRun run, Message.Ending ending) {
    Usage usage = run.usage;
    if (ending instanceof Message.Ending.Answered(TurnResult result)) {
      var said =
          switch (result) {
            case TurnResult.Completed c -> c.usage();
            case TurnResult.Failed f -> f.usage();
            case TurnResult.Cancelled c -> c.usage();
          };
      usage = said != null ? said : usage;
    }
    var id = run.turn.id();
    if (run.stopped) {
      // Whatever the agent says after we cancelled: the turn was interrupted.
      return new Fact.TurnEnded(id, Turn.State.INTERRUPTED, stopReason(run), null, usage);
    }
    return switch (ending) {
      case Message.Ending.Answered(TurnResult.Completed c) ->
          new Fact.TurnEnded(id, Turn.State.COMPLETED, c.stopReason(), null, usage);
      case Message.Ending.Answered(TurnResult.Failed f) ->
          new Fact.TurnEnded(id, Turn.State.FAILED, f.problem().code(), f.problem(), usage);
      case Message.Ending.Answered(TurnResult.Cancelled _) ->
          new Fact.TurnEnded(id, Turn.State.INTERRUPTED, "agent", null, usage);
      case Message.Ending.Broken(Problem problem) ->
          new Fact.TurnEnded(id, Turn.State.FAILED, problem.code(), problem, usage);
      case Message.Ending.NeverStarted() ->
          new Fact.TurnEnded(id, Turn.State.INTERRUPTED, "not-started", null, usage);
    };
  }

  private static String stopReason(TurnRun run) {
    @Nullable String reason = run.stopReason;
    return reason == null ? "user" : reason;
  }

  private void ring(TurnId turn, Message.Alarm alarm) {
    mailbox.post(new Message.Rang(turn, alarm));
  }
}
