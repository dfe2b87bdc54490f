package dev.signalbox.store;

import java.sql.SQLException;
import java.util.concurrent.TimeUnit;

/// Decides when the log is moved into the file: in a quiet moment once it is worth it, and at once
/// when it has grown much. On the writer's thread, so that nobody writes meanwhile.
final class Checkpoints {
  private static final long LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(100);
  private static final long WORTH_PAGES = 1_000;
  private static final long MUCH_PAGES = 6_000;

  private final WriteTransaction transaction;
  private long lookedAt = System.nanoTime();

  Checkpoints(WriteTransaction transaction) {
    this.transaction = transaction;
  }

  /// @param quiet whether nothing waits to be written
  void afterCommit(boolean quiet) {
    long now = System.nanoTime();
    if (now - lookedAt < LOOK_NANOS) {
      return;
    }
    lookedAt = now;
    try {
      if (transaction.pagesInLog() >= (quiet ? WORTH_PAGES : MUCH_PAGES)) {
        transaction.checkpoint("PASSIVE");
      }
    } catch (SQLException e) {
      // The log keeps what was committed; the next commit will tell if the disk is in trouble.
      Writer.logQuietly("checkpoint_failed", e);
    }
  }

  /// At the end: leaves everything in the file and an empty log.
  void last() {
    try {
      transaction.checkpoint("TRUNCATE");
    } catch (SQLException e) {
      Writer.logQuietly("checkpoint_failed", e);
    }
  }
}
