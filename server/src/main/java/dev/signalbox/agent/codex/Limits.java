package dev.signalbox.agent.codex;

import java.time.Duration;

/// How long Codex may take to answer.
///
/// @param start to agree on the protocol
/// @param open to begin a conversation or a turn
/// @param resume to take up an earlier conversation; below the 90 s after which the lane must have
///   fallen back to a new one
/// @param small for what is quick or can be done without
record Limits(Duration start, Duration open, Duration resume, Duration small) {
  static final Limits DEFAULT =
      new Limits(
          Duration.ofSeconds(30),
          Duration.ofSeconds(30),
          Duration.ofSeconds(75),
          Duration.ofSeconds(5));
}
