package dev.signalbox.agent;

/// How often, one time after another, a process did not answer. Pure.
record Pulse(int failures) {
  static final Pulse GOOD = new Pulse(0);

  Pulse after(boolean answered) {
    return answered ? GOOD : new Pulse(failures + 1);
  }

  /// Whether it has to be replaced: told once, at the very failure that is one too many.
  boolean lost(int most) {
    return failures == most;
  }
}
