package dev.signalbox.bench;

import java.util.Arrays;

/// Quantiles by the nearest rank.
final class Stats {
  private Stats() {}

  static double quantile(double[] values, double q) {
    if (values.length == 0) {
      return Double.NaN;
    }
    var sorted = values.clone();
    Arrays.sort(sorted);
    int rank = (int) Math.ceil(q * sorted.length) - 1;
    return sorted[Math.clamp(rank, 0, sorted.length - 1)];
  }
}
