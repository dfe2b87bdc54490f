package dev.signalbox.agent;

/// What is kept of an agent between two turns.
public enum Keeping {
  /// A process that is ready for the next turn, in which threads live.
  WARM,
  /// A server of the agent's own, to which any number of threads connect.
  OWN_SERVER,
  /// Nothing: each turn is a command that ends with it.
  NOTHING
}
