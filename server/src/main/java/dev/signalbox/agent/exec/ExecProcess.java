package dev.signalbox.agent.exec;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.signalbox.agent.Agent;
import dev.signalbox.agent.AgentProcess;
import dev.signalbox.agent.AgentThread;
import dev.signalbox.agent.Capabilities;
import dev.signalbox.agent.Launch;
import dev.signalbox.agent.ThreadSettings;
import dev.signalbox.agent.TurnSettings;
import dev.signalbox.agent.launch.AgentChildren;
import dev.signalbox.agent.launch.Problems;
import dev.signalbox.process.Child;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Stands for a process where there is one only while a turn runs: starts the commands of its
/// conversations and ends those that run when it is closed.
final class ExecProcess implements AgentProcess {
  private static final Capabilities CAN =
      new Capabilities(false, true, false, false, false, false, true, false);

  private final Agent agent;
  private final Launch launch;
  private final AgentChildren children;
  private final Dialect dialect;
  private final ReentrantLock lock = new ReentrantLock();

  @GuardedBy("lock")
  private final Set<Child> running = new LinkedHashSet<>();

  @GuardedBy("lock")
  private final List<Consumer<ProcessEnd>> listeners = new ArrayList<>();

  @GuardedBy("lock")
  private boolean closed;

  ExecProcess(Agent agent, Launch launch, AgentChildren children, Dialect dialect) {
    this.agent = agent;
    this.launch = launch;
    this.children = children;
    this.dialect = dialect;
  }

  Agent agent() {
    return agent;
  }

  Dialect dialect() {
    return dialect;
  }

  /// Starts the command of one turn; [#ended] takes it back.
  Child start(ThreadSettings thread, TurnSettings turn, @Nullable String nativeId) {
    if (!alive()) {
      throw Problems.replaced(agent);
    }
    var child = children.start(agent, dialect.command(agent, thread, turn, nativeId), launch);
    boolean late;
    lock.lock();
    try {
      late = closed;
      running.add(child);
    } finally {
      lock.unlock();
    }
    if (late) {
      child.kill();
    }
    return child;
  }

  void ended(Child child) {
    lock.lock();
    try {
      running.remove(child);
    } finally {
      lock.unlock();
    }
    child.close();
  }

  /// Of a command that runs, 0 between turns.
  @Override
  public long pid() {
    return children().stream().mapToLong(Child::pid).findFirst().orElse(0);
  }

  @Override
  public Capabilities capabilities() {
    return CAN;
  }

  @Override
  public boolean alive() {
    lock.lock();
    try {
      return !closed;
    } finally {
      lock.unlock();
    }
  }

  @Override
  public long residentBytes() {
    return children().stream().mapToLong(Child::residentBytes).sum();
  }

  @Override
  public void onEnd(Consumer<ProcessEnd> listener) {
    lock.lock();
    try {
      if (!closed) {
        listeners.add(listener);
        return;
      }
    } finally {
      lock.unlock();
    }
    tell(List.of(listener));
  }

  @Override
  public AgentThread open(ThreadSettings settings) {
    return new ExecThread(this, settings, "");
  }

  /// The command finds out with its next turn whether it still knows the conversation.
  @Override
  public AgentThread resume(String nativeId, ThreadSettings settings) {
    return new ExecThread(this, settings, nativeId);
  }

  @Override
  public void kill() {
    end();
    children().forEach(Child::kill);
  }

  @Override
  public void close() {
    end();
    children().forEach(Child::stop);
  }

  private void end() {
    List<Consumer<ProcessEnd>> told;
    lock.lock();
    try {
      closed = true;
      told = List.copyOf(listeners);
      listeners.clear();
    } finally {
      lock.unlock();
    }
    tell(told);
  }

  private static void tell(List<Consumer<ProcessEnd>> listeners) {
    var end = new ProcessEnd(true, 0, "closed", "");
    listeners.forEach(listener -> Thread.ofVirtual().start(() -> listener.accept(end)));
  }

  private List<Child> children() {
    lock.lock();
    try {
      return List.copyOf(running);
    } finally {
      lock.unlock();
    }
  }
}
