package dev.signalbox.http;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;

/// The one-time codes of links: in memory, for 120 s, each good once. Five wrong ones within a
/// minute burn all that are out, so that none can be found by trying. Any thread may call.
final class Codes {
  static final Duration LIFE = Duration.ofMinutes(2);
  private static final int MOST = 64;
  private static final int WRONG = 5;

  private final Secrets secrets;
  private final LongSupplier nanos;
  private final ReentrantLock lock = new ReentrantLock();

  @GuardedBy("lock")
  private final Map<String, Long> madeAt = new LinkedHashMap<>();

  @GuardedBy("lock")
  private final Tries wrong;

  enum Outcome {
    GOOD,
    WRONG,
    TOO_MANY
  }

  Codes(Secrets secrets, LongSupplier nanos) {
    this.secrets = secrets;
    this.nanos = nanos;
    this.wrong = new Tries(WRONG, nanos);
  }

  /// A new code; the oldest gives way when 64 are out.
  String make() {
    var code = secrets.fresh();
    lock.lock();
    try {
      if (madeAt.size() >= MOST) {
        madeAt.remove(madeAt.keySet().iterator().next());
      }
      madeAt.put(Secrets.hash(code), nanos.getAsLong());
      return code;
    } finally {
      lock.unlock();
    }
  }

  /// Uses a code up.
  Outcome redeem(String code) {
    lock.lock();
    try {
      if (wrong.exhausted()) {
        return Outcome.TOO_MANY;
      }
      // Looked up by its hash, so that timing says nothing about how much of it was right.
      var made = madeAt.remove(Secrets.hash(code));
      if (made != null && nanos.getAsLong() - made <= LIFE.toNanos()) {
        return Outcome.GOOD;
      }
      wrong.count();
      if (wrong.exhausted()) {
        madeAt.clear();
        return Outcome.TOO_MANY;
      }
      return Outcome.WRONG;
    } finally {
      lock.unlock();
    }
  }
}
