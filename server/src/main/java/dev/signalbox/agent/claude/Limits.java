package dev.signalbox.agent.claude;

import java.time.Duration;

/// How long the agent may take to answer.
///
/// @param open to begin a conversation, or to take a choice
/// @param resume to take up an earlier conversation; below the 90 s after which the lane must have
///   fallen back to a new one
/// @param report how long after a turn's answer the agent may take to begin telling of a subagent
///   that ended meanwhile
record Limits(Duration open, Duration resume, Duration report) {
  static final Limits DEFAULT =
      new Limits(Duration.ofSeconds(30), Duration.ofSeconds(75), Duration.ofSeconds(1));
}
