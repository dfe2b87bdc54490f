package dev.signalbox.agent.claude;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalTime;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Reads when a limit of use ends out of the agent's words: "resets 2pm (Europe/Berlin)", "reset at
/// 14:30", "resets Nov 22, 3pm", or "usage limit reached|1763719200". Pure.
final class UsageLimit {
  private static final List<String> WORDS =
      List.of(
          "usage limit",
          "limit reached",
          "hit your limit",
          "hit your session limit",
          "hit your weekly limit");
  private static final Pattern EPOCH = Pattern.compile("\\|(\\d{10})\\b");
  private static final Pattern CLOCK =
      Pattern.compile(
          "resets?(?: at| on)?\\s+(?:([a-z]{3})[a-z]* (\\d{1,2})(?:,| at)*\\s+)?"
              + "(\\d{1,2})(?::(\\d{2}))?\\s*(am|pm)?(?:\\s*\\(([A-Za-z0-9_/+-]+)\\))?",
          Pattern.CASE_INSENSITIVE);
  private static final List<String> MONTHS =
      List.of("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec");

  private UsageLimit() {}

  /// Whether these words tell of a limit of use.
  static boolean told(String said) {
    var words = said.toLowerCase(Locale.ROOT);
    return WORDS.stream().anyMatch(words::contains);
  }

  /// @param zone where the agent names none
  static Optional<Instant> resetsAt(String said, Instant now, ZoneId zone) {
    var epoch = EPOCH.matcher(said);
    if (epoch.find()) {
      return Optional.of(Instant.ofEpochSecond(Long.parseLong(epoch.group(1))));
    }
    var clock = CLOCK.matcher(said);
    try {
      return clock.find() ? at(clock, now, zone) : Optional.empty();
    } catch (DateTimeException e) {
      return Optional.empty(); // no such hour, or zone
    }
  }

  private static Optional<Instant> at(Matcher clock, Instant now, ZoneId zone) {
    var there = clock.group(6) == null ? zone : ZoneId.of(clock.group(6));
    int hour = Integer.parseInt(clock.group(3));
    if (clock.group(5) == null && clock.group(4) == null) {
      return Optional.empty(); // a bare number is no time
    }
    if (clock.group(5) != null) {
      hour = hour % 12 + (clock.group(5).equalsIgnoreCase("pm") ? 12 : 0);
    }
    int minute = clock.group(4) == null ? 0 : Integer.parseInt(clock.group(4));
    var here = ZonedDateTime.ofInstant(now, there);
    var at = here.with(LocalTime.of(hour, minute));
    if (clock.group(1) == null) {
      return Optional.of((at.isAfter(here) ? at : at.plusDays(1)).toInstant());
    }
    int month = MONTHS.indexOf(clock.group(1).toLowerCase(Locale.ROOT)) + 1;
    if (month == 0) {
      return Optional.empty();
    }
    var day =
        at.withDayOfMonth(1).withMonth(month).withDayOfMonth(Integer.parseInt(clock.group(2)));
    return Optional.of((day.isBefore(here) ? day.plusYears(1) : day).toInstant());
  }
}
