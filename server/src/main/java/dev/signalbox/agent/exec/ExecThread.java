package dev.signalbox.agent.exec;

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
import dev.signalbox.event.Problem;
import dev.signalbox.id.TurnId;
import dev.signalbox.process.Child;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// A conversation whose turns are commands. What outlives a turn is the conversation's id.
final class ExecThread implements AgentThread {
  private static final int REMEMBERED_INTERRUPTS = 16;

  private final ExecProcess process;
  private final ThreadSettings settings;
  private final ReentrantLock lock = new ReentrantLock();

  /// Empty until the first turn told it.
  @GuardedBy("lock")
  private String nativeId;

  @GuardedBy("lock")
  private @Nullable TurnId running;

  @GuardedBy("lock")
  private @Nullable Child child;

  @GuardedBy("lock")
  private boolean cancelled;

  @GuardedBy("lock")
  private boolean closed;

  @GuardedBy("lock")
  private final ArrayDeque<TurnId> interrupted = new ArrayDeque<>();

  ExecThread(ExecProcess process, ThreadSettings settings, String nativeId) {
    this.process = process;
    this.settings = settings;
    this.nativeId = nativeId;
  }

  @Override
  public String nativeId() {
    lock.lock();
    try {
      return nativeId;
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
    return Offers.NONE;
  }

  @Override
  public TurnResult prompt(TurnId turn, Prompt prompt, TurnSettings wanted, AgentEvents out)
      throws InterruptedException {
    if (!prompt.images().isEmpty()) {
      return new TurnResult.Failed(noImages(), null);
    }
    if (!begin(turn)) {
      return new TurnResult.Cancelled(null);
    }
    try {
      var id = nativeId();
      if (id.isEmpty()) {
        return turn(null, prompt, wanted, out);
      }
      var result = taken(id, prompt, wanted, out);
      return result != null ? result : turn(null, prompt, wanted, out);
    } finally {
      over();
    }
  }

  /// Goes on with a conversation; null when the command does not know it: nothing was done then,
  /// and a new one is begun.
  private @Nullable TurnResult taken(String id, Prompt prompt, TurnSettings wanted, AgentEvents out)
      throws InterruptedException {
    try {
      var result = turn(id, prompt, wanted, out);
      if (!(result instanceof TurnResult.Failed failed)
          || !process.dialect().forgot(failed.problem().detail())) {
        return result;
      }
    } catch (AgentUnavailable e) {
      if (!process.dialect().forgot(String.valueOf(e.problem().stderr()))) {
        throw e;
      }
    }
    out.accept(
        new AgentEvent.Notice(
            "memory-lost",
            "warn",
            process.agent().title() + " does not know the earlier conversation any more."));
    return null;
  }

  private TurnResult turn(@Nullable String id, Prompt prompt, TurnSettings wanted, AgentEvents out)
      throws InterruptedException {
    var command = process.start(settings, wanted, id);
    try {
      watch(command);
      return ended(command, read(command, prompt, out));
    } finally {
      process.ended(command);
    }
  }

  private CommandLines read(Child command, Prompt prompt, AgentEvents out)
      throws InterruptedException {
    var reading = process.dialect().reading(process.agent(), settings);
    var lines = new CommandLines(command, reading, out);
    lines.start();
    Thread.ofVirtual().name("exec-prompt").start(() -> write(command, prompt.text()));
    lines.awaitEnd();
    command.waitFor();
    return lines;
  }

  private static void write(Child command, String text) {
    try (var in = command.stdin()) {
      in.write(text.getBytes(StandardCharsets.UTF_8));
    } catch (IOException e) {
      // It ended without reading to the end; how it ended says why.
    }
  }

  private TurnResult ended(Child command, CommandLines lines) {
    var told = lines.nativeId();
    boolean stopped;
    boolean gone;
    lock.lock();
    try {
      nativeId = told == null ? nativeId : told;
      stopped = cancelled;
      gone = closed;
    } finally {
      lock.unlock();
    }
    if (gone || !process.alive()) {
      throw Problems.replaced(process.agent());
    }
    if (stopped) {
      return new TurnResult.Cancelled(null);
    }
    var end = lines.end();
    if (end == null) {
      var how =
          command
              .exit()
              .map(exit ->
                  exit.signal() != null ? "signal " + exit.signal() : "exit code " + exit.code());
      throw Problems.crashed(process.agent(), how.orElse("it is gone"), command.stderrTail());
    }
    return end;
  }

  @Override
  public void interrupt(TurnId turn) {
    Child command;
    lock.lock();
    try {
      if (!turn.equals(running)) {
        interrupted.addLast(turn);
        if (interrupted.size() > REMEMBERED_INTERRUPTS) {
          interrupted.removeFirst();
        }
        return;
      }
      cancelled = true;
      command = child;
    } finally {
      lock.unlock();
    }
    end(command);
  }

  /// Such a command knows no other cancel than its end.
  private static void end(@Nullable Child command) {
    if (command != null) {
      Thread.ofVirtual().name("exec-stop").start(command::stop);
    }
  }

  /// A command has said all when it has ended.
  @Override
  public void settle() {}

  /// It says nothing while no turn runs.
  @Override
  public void outside(Consumer<AgentEvent> listener) {}

  @Override
  public void close() {
    Child command;
    lock.lock();
    try {
      closed = true;
      command = child;
    } finally {
      lock.unlock();
    }
    end(command);
  }

  private boolean begin(TurnId turn) {
    lock.lock();
    try {
      if (running != null) {
        throw new IllegalStateException("turn " + running + " runs in this conversation");
      }
      if (closed) {
        throw Problems.replaced(process.agent());
      }
      cancelled = false;
      if (interrupted.remove(turn)) {
        return false;
      }
      running = turn;
      return true;
    } finally {
      lock.unlock();
    }
  }

  private void watch(Child command) {
    boolean late;
    lock.lock();
    try {
      child = command;
      late = cancelled || closed;
    } finally {
      lock.unlock();
    }
    if (late) {
      end(command);
    }
  }

  private void over() {
    lock.lock();
    try {
      running = null;
      child = null;
    } finally {
      lock.unlock();
    }
  }

  private Problem noImages() {
    return new Problem(
        "agent-error",
        process.agent().title() + " takes no images when it is started for a single turn.",
        "Leave the images out, or choose another agent.",
        null,
        null);
  }
}
