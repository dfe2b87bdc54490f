package dev.signalbox.store;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.module.ModuleDescriptor.Version;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
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

  private static final String OLDEST_SQLITE = "3.51.3";

  private final WriteQueue queue = new WriteQueue();
  private final Publisher publisher = new Publisher(queue, this::healthChanged);
  private final CopyOnWriteArrayList<Consumer<Health>> listeners = new CopyOnWriteArrayList<>();
  private final Writer writer;
  private final Readers readers;
  private final AtomicBoolean closed = new AtomicBoolean();

  private Database(Connections connections, Connection writing) throws SQLException {
    this.writer = new Writer(queue, publisher, new WriteTransaction(writing));
    this.readers = new Readers(connections);
  }

  /// Opens the file, or makes it with its folder (0600 in 0700) when there is none, and brings an
  /// older schema up to date after a backup.
  ///
  /// @throws StoreRefused when the file is damaged, of another kind or a newer schema, or cannot be
  ///   read and written; it is untouched then
  public static Database open(Path file, Kind kind) {
    return open(file, kind, Schema.of(kind));
  }

  static Database open(Path file, Kind kind, Schema schema) {
    Path path = file.toAbsolutePath().normalize();
    var connections = new Connections(path);
    try {
      var library = new NativeLibrary(place(path).resolve("native"));
      library.offer();
      inspect(path, connections, kind, schema);
      library.keep();
      Connection writing = connections.writer();
      try {
        requireVersion(writing);
        schema.migrate(writing, path);
        var database = new Database(connections, writing);
        database.start();
        return database;
      } catch (SQLException | RuntimeException e) {
        writing.close();
        throw e;
      }
    } catch (SQLException | IOException | UncheckedIOException e) {
      throw new StoreRefused(path + " cannot be opened: " + sentence(e), e);
    }
  }

  /// Makes the private folder of the file.
  private static Path place(Path file) throws IOException {
    Path folder = requireNonNull(file.getParent());
    PrivateFiles.createFolder(folder);
    return folder;
  }

  /// Makes sure that there is a private file that may be opened for writing.
  private static void inspect(Path file, Connections connections, Kind kind, Schema schema)
      throws IOException {
    if (Files.exists(file, LinkOption.NOFOLLOW_LINKS) && Files.size(file) > 0) {
      new Inspection(connections, kind, schema).run();
      PrivateFiles.restrict(file);
    } else if (!Files.exists(file)) {
      PrivateFiles.create(file);
    }
  }

  private static void requireVersion(Connection connection) throws SQLException {
    String version = Connections.text(connection, "SELECT sqlite_version()");
    if (Version.parse(version).compareTo(Version.parse(OLDEST_SQLITE)) < 0) {
      throw new StoreRefused(
          "SQLite %s can corrupt a database when its log is reset: %s or newer is needed"
              .formatted(version, OLDEST_SQLITE));
    }
  }

  private static String sentence(Exception e) {
    return switch (e) {
      case AccessDeniedException denied -> "no permission for " + denied.getFile();
      case FileAlreadyExistsException there -> there.getFile() + " is not a folder";
      default -> String.valueOf(e.getMessage());
    };
  }

  private void start() {
    publisher.start();
    writer.start();
    readers.start();
  }

  /// Runs `work` on a reader thread and waits for its result. What it throws is thrown here.
  public <T extends @Nullable Object> T read(Read<T> work) {
    return readers.read(work);
  }

  /// Queues `work` for the next group commit. Blocks only while the queue is full (but never on the
  /// publisher thread).
  ///
  /// @throws dev.signalbox.refusal.Refused (unavailable, `closing`) when the database is closed
  public void write(Write work, Outcome outcome) {
    queue.put(new WriteQueue.Job(work, outcome, true), !publisher.isCurrentThread());
  }

  /// As [#write], for what may be lost to a power cut (never to a crash of this process): a group
  /// of nothing else is committed without waiting for the disk, at most for a second.
  public void writeSoon(Write work, Outcome outcome) {
    queue.put(new WriteQueue.Job(work, outcome, false), !publisher.isCurrentThread());
  }

  /// As [#write], and waits for the commit. Not on the publisher thread.
  public <T extends @Nullable Object> T writeNow(WriteValue<T> work) {
    if (publisher.isCurrentThread()) {
      throw new IllegalStateException("the publisher thread would wait for itself");
    }
    var awaited = new Awaited<>(work);
    write(awaited, awaited);
    return awaited.await();
  }

  public Health health() {
    return writer.health();
  }

  /// Tells `listener` every change of health from now on, on the publisher thread.
  public void onHealth(Consumer<Health> listener) {
    listeners.add(listener);
  }

  private void healthChanged(Health health) {
    listeners.forEach(listener -> listener.accept(health));
  }

  /// Commits what is queued, then closes; idempotent.
  @Override
  public void close() {
    if (!closed.compareAndSet(false, true)) {
      return;
    }
    queue.close();
    try {
      writer.join();
      readers.close();
      publisher.close();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
