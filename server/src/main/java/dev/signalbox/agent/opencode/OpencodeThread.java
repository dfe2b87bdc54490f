package dev.signalbox.agent.opencode;

import com.google.errorprone.annotations.concurrent.GuardedBy;
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
import dev.signalbox.agent.wire.Outside;
import dev.signalbox.event.Problem;
import dev.signalbox.id.TurnId;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/// One session of the server, with its own stream of events. [#prompt] runs on the caller's thread,
/// events come on the stream's, the rest on any.
final class OpencodeThread implements AgentThread {
  /// From the first idle after an abort until the second is no longer waited for.
  private static final Duration SETTLING = Duration.ofMillis(700);

  private static final int REMEMBERED_INTERRUPTS = 16;

  private final OpencodeProcess process;
  private final ThreadSettings settings;
  private final Choices choices;
  private final Outside outside = new Outside();
  private final EventStream stream;
  private final ReentrantLock lock = new ReentrantLock();

  @GuardedBy("lock")
  private Conversation conversation;

  @GuardedBy("lock")
  private @Nullable Turn running;

  /// Turns that were interrupted before they were prompted.
  @GuardedBy("lock")
  private final ArrayDeque<TurnId> interrupted = new ArrayDeque<>();

  @GuardedBy("lock")
  private boolean closed;

  /// The last turn, when it was cancelled: the session may still be told to be idle for it.
  private volatile @Nullable Turn cancelled;

  OpencodeThread(
      OpencodeProcess process,
      Conversation conversation,
      ThreadSettings settings,
      Choices choices,
      EventStreams streams) {
    this.process = process;
    this.conversation = conversation;
    this.settings = settings;
    this.choices = choices;
    this.stream = streams.of(new EventRouting(this, outside));
    outside.tell(new AgentEvent.Commands(choices.commands()));
  }

  /// Makes the stream of a conversation.
  interface EventStreams {
    EventStream of(EventStream.Listener listener);
  }

  /// Begins to hear events.
  ///
  /// @return whether the server sends them
  boolean listen(Duration limit) throws InterruptedException {
    return stream.open(limit);
  }

  @Override
  public String nativeId() {
    return conversation().session();
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
  public TurnResult prompt(TurnId id, Prompt prompt, TurnSettings wanted, AgentEvents out)
      throws InterruptedException {
    for (var event : outside.take()) {
      out.accept(event);
    }
    var refused = choices.apply(wanted);
    if (refused.isPresent()) {
      return new TurnResult.Failed(refused.get(), null);
    }
    var turn = fresh(id, out);
    if (!begin(turn)) {
      return new TurnResult.Cancelled(null);
    }
    try {
      send(turn, prompt);
      new TurnWatch(process.agent(), turn, conversation(), stream, process.limits()).await();
      turn.over();
      turn.end();
      return turn.result(process.agent());
    } catch (IOException e) {
      return new TurnResult.Failed(unreadable(e), null);
    } finally {
      turn.over();
      finish(turn);
    }
  }

  @Override
  public void interrupt(TurnId id) {
    Turn turn;
    lock.lock();
    try {
      turn = running;
      if (turn == null || !turn.id().equals(id)) {
        rememberLocked(id);
        return;
      }
    } finally {
      lock.unlock();
    }
    end(turn);
  }

  /// A prompt that comes while the session works is heard before its turn ends.
  @Override
  public boolean steer(TurnId id, Prompt prompt) throws InterruptedException {
    var turn = current();
    if (turn == null || !turn.id().equals(id) || turn.cancelled()) {
      return false;
    }
    var message = process.ids().next();
    ObjectNode body;
    try {
      body = Requests.prompt(message, prompt, choices);
    } catch (IOException e) {
      return false;
    }
    return turn.more(
        message, () -> conversation().send("/prompt_async", body) instanceof Answer.Ok);
  }

  @Override
  public void settle() throws InterruptedException {
    var last = cancelled;
    if (last != null && process.alive()) {
      last.awaitSecondIdle(SETTLING);
    }
  }

  @Override
  public void close() {
    Turn turn;
    lock.lock();
    try {
      if (closed) {
        return;
      }
      closed = true;
      turn = running;
    } finally {
      lock.unlock();
    }
    if (turn != null) {
      end(turn);
      turn.breakOff(Problems.replaced(process.agent()));
    }
    stream.close();
    process.forget(this);
  }

  /// The server ended.
  void gone(AgentUnavailable why) {
    var turn = current();
    if (turn != null) {
      turn.breakOff(why);
    }
    stream.close();
  }

  Conversation conversation() {
    lock.lock();
    try {
      return conversation;
    } finally {
      lock.unlock();
    }
  }

  /// The turn that takes events, or null.
  @Nullable Turn current() {
    lock.lock();
    try {
      return running == null || running.isOver() ? null : running;
    } finally {
      lock.unlock();
    }
  }

  /// The last turn, when it was cancelled.
  @Nullable Turn cancelled() {
    return cancelled;
  }

  /// The mark first, so that nothing is asked any more; then the abort, and only then the refusals:
  /// the agent might go on with a "no" before it hears that it is over. The abort leaves what was
  /// asked in the server's list, so the refusals also clear that.
  private void end(Turn turn) {
    turn.cancel();
    var told = conversation();
    Thread.ofVirtual()
        .name("opencode-abort")
        .start(() -> {
          try {
            told.abortNow();
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          }
          turn.cancelAsks();
        });
  }

  private Turn fresh(TurnId id, AgentEvents out) {
    var floor = process.ids().next();
    var mapping = new TurnMapping(nativeId(), floor);
    mapping.contextSize(choices.contextSize());
    return new Turn(id, mapping, out, floor);
  }

  private void send(Turn turn, Prompt prompt) throws IOException, InterruptedException {
    var command = Requests.command(prompt.text(), choices.commands());
    if (command != null) {
      var body = Requests.command(turn.floor(), command, prompt, choices);
      run(turn, conversation(), body);
      return;
    }
    var body = Requests.prompt(turn.floor(), prompt, choices);
    if (turn.cancelled()) {
      return;
    }
    var answer = conversation().send("/prompt_async", body);
    if (answer instanceof Answer.Refused refused && refused.status() == 404) {
      startAfresh(turn);
      var anew = Requests.prompt(turn.floor(), prompt.begunAnew(), choices);
      answer = conversation().send("/prompt_async", anew);
    }
    took(turn, answer);
  }

  /// A command is answered only when its turn is over; what it says comes as events, too.
  private void run(Turn turn, Conversation told, ObjectNode body) {
    Thread.ofVirtual()
        .name("opencode-command")
        .start(() -> {
          try {
            if (told.command(body) instanceof Answer.Refused refused) {
              turn.refuse(problem(refused));
            }
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          }
        });
  }

  private void took(Turn turn, Answer answer) throws InterruptedException {
    switch (answer) {
      case Answer.Ok _ -> {}
      case Answer.Refused refused -> turn.refuse(problem(refused));
      case Answer.Silent(var limit) -> {
        conversation().abort(); // it may have been taken all the same
        turn.breakOff(process.silent("POST /session/…/prompt_async", limit));
      }
      case Answer.Broken _ -> turn.breakOff(process.gone());
    }
  }

  /// The server does not know the session any more. The prompt has not been worked on.
  private void startAfresh(Turn turn) throws InterruptedException {
    var fresh = process.newSession(settings);
    lock.lock();
    try {
      conversation = fresh;
    } finally {
      lock.unlock();
    }
    turn.moved(fresh.session());
    turn.tell(
        new AgentEvent.Notice(
            "memory-lost",
            "warn",
            process.agent().title() + " does not know the earlier conversation any more."));
  }

  private Problem problem(Answer.Refused refused) {
    return Problems.told(process.agent(), refused.status(), refused.said(), null);
  }

  /// @return false when the turn was interrupted before it began
  private boolean begin(Turn turn) {
    lock.lock();
    try {
      if (running != null) {
        throw new IllegalStateException("turn " + running.id() + " runs in this conversation");
      }
      if (closed) {
        throw Problems.replaced(process.agent());
      }
      if (interrupted.remove(turn.id())) {
        return false;
      }
      running = turn;
      cancelled = null;
      return true;
    } finally {
      lock.unlock();
    }
  }

  private void finish(Turn turn) {
    lock.lock();
    try {
      if (running == turn) {
        running = null;
      }
      cancelled = turn.cancelled() ? turn : null;
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

  private static Problem unreadable(IOException e) {
    return new Problem("internal", "An attachment could not be read: " + e, null, "retry", null);
  }
}
