package dev.signalbox.http;

import dev.signalbox.refusal.Refused;
import dev.signalbox.store.Database;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Does what a key names at most once within 24 hours, also across a restart, and gives the same
/// answer each time. Any thread may call; a second call with a key waits for the first.
///
/// The key is stored before the work begins: when the server dies in between, the same key is
/// refused, because nobody can say whether it was done.
final class Idempotency {
  static final Duration LIFE = Duration.ofHours(24);
  private static final int LONGEST = 200;
  private static final int UNKNOWN = 0;
  private static final Logger LOG = LoggerFactory.getLogger(Idempotency.class);

  /// What was answered. An empty body means none.
  record Done(int status, String body) {}

  private record Row(String methodPath, int status, String body) {}

  private final Database database;
  private final InstantSource clock;
  private final Map<String, CountDownLatch> running = new ConcurrentHashMap<>();

  Idempotency(Database database, InstantSource clock) {
    this.database = database;
    this.clock = clock;
  }

  /// The answer for this key: of the first time, or of `work` now. What `work` refuses changed
  /// nothing, so it is thrown and not kept.
  Done once(String key, Principal principal, String methodPath, Callable<Done> work)
      throws Exception {
    if (key.isBlank() || key.length() > LONGEST) {
      throw Refused.invalid(
          "idempotency_key", "An Idempotency-Key has 1 to %d characters.".formatted(LONGEST));
    }
    var scoped = principal.id() + ":" + key;
    var mine = new CountDownLatch(1);
    for (var other = running.putIfAbsent(scoped, mine);
        other != null;
        other = running.putIfAbsent(scoped, mine)) {
      other.await();
    }
    try {
      var before = database.read(h -> find(h, scoped));
      return before.isPresent() ? again(before.get(), methodPath) : first(scoped, methodPath, work);
    } finally {
      running.remove(scoped);
      mine.countDown();
    }
  }

  private static Done again(Row row, String methodPath) {
    if (!row.methodPath.equals(methodPath)) {
      throw Refused.invalid(
          "idempotency_key",
          "This Idempotency-Key was used for %s. Use a new one for each call."
              .formatted(row.methodPath));
    }
    if (row.status == UNKNOWN) {
      throw Refused.conflict(
          "outcome_unknown",
          "The server stopped while it did this. Look whether it was done, then use a new key.");
    }
    return new Done(row.status, row.body);
  }

  private Done first(String key, String methodPath, Callable<Done> work) throws Exception {
    var now = clock.instant();
    store(h -> begin(h, key, methodPath, now));
    Done done;
    try {
      done = work.call();
    } catch (Refused | HttpRefusal e) {
      store(h -> h.execute("DELETE FROM idempotency WHERE key = ?", key));
      throw e;
    }
    try {
      store(h -> end(h, key, done));
    } catch (Refused e) {
      LOG.warn("answer not kept: {}", e.toString()); // it is done all the same, so it is answered
    }
    return done;
  }

  private void store(Database.Write write) {
    database.<@Nullable Void>writeNow(h -> {
      write.run(h);
      return null;
    });
  }

  private static Optional<Row> find(Handle handle, String key) {
    return handle
        .createQuery("SELECT method_path, status, body FROM idempotency WHERE key = :key")
        .bind("key", key)
        .map((r, _) -> new Row(r.getString(1), r.getInt(2), r.getString(3)))
        .findOne();
  }

  private static void begin(Handle handle, String key, String methodPath, Instant now) {
    handle.execute("DELETE FROM idempotency WHERE at < ?", now.minus(LIFE).toEpochMilli());
    handle.execute(
        "INSERT INTO idempotency (key, at, method_path, status, body) VALUES (?, ?, ?, ?, '')",
        key,
        now.toEpochMilli(),
        methodPath,
        UNKNOWN);
  }

  private static void end(Handle handle, String key, Done done) {
    handle.execute(
        "UPDATE idempotency SET status = ?, body = ? WHERE key = ?",
        done.status(),
        done.body(),
        key);
  }
}
