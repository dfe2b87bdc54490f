package dev.signalbox.session;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/// What the user can set about lanes.
///
/// @param turnsInFlight how many turns run at once over all lanes, at least 1
/// @param turnLimit after which a turn is interrupted, not counting time spent waiting for the
///   user; null: none
/// @param askReminder how long an ask is open before the lane is reminded of it
/// @param askTimeout after which an open ask is denied; null: never
/// @param interruptGrace how long an agent may take to obey an interrupt before its process is
///   replaced
public record LaneSettings(
    int turnsInFlight,
    @Nullable Duration turnLimit,
    Duration askReminder,
    @Nullable Duration askTimeout,
    Duration interruptGrace) {
  public static final LaneSettings DEFAULT =
      new LaneSettings(8, null, Duration.ofMinutes(2), null, Duration.ofSeconds(5));

  public LaneSettings {
    if (turnsInFlight < 1) {
      throw new IllegalArgumentException("turns in flight must be at least 1, is " + turnsInFlight);
    }
  }
}
