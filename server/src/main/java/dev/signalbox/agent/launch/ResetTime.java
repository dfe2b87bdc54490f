package dev.signalbox.agent.launch;

import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalTime;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// Finds in the words of an agent when its limit of use ends. Pure.
final class ResetTime {
  /// Nobody waits for longer; a number that says so is none of a time.
  private static final Duration LONGEST = Duration.ofDays(35);

  private static final Pattern EPOCH = Pattern.compile("\\|(\\d{10})\\b");
  private static final Pattern ISO =
      Pattern.compile("(\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d(?::\\d\\d(?:\\.\\d{1,9})?)?Z)");
  private static final Pattern CLOCK =
      Pattern.compile(
          "(?:resets?|try again|available again|renews?)\\s+(?:at\\s+)?"
              + "(\\d{1,2})(?::(\\d\\d))?\\s*(am|pm)?(?:\\s*\\(([A-Za-z]+(?:/[A-Za-z_]+)*)\\))?");
  private static final Pattern SPAN =
      Pattern.compile(
          "(?:try again|retry|resets?|wait|available again)[^.\\d]{0,20}"
              + "((?:\\d{1,6}(?:\\.\\d{1,3})?\\s*(?:days?|d|hours?|hrs?|h|minutes?|mins?|m|"
              + "milliseconds?|ms|seconds?|secs?|s)\\b[,\\s]*(?:and\\s+)?){1,4})");
  private static final Pattern PART =
      Pattern.compile("(\\d{1,6}(?:\\.\\d{1,3})?)\\s*(d|h|ms|milli|m|s)");
  private static final DateTimeFormatter TODAY = DateTimeFormatter.ofPattern("HH:mm", Locale.ROOT);
  private static final DateTimeFormatter LATER =
      DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm", Locale.ROOT);

  private ResetTime() {}

  /// @param zone of a clock time that names none
  /// @return null when the words tell no time, or one that is past or absurdly far
  static @Nullable Instant in(String said, Instant now, ZoneId zone) {
    var words = said.toLowerCase(Locale.ROOT);
    var found = found(said, words, now, zone);
    return found != null && found.isAfter(now) && found.isBefore(now.plus(LONGEST)) ? found : null;
  }

  private static @Nullable Instant found(String said, String words, Instant now, ZoneId zone) {
    var epoch = EPOCH.matcher(said);
    if (epoch.find()) {
      return Instant.ofEpochSecond(Long.parseLong(epoch.group(1)));
    }
    var iso = ISO.matcher(said);
    if (iso.find()) {
      return parsed(iso.group(1));
    }
    var span = SPAN.matcher(words);
    if (span.find()) {
      return now.plus(length(span.group(1)));
    }
    var clock = CLOCK.matcher(words);
    return clock.find() ? atClock(clock, zoneOf(said, clock, zone), now) : null;
  }

  private static @Nullable Instant parsed(String time) {
    try {
      return Instant.parse(time);
    } catch (DateTimeException e) {
      return null; // it only looked like one
    }
  }

  private static Duration length(String span) {
    var sum = Duration.ZERO;
    var part = PART.matcher(span);
    while (part.find()) {
      double count = Double.parseDouble(part.group(1));
      double millis =
          switch (part.group(2)) {
            case "d" -> count * 86_400_000;
            case "h" -> count * 3_600_000;
            case "m" -> count * 60_000;
            case "s" -> count * 1_000;
            default -> count;
          };
      sum = sum.plusMillis((long) millis);
    }
    return sum;
  }

  /// The names of zones are written with capitals.
  private static ZoneId zoneOf(String said, Matcher clock, ZoneId otherwise) {
    if (clock.group(4) == null) {
      return otherwise;
    }
    try {
      return ZoneId.of(said.substring(clock.start(4), clock.end(4)));
    } catch (DateTimeException e) {
      return otherwise;
    }
  }

  /// The next time the clock shows that.
  private static @Nullable Instant atClock(Matcher clock, ZoneId zone, Instant now) {
    int hour = Integer.parseInt(clock.group(1));
    int minute = clock.group(2) == null ? 0 : Integer.parseInt(clock.group(2));
    var half = clock.group(3);
    if (half == null && clock.group(2) == null) {
      return null; // "resets 3 times" is no time
    }
    if (half != null) {
      hour = hour % 12 + (half.equals("pm") ? 12 : 0);
    }
    if (hour > 23 || minute > 59) {
      return null;
    }
    var today = LocalDate.ofInstant(now, zone);
    var then = ZonedDateTime.of(today, LocalTime.of(hour, minute), zone);
    return (then.toInstant().isAfter(now) ? then : then.plusDays(1)).toInstant();
  }

  /// The time in words, with its day when that is not today.
  static String words(Instant time, Instant now, ZoneId zone) {
    boolean today = LocalDate.ofInstant(time, zone).equals(LocalDate.ofInstant(now, zone));
    return (today ? TODAY : LATER).format(time.atZone(zone));
  }
}
