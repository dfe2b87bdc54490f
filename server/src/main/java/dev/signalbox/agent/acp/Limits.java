package dev.signalbox.agent.acp;

import java.time.Duration;

/// How long an agent may take to answer.
///
/// @param start to agree on the protocol
/// @param open to begin a conversation, or to take a choice
/// @param resume to take up an earlier conversation; below the 90 s after which the lane must have
///   fallen back to a new one
record Limits(Duration start, Duration open, Duration resume) {
  static final Limits DEFAULT =
      new Limits(Duration.ofSeconds(30), Duration.ofSeconds(30), Duration.ofSeconds(75));
}
