package dev.signalbox.agent.acp;

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
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// One ACP session. Its updates come on the reader thread of the process; [#prompt] runs on the
/// caller's thread, the rest on any.
final class AcpThread implements AgentThread {
  private static final long QUIET_NANOS = Duration.ofMillis(150).toNanos();
  private static final long LONGEST_SETTLING_NANOS = Duration.ofSeconds(1).toNanos();
  private static final Duration CLOSING = Duration.ofSeconds(2);
  private static final int REMEMBERED_INTERRUPTS = 16;

  private final AcpProcess process;
  private final ThreadSettings settings;
  private final Choices choices;
  private final Outside outside = new Outside();
  private final AtomicLong lastAsk = new AtomicLong();
  private final ReentrantLock lock = new ReentrantLock();

  @GuardedBy("lock")
  private String session;

  @GuardedBy("lock")
  private @Nullable RunningTurn running;

  /// Turns that were interrupted before they were prompted.
  @GuardedBy("lock")
  private final ArrayDeque<TurnId> interrupted = new ArrayDeque<>();

  @GuardedBy("lock")
  private boolean closed;

  /// The conversation was taken up, and the agent has not yet shown that it really knows it.
  private volatile boolean unproven;

  private volatile long lastUpdate = System.nanoTime();

  /// @param told the answer to the request that began or took up the session
  /// @param resumed whether it was taken up
  AcpThread(
      AcpProcess process, String session, ThreadSettings settings, JsonNode told, boolean resumed) {
    this.process = process;
    this.session = session;
    this.settings = settings;
    this.choices = new Choices(process, told);
    this.unproven = resumed;
  }

  @Override
  public String nativeId() {
    lock.lock();
    try {
      return session;
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

  @Override
  public TurnResult prompt(TurnId turn, Prompt prompt, TurnSettings wanted, AgentEvents out)
      throws InterruptedException {
    for (var event : outside.take()) {
      out.accept(event);
    }
    var refused = choices.apply(nativeId(), wanted);
    if (refused.isPresent()) {
      return new TurnResult.Failed(refused.get(), null);
    }
    ObjectNode params;
    try {
      params = Requests.prompt(nativeId(), prompt, process.capabilities().images());
    } catch (IOException e) {
      return new TurnResult.Failed(unreadable(e), null);
    }
    var run = new RunningTurn(turn, out);
    if (!begin(run)) {
      return new TurnResult.Cancelled(null);
    }
    try {
      return ended(run, proven(run, params, prompt));
    } finally {
      lastUpdate = System.nanoTime();
      finish(run);
    }
  }

  @Override
  public void interrupt(TurnId turn) {
    RunningTurn run;
    lock.lock();
    try {
      run = running;
      if (run == null || !run.id().equals(turn)) {
        rememberLocked(turn);
        return;
      }
    } finally {
      lock.unlock();
    }
    // The mark first: a prompt that is just being sent looks for it afterwards. Then the cancel,
    // and
    // only then the asks, or the agent might go on with a "no" before it hears that it is over.
    run.cancel();
    process.peer().post("session/cancel", Requests.session(nativeId()));
    run.cancelAsks();
  }

  @Override
  public void settle() throws InterruptedException {
    long began = System.nanoTime();
    while (process.alive()) {
      long now = System.nanoTime();
      long left =
          Math.min(QUIET_NANOS - (now - lastUpdate), LONGEST_SETTLING_NANOS - (now - began));
      if (left <= 0) {
        return;
      }
      Thread.sleep(Duration.ofNanos(left));
    }
  }

  @Override
  public void close() {
    RunningTurn run;
    lock.lock();
    try {
      if (closed) {
        return;
      }
      closed = true;
      run = running;
    } finally {
      lock.unlock();
    }
    var id = nativeId();
    if (run != null) {
      run.cancel();
      process.peer().post("session/cancel", Requests.session(id));
      run.cancelAsks();
      run.abandon();
    }
    process.forget(id);
    if (process.capabilities().close() && process.alive()) {
      Thread.ofVirtual().name("acp-close").start(() -> closeSession(id));
    }
  }

  /// On the reader thread.
  void update(JsonNode update) throws InterruptedException {
    lastUpdate = System.nanoTime();
    choices.learn(update);
    var run = current();
    if (run != null) {
      run.update(update);
    } else {
      early(update);
    }
  }

  /// What belongs to no turn.
  void early(JsonNode update) {
    choices.learn(update);
    UpdateMapping.map(update, id -> null).events().forEach(outside::tell);
  }

  /// A message that is no part of the protocol. On the reader thread.
  void extension(AgentEvent.Unknown event) throws InterruptedException {
    var run = current();
    if (run != null) {
      run.tell(event);
    }
  }

  /// On the reader thread. With no turn there is nobody to ask, and the answer is never a yes.
  void permission(Call call) throws InterruptedException {
    lastUpdate = System.nanoTime();
    var run = current();
    if (run == null) {
      call.answer(Requests.permission(null));
    } else {
      run.ask("ask-" + lastAsk.incrementAndGet(), call);
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
      process.peer().post("session/cancel", Requests.session(nativeId()));
    }
    if (isClosed()) {
      pending.abandon();
    }
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
        if (isClosed()) {
          throw Problems.replaced(process.agent());
        }
        throw process.gone();
      }
    };
  }

  private String startAfresh() throws InterruptedException {
    process.forget(nativeId());
    var told = process.newSession(settings);
    var id = Json.text(told, "sessionId", "");
    lock.lock();
    try {
      session = id;
    } finally {
      lock.unlock();
    }
    choices.learn(told);
    process.register(id, this);
    return id;
  }

  private void closeSession(String id) {
    try {
      process.peer().request("session/close", Requests.session(id), CLOSING);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /// @return false when the turn was interrupted before it began
  private boolean begin(RunningTurn run) {
    lock.lock();
    try {
      if (running != null) {
        throw new IllegalStateException("turn " + running.id() + " runs in this conversation");
      }
      if (closed) {
        throw Problems.replaced(process.agent());
      }
      if (interrupted.remove(run.id())) {
        return false;
      }
      running = run;
      return true;
    } finally {
      lock.unlock();
    }
  }

  private void finish(RunningTurn run) {
    lock.lock();
    try {
      if (running == run) {
        running = null;
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

  /// The turn that takes updates, or null when its answer came already.
  private @Nullable RunningTurn current() {
    lock.lock();
    try {
      return running == null || running.over() ? null : running;
    } finally {
      lock.unlock();
    }
  }

  private boolean isClosed() {
    lock.lock();
    try {
      return closed;
    } finally {
      lock.unlock();
    }
  }

  private static Problem unreadable(IOException e) {
    return new Problem("internal", "An attachment could not be read: " + e, null, "retry", null);
  }
}
