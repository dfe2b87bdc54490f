package dev.signalbox.http;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;

/// Wrong credentials by where they came from, loopback like any other place. Any thread may call.
final class WrongTries {
  private static final int MOST_A_MINUTE = 20;
  private static final int PLACES = 1_000;

  private final LongSupplier nanos;
  private final ReentrantLock lock = new ReentrantLock();

  @GuardedBy("lock")
  private final Map<String, Tries> places = new LinkedHashMap<>();

  WrongTries(LongSupplier nanos) {
    this.nanos = nanos;
  }

  /// Counts one and says whether it was one too many.
  boolean tooMany(String place) {
    lock.lock();
    try {
      if (places.size() >= PLACES && !places.containsKey(place)) {
        places.values().removeIf(Tries::isEmpty);
        if (places.size() >= PLACES) {
          return true; // nobody honest guesses from a thousand places at once
        }
      }
      var tries = places.computeIfAbsent(place, _ -> new Tries(MOST_A_MINUTE, nanos));
      var already = tries.exhausted();
      tries.count();
      return already;
    } finally {
      lock.unlock();
    }
  }
}
