package dev.signalbox.bench;

import java.util.Arrays;

/// Collects the age of every `T<nanos>;` that is heard. Safe for many threads.
final class Moments {
  private double[] millis = new double[1 << 16];
  private int size;

  /// Takes all marks out of a text that was heard at `now`.
  void hear(CharSequence text, long now) {
    int at = 0;
    var string = text.toString();
    while ((at = string.indexOf('T', at)) >= 0) {
      int end = string.indexOf(';', at);
      if (end < 0) {
        return;
      }
      if (end > at + 1 && Character.isDigit(string.charAt(at + 1))) {
        mark(string, at + 1, end, now);
      }
      at++;
    }
  }

  private void mark(String string, int from, int to, long now) {
    for (int i = from; i < to; i++) {
      if (!Character.isDigit(string.charAt(i))) {
        return;
      }
    }
    add((now - Long.parseLong(string, from, to, 10)) / 1e6);
  }

  synchronized void add(double value) {
    if (size == millis.length) {
      millis = Arrays.copyOf(millis, size * 2);
    }
    millis[size++] = value;
  }

  synchronized double[] values() {
    return Arrays.copyOf(millis, size);
  }

  synchronized int count() {
    return size;
  }
}
