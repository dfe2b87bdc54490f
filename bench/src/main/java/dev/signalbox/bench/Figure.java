package dev.signalbox.bench;

import java.util.Arrays;
import java.util.Locale;

/// One measured target.
///
/// @param values one for each run, in the unit
/// @param limit the target; `atLeast` says on which side of it is good
/// @param method how it was measured, in a sentence
@SuppressWarnings("ArrayRecordComponent") // read only here; compared nowhere
public record Figure(
    String id,
    String what,
    String unit,
    double[] values,
    double limit,
    boolean atLeast,
    String method) {

  static Figure atMost(
      String id, String what, String unit, double limit, String method, double... values) {
    return new Figure(id, what, unit, values, limit, false, method);
  }

  static Figure atLeast(
      String id, String what, String unit, double limit, String method, double... values) {
    return new Figure(id, what, unit, values, limit, true, method);
  }

  double median() {
    return Stats.quantile(values, 0.5);
  }

  boolean met() {
    return atLeast ? median() >= limit : median() <= limit;
  }

  String row() {
    var sorted = values.clone();
    Arrays.sort(sorted);
    return String.format(
        Locale.ROOT,
        "%-5s %-62s %10.2f %-8s [%.2f … %.2f, n=%d]  %s %.1f  %s",
        id,
        what,
        median(),
        unit,
        sorted[0],
        sorted[sorted.length - 1],
        sorted.length,
        atLeast ? "≥" : "≤",
        limit,
        met() ? "met" : "MISSED");
  }
}
