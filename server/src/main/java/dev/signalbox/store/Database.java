package dev.signalbox.store;

import java.nio.file.Path;
import java.util.function.Consumer;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/// One SQLite file. Any thread may call; SQL runs on the database's own platform threads.
///
/// Writes are committed in groups, in the order in which they were given, and flushed to the disk
/// before their outcome is told (`synchronous=FULL`). Reads see a snapshot of what was committed.
public final class Database implements AutoCloseable {

  /// What a file holds. It is written into the file; a file of the other kind is refused.
  public enum Kind {
    /// The shared configuration.
    CONFIG,
    /// One runtime context: projects, sessions, journals.
    RUNTIME
  }

  /// Work on a snapshot. Must not write and must not keep the handle.
  @FunctionalInterface
  public interface Read<T extends @Nullable Object> {
    T run(Handle handle) throws Exception;
  }

  /// Work inside a transaction, in a savepoint of its own. It may be run a second time when the
  /// first was rolled back with its group, so it must not change anything but the database and
  /// values it overwrites each time. Must not commit, roll back or keep the handle.
  @FunctionalInterface
  public interface Write {
    void run(Handle handle) throws Exception;
  }

  /// A [Write] with a result.
  @FunctionalInterface
  public interface WriteValue<T extends @Nullable Object> {
    T run(Handle handle) throws Exception;
  }

  /// Told once how a write ended, on the publisher thread, in commit order. Must not block.
  public interface Outcome {
    void committed();

    /// Nothing of the work was stored.
    ///
    /// @param cause what the work threw, or a `Refused` (unavailable) with code `disk_full`,
    ///   `disk_readonly`, `disk_error`, `store_damaged` or `closing`
    void failed(Exception cause);
  }

  /// Whether writes work.
  public sealed interface Health {
    record Ok() implements Health {}

    /// @param code `disk_full`, `disk_readonly`, `disk_error` or `store_damaged`
    /// @param reason one sentence for people
    record Failing(String code, String reason) implements Health {}
  }

  /// Opens the file, or makes it with its folder (0600 in 0700) when there is none, and brings an
  /// older schema up to date after a backup.
  ///
  /// @throws StoreRefused when the file is damaged, of another kind or a newer schema, or cannot be
  ///   read and written; it is untouched then
  public static Database open(Path file, Kind kind) {
    throw new UnsupportedOperationException();
  }

  /// Runs `work` on a reader thread and waits for its result. What it throws is thrown here.
  public <T extends @Nullable Object> T read(Read<T> work) {
    throw new UnsupportedOperationException();
  }

  /// Queues `work` for the next group commit. Blocks only while the queue is full (but never on the
  /// publisher thread).
  ///
  /// @throws dev.signalbox.refusal.Refused (unavailable, `closing`) when the database is closed
  public void write(Write work, Outcome outcome) {
    throw new UnsupportedOperationException();
  }

  /// As [#write], for what may be lost to a power cut (never to a crash of this process): a group
  /// of nothing else is committed without waiting for the disk, at most for a second.
  public void writeSoon(Write work, Outcome outcome) {
    throw new UnsupportedOperationException();
  }

  /// As [#write], and waits for the commit. Not on the publisher thread.
  public <T extends @Nullable Object> T writeNow(WriteValue<T> work) {
    throw new UnsupportedOperationException();
  }

  public Health health() {
    throw new UnsupportedOperationException();
  }

  /// Tells `listener` every change of health from now on, on the publisher thread.
  public void onHealth(Consumer<Health> listener) {
    throw new UnsupportedOperationException();
  }

  /// Commits what is queued, then closes; idempotent.
  @Override
  public void close() {}
}
