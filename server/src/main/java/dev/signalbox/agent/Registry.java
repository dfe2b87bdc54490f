package dev.signalbox.agent;

/// The agents that are known. (Sketch: what the session room calls.)
public final class Registry {
  /// The enabled agent of that name.
  ///
  /// @throws dev.signalbox.refusal.Refused `unknown_agent` (invalid), naming those that exist
  public Agent require(String name) {
    throw new UnsupportedOperationException(name);
  }
}
