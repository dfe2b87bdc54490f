package dev.signalbox.agent.opencode;

import java.time.Duration;

/// How long the server may take.
///
/// @param start to say where it listens, and to answer there for the first time
/// @param open to begin a conversation or to take a prompt
/// @param resume to find an earlier conversation; below the 90 s after which the lane must have
///   fallen back to a new one
/// @param small to answer what costs nothing: a status, an abort, a reply
/// @param health to say that it lives
/// @param lost without events although the server lives, before a turn is given up
record Limits(
    Duration start,
    Duration open,
    Duration resume,
    Duration small,
    Duration health,
    Duration lost) {
  static final Limits DEFAULT =
      new Limits(
          Duration.ofSeconds(30),
          Duration.ofSeconds(30),
          Duration.ofSeconds(75),
          Duration.ofSeconds(10),
          Duration.ofSeconds(5),
          Duration.ofSeconds(30));
}
