package dev.signalbox.agent.acp;

import dev.signalbox.agent.AgentEvent;
import dev.signalbox.agent.AgentEvents;
import dev.signalbox.agent.AgentProcess;
import dev.signalbox.agent.AgentThread;
import dev.signalbox.agent.AgentUnavailable;
import dev.signalbox.agent.Offers;
import dev.signalbox.agent.Prompt;
import dev.signalbox.agent.ThreadSettings;
import dev.signalbox.agent.TurnResult;
import dev.signalbox.agent.TurnSettings;
import dev.signalbox.agent.launch.Problems;
import dev.signalbox.agent.wire.Json;
import dev.signalbox.agent.wire.Outside;
import dev.signalbox.event.Problem;
import dev.signalbox.id.TurnId;
import dev.signalbox.jsonrpc.Reply;
import java.io.IOException;
import java.time.Duration;
import java.util.function.Consumer;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// One ACP session. Its updates come on the reader thread of the process; [#prompt] runs on the
/// caller's thread, the rest on any.
final class AcpThread implements AgentThread {
  private static final Duration CLOSING = Duration.ofSeconds(2);

  private final AcpProcess process;
  private final ThreadSettings settings;
  private final Choices choices;
  private final Outside outside = new Outside();
  private final Quiet quiet = new Quiet();
  private final TurnSlot slot;
  private final Inbox inbox;
  private volatile String session;

  /// The conversation was taken up, and the agent has not yet shown that it really knows it.
  private volatile boolean unproven;

  /// @param told the answer to the request that began or took up the session
  /// @param resumed whether it was taken up
  AcpThread(
      AcpProcess process, String session, ThreadSettings settings, JsonNode told, boolean resumed) {
    this.process = process;
    this.session = session;
    this.settings = settings;
    this.choices = new Choices(process, told);
    this.slot = new TurnSlot(process.agent());
    this.inbox = new Inbox(slot, choices, outside, quiet);
    this.unproven = resumed;
  }

  @Override
  public String nativeId() {
    return session;
  }

  @Override
  public AgentProcess process() {
    return process;
  }

  @Override
  public Offers offers() {
    return choices.offers();
  }

  /// Where the messages of its session go.
  Inbox inbox() {
    return inbox;
  }

  /// Sets the mode that conversations of this kind are to begin in, where the agent offers it.
  ///
  /// @throws AgentUnavailable when the agent does not take it: it might write without asking
  void prepare() throws InterruptedException {
    var mode = process.agent().setup().mode(settings.readOnly());
    if (mode == null || !choices.offersMode(mode)) {
      return;
    }
    var refused = choices.apply(session, new TurnSettings(null, mode, null));
    if (refused.isPresent()) {
      throw new AgentUnavailable(refused.get());
    }
  }

  @Override
  public void outside(Consumer<AgentEvent> listener) {
    outside.listen(listener);
  }

  @Override
  public TurnResult prompt(TurnId turn, Prompt prompt, TurnSettings wanted, AgentEvents out)
      throws InterruptedException {
    for (var event : outside.take()) {
      out.accept(event);
    }
    var refused = choices.apply(session, wanted);
    if (refused.isPresent()) {
      return new TurnResult.Failed(refused.get(), null);
    }
    ObjectNode params;
    try {
      params = Requests.prompt(session, prompt, process.capabilities().images());
    } catch (IOException e) {
      return new TurnResult.Failed(unreadable(e), null);
    }
    var run = new RunningTurn(turn, out);
    if (!slot.begin(run)) {
      return new TurnResult.Cancelled(null);
    }
    try (var watch = process.leftovers().begin()) {
      run.watchedBy(watch);
      return ended(run, proven(run, params, prompt));
    } finally {
      quiet.broken();
      slot.finish(run);
    }
  }

  @Override
  public void interrupt(TurnId turn) {
    var run = slot.interrupt(turn);
    if (run == null) {
      return;
    }
    cancel(run);
  }

  /// The mark first: a prompt that is just being sent looks for it afterwards. Then the cancel, and
  /// only then the asks, or the agent might go on with a "no" before it hears that it is over.
  private void cancel(RunningTurn run) {
    run.cancel();
    process.peer().post("session/cancel", Requests.session(session));
    run.cancelAsks();
  }

  @Override
  public void settle() throws InterruptedException {
    quiet.await(process::alive);
  }

  @Override
  public void close() {
    if (!slot.close()) {
      return;
    }
    var id = session;
    var run = slot.running();
    if (run != null) {
      cancel(run);
      run.abandon();
    }
    process.forget(id);
    if (process.capabilities().close() && process.alive()) {
      Thread.ofVirtual().name("acp-close").start(() -> closeSession(id));
    }
  }

  /// Sends the prompt. When an agent that said it had taken up the conversation does not know it
  /// after all, the prompt goes to a new one: it has not been worked on.
  private Reply proven(RunningTurn run, ObjectNode params, Prompt prompt)
      throws InterruptedException {
    var reply = exchange(run, params);
    if (unproven && reply instanceof Reply.Refused refused && Problems.unknownSession(refused)) {
      var title = process.agent().title();
      Requests.begunAnew(params, startAfresh(), prompt.begunAnew().text());
      run.tell(
          new AgentEvent.Notice(
              "memory-lost", "warn", title + " does not know the earlier conversation any more."));
      run.again();
      reply = exchange(run, params);
    }
    unproven = false;
    return reply;
  }

  private Reply exchange(RunningTurn run, ObjectNode params) throws InterruptedException {
    if (run.cancelled()) {
      return new Reply.Result(Json.object().put("stopReason", "cancelled"));
    }
    var pending = process.peer().begin("session/prompt", params, reply -> run.answered());
    run.sent(pending);
    if (run.cancelled()) { // in between: the cancel may have gone out before the prompt
      process.peer().post("session/cancel", Requests.session(session));
    }
    if (slot.closed()) {
      pending.abandon();
    }
    run.underWay();
    return pending.await(null);
  }

  private TurnResult ended(RunningTurn run, Reply reply) throws InterruptedException {
    return switch (reply) {
      case Reply.Result(var result) -> {
        run.end();
        yield TurnEnd.of(process.agent(), result, run.cancelled());
      }
      case Reply.Refused refused -> {
        run.end();
        yield run.cancelled()
            ? new TurnResult.Cancelled(null)
            : new TurnResult.Failed(process.problem(refused), null);
      }
      case Reply.TimedOut _, Reply.Gone _ -> {
        if (slot.closed()) {
          throw Problems.replaced(process.agent());
        }
        throw process.gone();
      }
    };
  }

  private String startAfresh() throws InterruptedException {
    process.forget(session);
    var told = process.openings().newSession(settings);
    var id = Json.text(told, "sessionId", "");
    session = id;
    choices.learn(told);
    process.register(id, inbox);
    prepare();
    return id;
  }

  private void closeSession(String id) {
    try {
      process.peer().request("session/close", Requests.session(id), CLOSING);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static Problem unreadable(IOException e) {
    return new Problem("internal", "An attachment could not be read: " + e, null, "retry", null);
  }
}
