package dev.signalbox.agent;

import dev.signalbox.id.TurnId;
import java.util.function.Consumer;

/// A thread of the pool: the driver's own, and beside it the count of turns that work in its
/// process.
final class WarmThread implements AgentThread {
  private final AgentThread thread;
  private final WarmProcess process;
  private final Consumer<WarmProcess> idle;

  WarmThread(AgentThread thread, WarmProcess process, Consumer<WarmProcess> idle) {
    this.thread = thread;
    this.process = process;
    this.idle = idle;
  }

  WarmProcess warmProcess() {
    return process;
  }

  @Override
  public String nativeId() {
    return thread.nativeId();
  }

  @Override
  public AgentProcess process() {
    return thread.process();
  }

  @Override
  public Offers offers() {
    return thread.offers();
  }

  @Override
  public TurnResult prompt(TurnId turn, Prompt prompt, TurnSettings settings, AgentEvents out)
      throws InterruptedException {
    process.turnBegins();
    try {
      return thread.prompt(turn, prompt, settings, out);
    } finally {
      process.turnEnds();
      idle.accept(process);
    }
  }

  @Override
  public void interrupt(TurnId turn) {
    thread.interrupt(turn);
  }

  @Override
  public void settle() throws InterruptedException {
    thread.settle();
  }

  @Override
  public void outside(Consumer<AgentEvent> listener) {
    thread.outside(listener);
  }

  @Override
  public void close() {
    thread.close();
  }
}
