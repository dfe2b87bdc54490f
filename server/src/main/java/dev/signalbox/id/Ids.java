package dev.signalbox.id;

import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.concurrent.locks.ReentrantLock;

/// Makes identifiers that sort by creation time: a prefix that names the kind, 48 bits of
/// milliseconds and 80 bits that are random at the start of a millisecond and count up within it,
/// in Crockford's base 32 (lower case). Strictly increasing for one instance, from any thread.
public final class Ids {
  private static final String ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz";
  private final InstantSource clock;
  private final SecureRandom random = new SecureRandom();
  private final ReentrantLock lock = new ReentrantLock();
  private long lastMillis;
  private long high; // 16 random bits
  private long low; // 64 random bits

  public Ids(InstantSource clock) {
    this.clock = clock;
  }

  public ProjectId project() {
    return new ProjectId(next("p_"));
  }

  public SessionId session() {
    return new SessionId(next("s_"));
  }

  public LaneId lane() {
    return new LaneId(next("l_"));
  }

  public TurnId turn() {
    return new TurnId(next("t_"));
  }

  public ItemId item() {
    return new ItemId(next("i_"));
  }

  public AskId ask() {
    return new AskId(next("a_"));
  }

  public UploadId upload() {
    return new UploadId(next("u_"));
  }

  public JobId job() {
    return new JobId(next("j_"));
  }

  /// An opaque, sorting value for things without a type of their own (epochs, runs, devices).
  public String next(String prefix) {
    lock.lock();
    try {
      return prefix + encodedLocked();
    } finally {
      lock.unlock();
    }
  }

  private String encodedLocked() {
    long now = clock.millis();
    if (now > lastMillis) {
      lastMillis = now;
      high = random.nextInt(1 << 16);
      // The top bit stays clear, so that counting up cannot wrap within a millisecond.
      low = random.nextLong() >>> 1;
    } else {
      low++; // also when the clock went back: order is by creation, not by the clock
    }
    var out = new char[26];
    for (int i = 9; i >= 0; i--) {
      out[i] = ALPHABET.charAt((int) ((lastMillis >>> (5 * (9 - i))) & 31));
    }
    for (int i = 0; i < 16; i++) {
      out[25 - i] = ALPHABET.charAt(bits(5 * i));
    }
    return new String(out);
  }

  private int bits(int from) {
    if (from >= 64) {
      return (int) (high >>> (from - 64)) & 31;
    }
    long value = low >>> from;
    if (from > 59) {
      value |= high << (64 - from);
    }
    return (int) value & 31;
  }
}
