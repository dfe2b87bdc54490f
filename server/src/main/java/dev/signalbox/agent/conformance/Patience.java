package dev.signalbox.agent.conformance;

import java.time.Duration;

/// How long an agent may take.
///
/// @param turn for a whole turn
/// @param interrupt to obey an interrupt
public record Patience(Duration turn, Duration interrupt) {
  /// What users may expect.
  public static final Patience USUAL = new Patience(Duration.ofMinutes(3), Duration.ofSeconds(2));
}
