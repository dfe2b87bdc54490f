package dev.signalbox.agent;

/// Takes the events of one turn. Called on the driver's reader thread; blocking here stops the
/// agent's pipe, which is wanted when the lane's mailbox is full.
@FunctionalInterface
public interface AgentEvents {
  void accept(AgentEvent event) throws InterruptedException;
}
