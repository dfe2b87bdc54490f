package dev.signalbox.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.signalbox.refusal.Refused;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.jdbi.v3.core.Handle;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DatabaseTest {
  @TempDir Path dir;
  private Path file;
  private Database db;

  @BeforeEach
  void open() {
    file = dir.resolve("a?b c").resolve("runtime.db");
    db = Database.open(file, Database.Kind.RUNTIME);
  }

  @AfterEach
  void close() {
    db.close();
  }

  @Test
  void readsSeeWhatWasToldToBeCommitted() throws Exception {
    for (int i = 0; i < 50; i++) {
      var ended = new Ended();
      db.write(DatabaseTest::note, ended);
      ended.await();
      assertThat(notes()).isEqualTo(i + 1);
    }
  }

  @Test
  void aReadSeesOneStateHoweverLongItTakes() {
    List<Integer> seen =
        db.read(handle -> {
          int before = count(handle);
          db.writeNow(writing -> {
            note(writing);
            return true;
          });
          return List.of(before, count(handle));
        });

    assertThat(seen).containsExactly(0, 0);
    assertThat(notes()).isEqualTo(1);
  }

  @Test
  void aReadCannotWrite() {
    assertThatThrownBy(() -> db.read(handle -> handle.execute("DELETE FROM audit")))
        .hasMessageContaining("readonly");
  }

  @Test
  void aFailingWriteTakesOnlyItselfBack() throws Exception {
    var gate = held(db);
    var first = new Ended();
    var bad = new Ended();
    var last = new Ended();
    db.write(DatabaseTest::note, first);
    db.write(
        handle -> {
          note(handle);
          throw new IllegalStateException("no");
        },
        bad);
    db.write(DatabaseTest::note, last);
    gate.countDown();

    first.await();
    last.await();
    assertThatThrownBy(bad::await).hasMessage("no");
    assertThat(notes()).isEqualTo(2);
  }

  @Test
  void outcomesAreToldInOrderOnOneThreadThatIsNotTheCallers() throws Exception {
    var order = new ArrayList<Integer>();
    var ended = new ArrayList<Ended>();
    for (int i = 0; i < 500; i++) {
      int number = i;
      var one = new Ended();
      ended.add(one);
      db.write(DatabaseTest::note, new Numbered(number, order, one));
    }
    var threads = new ArrayList<Thread>();
    for (Ended one : ended) {
      threads.add(one.await());
    }

    assertThat(order).isSorted().hasSize(500);
    assertThat(threads).containsOnly(threads.getFirst()).doesNotContain(Thread.currentThread());
  }

  @Test
  void manyWritesShareACommit() throws Exception {
    var gate = held(db);
    var ended = new ArrayList<Ended>();
    for (int i = 0; i < 200; i++) {
      var one = new Ended();
      ended.add(one);
      db.write(DatabaseTest::note, one);
    }
    // Told before the last one was run, the first would be in a commit of its own.
    var firstToldEarly = new AtomicInteger();
    var last = new Ended();
    db.write(handle -> firstToldEarly.set(ended.getFirst().isTold() ? 1 : 0), last);
    gate.countDown();
    last.await();

    assertThat(firstToldEarly).hasValue(0);
    assertThat(notes()).isEqualTo(200);
  }

  @Test
  void aCallerWaitsWhileTooMuchIsOutstandingButThePublisherDoesNot() throws Exception {
    var gate = held(db);
    var given = new AtomicInteger();
    var fromPublisher = new Ended();
    Thread caller =
        Thread.ofVirtual()
            .start(() -> {
              for (int i = 0; i < 6_000; i++) {
                db.write(DatabaseTest::note, i == 0 ? again(fromPublisher) : new Ended());
                given.incrementAndGet();
              }
            });
    await().until(() -> caller.getState() == Thread.State.WAITING);
    assertThat(given.get()).isLessThan(6_000);

    gate.countDown();
    fromPublisher.await();
    assertThat(caller.join(java.time.Duration.ofSeconds(30))).isTrue();
    await().until(() -> notes() == 6_001);
  }

  private Database.Outcome again(Ended ended) {
    return new Database.Outcome() {
      @Override
      public void committed() {
        db.write(DatabaseTest::note, ended);
      }

      @Override
      public void failed(Exception cause) {
        ended.failed(cause);
      }
    };
  }

  @Test
  void aThrowingOutcomeKeepsNobodyFromHearing() throws Exception {
    var ended = new Ended();
    db.write(
        DatabaseTest::note,
        new Database.Outcome() {
          @Override
          public void committed() {
            throw new IllegalStateException("listener");
          }

          @Override
          public void failed(Exception cause) {}
        });
    db.write(DatabaseTest::note, ended);

    ended.await();
  }

  @Test
  void writeNowGivesTheValueOrThrowsWhatTheWorkThrew() {
    assertThat(db.<Integer>writeNow(handle -> 7)).isEqualTo(7);
    assertThat(db.<String>writeNow(handle -> null)).isNull();
    var refused = Refused.conflict("taken", "It is taken");
    assertThatThrownBy(() ->
            db.writeNow(handle -> {
              throw refused;
            }))
        .isSameAs(refused);
  }

  @Test
  void closingCommitsWhatIsQueuedAndRefusesWhatComesLater() throws Exception {
    var ended = new ArrayList<Ended>();
    for (int i = 0; i < 300; i++) {
      var one = new Ended();
      ended.add(one);
      db.write(DatabaseTest::note, one);
    }
    db.close();
    db.close();

    for (Ended one : ended) {
      one.await();
    }
    assertThatThrownBy(() -> db.write(DatabaseTest::note, new Ended()))
        .isInstanceOfSatisfying(Refused.class, e -> assertThat(e.code()).isEqualTo("closing"));
    assertThatThrownBy(() -> db.read(DatabaseTest::count)).isInstanceOf(Refused.class);
    assertThat(Files.exists(file.resolveSibling("runtime.db-wal"))).isFalse();
    db = Database.open(file, Database.Kind.RUNTIME);
    assertThat(notes()).isEqualTo(300);
  }

  @Test
  void theConnectionsAreSetUpForDurability() {
    assertThat(db.<String>writeNow(handle -> pragma(handle, "journal_mode"))).isEqualTo("wal");
    assertThat(db.<String>writeNow(handle -> pragma(handle, "synchronous"))).isEqualTo("2");
    assertThat(db.<String>writeNow(handle -> pragma(handle, "foreign_keys"))).isEqualTo("1");
    assertThat(db.<String>writeNow(handle -> pragma(handle, "page_size"))).isEqualTo("1024");
    assertThat(db.<String>writeNow(handle -> pragma(handle, "wal_autocheckpoint"))).isEqualTo("0");
    assertThat(db.<String>writeNow(handle -> pragma(handle, "mmap_size"))).isEqualTo("0");
    assertThat(db.<String>read(handle -> pragma(handle, "mmap_size"))).isEqualTo("0");
  }

  @Test
  void onlyAGroupOfNothingElseIsCommittedWithoutWaitingForTheDisk() throws Exception {
    var modes = new ArrayList<String>();
    var gate = held(db);
    var ended = new Ended();
    db.writeSoon(handle -> modes.add(pragma(handle, "synchronous")), new Ended());
    db.write(handle -> modes.add(pragma(handle, "synchronous")), ended);
    gate.countDown();
    ended.await();
    assertThat(modes).containsExactly("2", "2");

    // Right after a flush there is no need for another; a busy machine may be late for that.
    await()
        .until(() -> {
          db.writeNow(handle -> true);
          var alone = new Ended();
          var mode = new AtomicReference<String>();
          db.writeSoon(handle -> mode.set(pragma(handle, "synchronous")), alone);
          alone.await();
          return "1".equals(mode.get());
        });
  }

  @Test
  void filesAreTheirOwnersOnly() throws Exception {
    db.writeNow(handle -> {
      note(handle);
      return true;
    });
    for (String name : List.of("runtime.db", "runtime.db-wal", "runtime.db-shm")) {
      assertThat(mode(file.resolveSibling(name))).as(name).isEqualTo("rw-------");
    }
    assertThat(mode(file.getParent())).isEqualTo("rwx------");
    db.close();
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r--r--"));
    db = Database.open(file, Database.Kind.RUNTIME);
    assertThat(mode(file)).isEqualTo("rw-------");
  }

  @Test
  void aTransactionWithinAWriteIsPartOfIt() throws Exception {
    var ended = new Ended();
    db.write(
        handle -> {
          handle.useTransaction(DatabaseTest::note);
          throw new IllegalStateException("after it");
        },
        ended);

    assertThatThrownBy(ended::await).hasMessage("after it");
    assertThat(notes()).isZero();
  }

  @Test
  void readersAndCheckpointsDoNotDisturbTheWriter() throws Exception {
    var stop = new CountDownLatch(1);
    var readers = new ArrayList<Thread>();
    for (int i = 0; i < 8; i++) {
      readers.add(
          Thread.ofVirtual()
              .start(() -> {
                while (stop.getCount() > 0) {
                  db.read(DatabaseTest::count);
                }
              }));
    }
    Ended last = new Ended();
    for (int i = 0; i < 2_000; i++) {
      last = new Ended();
      db.write(
          handle ->
              handle.execute(
                  "INSERT INTO audit (at, who, what, detail) VALUES (0, 'a', 'b', ?)",
                  "x".repeat(5_000)),
          last);
    }
    last.await();
    stop.countDown();
    for (Thread reader : readers) {
      assertThat(reader.join(java.time.Duration.ofSeconds(20))).isTrue();
    }

    assertThat(notes()).isEqualTo(2_000);
    assertThat(db.<String>read(handle -> pragma(handle, "integrity_check"))).isEqualTo("ok");
    assertThat(Files.size(file.resolveSibling("runtime.db-wal"))).isLessThan(30 << 20);
  }

  private record Numbered(int number, List<Integer> order, Ended ended)
      implements Database.Outcome {
    @Override
    public void committed() {
      order.add(number);
      ended.committed();
    }

    @Override
    public void failed(Exception cause) {
      ended.failed(cause);
    }
  }

  /// Keeps the writer busy until the latch is counted down, so that what is given meanwhile comes
  /// into one group.
  static CountDownLatch held(Database db) throws InterruptedException {
    var busy = new CountDownLatch(1);
    var gate = new CountDownLatch(1);
    db.write(
        handle -> {
          busy.countDown();
          gate.await();
        },
        new Ended());
    busy.await();
    return gate;
  }

  static void note(Handle handle) {
    handle.execute("INSERT INTO audit (at, who, what) VALUES (0, 'a', 'b')");
  }

  static int count(Handle handle) {
    return handle.createQuery("SELECT count(*) FROM audit").mapTo(Integer.class).one();
  }

  static String pragma(Handle handle, String name) {
    return handle.createQuery("PRAGMA " + name).mapTo(String.class).one();
  }

  private int notes() {
    return db.read(DatabaseTest::count);
  }

  private static String mode(Path path) throws Exception {
    return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
  }
}
