package dev.signalbox.session;

import dev.signalbox.agent.AgentEvent;
import dev.signalbox.agent.AgentProcess;
import dev.signalbox.agent.AgentThread;
import dev.signalbox.event.Fact;
import dev.signalbox.event.Item;
import dev.signalbox.event.ThreadState;
import dev.signalbox.event.Turn;
import dev.signalbox.refusal.Refused;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// What belongs to the agents' own conversations rather than to a turn: their rows, what an agent
/// tells beside its turns, and the end of the process they sit in. Runs on the lane's thread.
final class ThreadDesk {
  private final LaneRow lane;
  private final Surroundings around;
  private final LaneJournal journal;
  private final Mailbox<Message> mailbox;
  private final Threads threads;
  private final ThreadRows rows;

  /// The process each agent's thread was last seen in. A thread moves; the end of a process it has
  /// left is no news.
  private final Map<String, AgentProcess> seats = new HashMap<>();

  ThreadDesk(
      LaneRow lane,
      Surroundings around,
      LaneJournal journal,
      Mailbox<Message> mailbox,
      Threads threads) {
    this.lane = lane;
    this.around = around;
    this.journal = journal;
    this.mailbox = mailbox;
    this.threads = threads;
    this.rows = new ThreadRows(lane, around, journal);
  }

  /// A turn got its thread.
  ///
  /// @return whether the conversation the lane had with this agent is lost
  boolean ready(String agent, AgentThread thread, String origin) {
    boolean anew = origin.equals("new") || origin.equals("handed-over");
    boolean lost = anew && threads.find(agent).map(ThreadState::nativeId).isPresent();
    thread.outside(event -> mailbox.post(new Message.ToldAside(agent, event)));
    var driver = around.registry().require(agent).driver();
    var process = thread.process();
    changed(threads.opened(agent, driver, thread.nativeId(), origin, process.pid()));
    watch(agent, process);
    return lost;
  }

  /// A thread may have another id by now, sit in another process, or have been given another model.
  void learn(String agent, AgentThread thread) {
    var process = thread.process();
    var offers = thread.offers();
    changed(
        threads.known(
            agent,
            thread.nativeId(),
            process.alive() ? process.pid() : null,
            offers.mode(),
            offers.model()));
    watch(agent, process);
  }

  private void changed(@Nullable ThreadState thread) {
    rows.changed(thread, thread == null ? null : threads.seen(thread.agent()));
  }

  private void watch(String agent, AgentProcess process) {
    if (!process.equals(seats.put(agent, process))) {
      process.onEnd(end -> mailbox.post(new Message.ProcessGone(agent, process, end)));
    }
  }

  /// The process of a thread ended while no turn ran in it.
  void gone(Message.ProcessGone gone) {
    if (!gone.process().equals(seats.get(gone.agent()))) {
      return;
    }
    var changed = threads.gone(gone.agent(), gone.end().intended() ? "idle" : "crashed");
    changed(changed);
    if (changed != null && changed.status().equals("crashed")) {
      crashed(gone.agent(), gone.end());
    }
  }

  private void crashed(String agent, AgentProcess.ProcessEnd end) {
    var notice =
        new Item.Notice(
            "agent-crashed",
            "warn",
            "%s ended unexpectedly; the next message starts it again: %s"
                .formatted(title(agent), end.reason()),
            null);
    var now = around.clock().instant();
    var item =
        Item.open(around.ids().item(), lane.id(), null, agent, Item.Kind.NOTICE, now)
            .withNotice(notice);
    journal.record(new Fact.ItemStarted(item));
    journal.record(new Fact.ItemCompleted(item.withStatus(Item.Status.DONE, now)));
  }

  private String title(String agent) {
    try {
      return around.registry().require(agent).title();
    } catch (Refused e) {
      return agent; // it was switched off meanwhile
    }
  }

  /// The turn that ran with this agent has ended.
  void over(TurnRun run, Fact.TurnEnded end) {
    var agent = run.turn.agent();
    boolean got = run.heard || end.state() == Turn.State.COMPLETED;
    threads.ended(agent, run.turn.id(), got && run.informed && end.state() != Turn.State.FAILED);
    if (run.thread != null) {
      learn(agent, run.thread);
    }
    if (end.usage() != null) {
      changed(threads.used(agent, end.usage()));
    }
    boolean crashed = end.error() != null && end.error().code().equals("crash");
    changed(threads.status(agent, crashed ? "crashed" : "idle"));
  }

  /// What an agent tells beside its turns, or what in them is not of the turn.
  void told(String agent, AgentEvent event) {
    switch (event) {
      case AgentEvent.Commands commands -> {
        around.registry().announced(agent, commands.commands());
        journal.record(
            new Fact.CommandsChanged(
                agent,
                commands.commands().stream()
                    .map(c -> new Fact.CommandsChanged.Command(c.name(), c.description(), c.hint()))
                    .toList()));
      }
      case AgentEvent.ModeChanged mode -> changed(threads.chosen(agent, mode.mode(), mode.model()));
      case AgentEvent.TitleChanged title -> rows.titled(title.title());
      case AgentEvent.UsageReported reported ->
          journal.record(new Fact.UsageChanged(agent, reported.usage()));
      case AgentEvent.AskOpened ask -> ask.pending().cancel(); // there is no turn to ask in
      case AgentEvent.Text _,
          AgentEvent.Reasoning _,
          AgentEvent.ToolCall _,
          AgentEvent.Plan _,
          AgentEvent.AskWithdrawn _,
          AgentEvent.Notice _,
          AgentEvent.Unknown _ -> {}
    }
  }

  /// The id of the lane's conversation with this agent, to go on with.
  Optional<String> nativeId(String agent) {
    return threads.find(agent).map(ThreadState::nativeId);
  }

  /// What the agent knows of the lane.
  Threads.Knowledge knowledge(String agent) {
    return threads.knowledge(agent);
  }

  /// The agent had to begin its conversation anew in the middle of a turn.
  void begunAnew(String agent, boolean handedOver) {
    changed(threads.begunAnew(agent, handedOver ? "handed-over" : "new"));
  }

  List<ThreadState> all() {
    return threads.all();
  }

  void forget() {
    threads.clear();
    seats.clear();
  }
}
