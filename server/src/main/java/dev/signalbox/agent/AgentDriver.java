package dev.signalbox.agent;

/// Speaks to one kind of agent. Stateless and safe for any thread; what has a life is the
/// [AgentProcess] it starts.
public interface AgentDriver {
  /// Whether one process can hold the conversations of many lanes. Where it cannot, every lane has
  /// a process of its own, which holds one conversation.
  default boolean shares() {
    return true;
  }

  /// Looks whether the agent could be started here: found, version, or the plain reason why not.
  /// Blocks, at most 30 s; never throws for a broken agent.
  Probe probe(Agent agent) throws InterruptedException;

  /// Starts a process and agrees on the protocol. Blocks, at most 30 s.
  ///
  /// @throws AgentUnavailable with the reason in plain words; nothing is left running
  AgentProcess start(Agent agent, Launch launch) throws InterruptedException;

  /// What of such an agent outlives a turn.
  default Keeping keeping() {
    return Keeping.WARM;
  }
}
