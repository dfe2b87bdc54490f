package dev.signalbox.agent.codex;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.signalbox.agent.AgentEvent;
import dev.signalbox.agent.AgentEvents;
import dev.signalbox.agent.AgentProcess;
import dev.signalbox.agent.AgentThread;
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
import dev.signalbox.jsonrpc.Call;
import dev.signalbox.jsonrpc.Reply;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/// One conversation of Codex's. What is told of it comes on the reader thread of the process;
/// [#prompt] runs on the caller's thread, the rest on any.
final class CodexThread implements AgentThread {
  private static final int REMEMBERED_INTERRUPTS = 16;

  private final CodexProcess process;
  private final ThreadSettings settings;
  private final Choices choices;
  private final RunningTurns running;
  private final Outside outside = new Outside();
  private final AtomicLong lastAsk = new AtomicLong();
  private final ReentrantLock lock = new ReentrantLock();

  @GuardedBy("lock")
  private String id;

  @GuardedBy("lock")
  private @Nullable CodexTurn turn;

  /// Turns that were interrupted before they were prompted.
  @GuardedBy("lock")
  private final ArrayDeque<TurnId> interrupted = new ArrayDeque<>();

  @GuardedBy("lock")
  private boolean closed;

  /// The conversation was taken up, and Codex has not yet shown that it really knows it.
  private volatile boolean unproven;

  /// @param told the answer to the request that began or took up the conversation
  /// @param resumed whether it was taken up
  CodexThread(CodexProcess process, ThreadSettings settings, JsonNode told, boolean resumed) {
    this.process = process;
    this.settings = settings;
    this.id = CodexProcess.threadId(told);
    this.choices = new Choices(process.models(), usual(process, settings), told);
    this.running = new RunningTurns(process, ThreadAnswer.active(told.path("thread")));
    this.unproven = resumed;
  }

  @Override
  public String nativeId() {
    lock.lock();
    try {
      return id;
    } finally {
      lock.unlock();
    }
  }

  @Override
  public AgentProcess process() {
    return process;
  }

  @Override
  public Offers offers() {
    return choices.offers();
  }

  @Override
  public void outside(Consumer<AgentEvent> listener) {
    outside.listen(listener);
  }

  /// Everything Codex tells carries its turn: there is nothing to wait for.
  @Override
  public void settle() {}

  @Override
  public TurnResult prompt(TurnId turn, Prompt prompt, TurnSettings wanted, AgentEvents out)
      throws InterruptedException {
    for (var event : outside.take()) {
      out.accept(event);
    }
    var mode = wanted.mode();
    if (mode != null && Mode.of(mode).isEmpty()) {
      return new TurnResult.Failed(unknownMode(mode), null);
    }
    var run = new CodexTurn(turn, out);
    if (!begin(run)) {
      return new TurnResult.Cancelled(null);
    }
    try {
      return new Conduct(process, this, run, settings, choices).play(prompt, wanted);
    } catch (IOException e) {
      return new TurnResult.Failed(unreadable(e), null);
    } finally {
      finish(run);
    }
  }

  @Override
  public void interrupt(TurnId turn) {
    CodexTurn run;
    lock.lock();
    try {
      run = this.turn;
      if (run == null || !run.id().equals(turn)) {
        rememberLocked(turn);
        return;
      }
    } finally {
      lock.unlock();
    }
    cancel(run);
  }

  /// The mark first: a turn that is just being begun looks for it afterwards.
  private void cancel(CodexTurn run) {
    run.cancel();
    Thread.ofVirtual()
        .name("codex-interrupt")
        .start(() -> running.interrupt(nativeId(), run.round()));
    run.cancelAsks();
  }

  @Override
  public boolean steer(TurnId turn, Prompt prompt) throws InterruptedException {
    var run = current();
    var native1 = run == null || !run.id().equals(turn) ? null : run.round().id();
    if (run == null || native1 == null || run.cancelled()) {
      return false;
    }
    try {
      var params = Requests.steer(nativeId(), native1, Requests.input(prompt));
      return switch (process.ask("turn/steer", params)) {
        case Reply.Result _ -> true;
        case Reply.Refused _ -> false;
        case Reply.TimedOut(var limit) -> throw process.silent("turn/steer", limit);
        case Reply.Gone _ -> throw process.gone();
      };
    } catch (IOException e) {
      return false; // an image that is gone
    }
  }

  @Override
  public void close() {
    CodexTurn run;
    lock.lock();
    try {
      if (closed) {
        return;
      }
      closed = true;
      run = turn;
    } finally {
      lock.unlock();
    }
    if (run != null) {
      run.cancel();
      run.cancelAsks();
    }
    var left = run == null ? null : run.round();
    process.forget(nativeId());
    if (process.alive()) {
      Thread.ofVirtual().name("codex-close").start(() -> running.leave(nativeId(), left));
    }
    if (left != null) {
      left.end(new Round.End.Closed());
    }
  }

  /// On the reader thread.
  void notified(String method, JsonNode params) throws InterruptedException {
    boolean own = Json.text(params, "threadId", "").equals(nativeId());
    if (own) {
      learn(method, params);
    }
    var run = current();
    if (run == null) {
      outside(method, params);
      return;
    }
    var round = run.round();
    var of = Json.text(params, "turnId", Json.text(params.path("turn"), "id", ""));
    var thread = Json.text(params, "threadId", "");
    if (own ? of.isEmpty() || of.equals(round.id()) : run.began(thread)) {
      run.notified(method, params, thread, own);
      if (own && method.equals("turn/completed")) {
        round.end(new Round.End.Told(params.path("turn")));
      }
    } else if (own && round.id() == null) {
      round.keep(method, params);
    }
    // Anything else is late: of a turn that is over.
  }

  /// The answer to the request that begins a turn; on the reader thread. What came too early of it
  /// is told now.
  void begun(Round round, Reply answer) {
    if (answer instanceof Reply.Result(var told)) {
      try {
        for (var early : round.startedAs(Json.text(told.path("turn"), "id", ""))) {
          notified(early.method(), early.params());
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }

  /// On the reader thread. With no turn there is nobody to ask, and the answer is never a yes.
  void asked(Call call) throws InterruptedException {
    var run = current();
    boolean own = Json.text(call.params(), "threadId", "").equals(nativeId());
    var of = Json.text(call.params(), "turnId", "");
    boolean ours =
        run != null
            && (own
                ? of.isEmpty() || of.equals(run.round().id())
                : run.began(Json.text(call.params(), "threadId", "")));
    if (run == null || !ours) {
      AskMapping.question(call.method(), call.params(), AskMapping.Items.NONE)
          .ifPresent(question -> call.answer(question.answers().cancel()));
    } else {
      run.ask(nextAsk(), call);
    }
  }

  /// On the reader thread: a conversation that a subagent of the turn works in.
  void subagent(String child) {
    var run = current();
    if (run != null) {
      run.subagent(child);
    }
  }

  /// On the thread that ends the connection.
  void lineEnded() {
    var run = current();
    if (run != null) {
      run.round().end(new Round.End.Gone());
    }
  }

  String nextAsk() {
    return "ask-" + lastAsk.incrementAndGet();
  }

  RunningTurns running() {
    return running;
  }

  /// Takes note that Codex answered a turn with this conversation.
  void proven() {
    unproven = false;
  }

  boolean unproven() {
    return unproven;
  }

  /// The conversation that was taken up turned out not to be known: a new one takes its place.
  void startAfresh() throws InterruptedException {
    process.forget(nativeId());
    var told = process.begin(settings);
    lock.lock();
    try {
      id = CodexProcess.threadId(told);
    } finally {
      lock.unlock();
    }
    choices.learn(told);
    process.register(nativeId(), this);
    unproven = false;
  }

  boolean isClosed() {
    lock.lock();
    try {
      return closed;
    } finally {
      lock.unlock();
    }
  }

  /// What is true of the conversation, whichever turn it came with.
  private void learn(String method, JsonNode params) {
    switch (method) {
      case "turn/started" -> running.started(Json.text(params.path("turn"), "id", ""));
      case "turn/completed" -> running.completed(Json.text(params.path("turn"), "id", ""));
      case "thread/settings/updated" -> choices.learn(params.path("threadSettings"));
      case "thread/name/updated" -> {
        var name = Json.text(params, "threadName", "");
        if (!name.isBlank()) {
          outside.tell(new AgentEvent.TitleChanged(name));
        }
      }
      default -> {}
    }
  }

  /// What is told while no turn of ours runs: late words are dropped, states are kept.
  private void outside(String method, JsonNode params) {
    if (method.equals("thread/tokenUsage/updated")) {
      outside.tell(new AgentEvent.UsageReported(Usages.ofThread(params.path("tokenUsage")), false));
    }
  }

  /// @return false when the turn was interrupted before it began
  private boolean begin(CodexTurn run) {
    lock.lock();
    try {
      if (turn != null) {
        throw new IllegalStateException("turn " + turn.id() + " runs in this conversation");
      }
      if (closed) {
        throw Problems.replaced(process.agent());
      }
      if (interrupted.remove(run.id())) {
        return false;
      }
      turn = run;
      return true;
    } finally {
      lock.unlock();
    }
  }

  private void finish(CodexTurn run) {
    lock.lock();
    try {
      if (turn == run) {
        turn = null;
      }
    } finally {
      lock.unlock();
    }
  }

  @GuardedBy("lock")
  private void rememberLocked(TurnId turn) {
    interrupted.addLast(turn);
    if (interrupted.size() > REMEMBERED_INTERRUPTS) {
      interrupted.removeFirst();
    }
  }

  /// The turn that takes what is told, or null when its end came already.
  private @Nullable CodexTurn current() {
    lock.lock();
    try {
      return turn == null || turn.round().over() ? null : turn;
    } finally {
      lock.unlock();
    }
  }

  /// The mode of the settings, or ours.
  private static Mode usual(CodexProcess process, ThreadSettings settings) {
    var setup = process.agent().setup();
    return Mode.of(setup.mode(settings.readOnly())).orElse(Mode.USUAL);
  }

  private Problem unknownMode(String mode) {
    return Problems.setting(
        process.agent(), "mode", mode, "it has no such mode.", "ask, auto, plan");
  }

  private static Problem unreadable(IOException e) {
    return new Problem("internal", "An attachment could not be read: " + e, null, "retry", null);
  }
}
