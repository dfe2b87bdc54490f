package dev.signalbox.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.signalbox.refusal.Refused;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DiskFullTest {
  @TempDir Path dir;

  @Test
  void aFullDatabaseRefusesWritesSaysSoAndGoesOnWhenThereIsRoom() throws Exception {
    try (var db = Database.open(dir.resolve("a.db"), Database.Kind.RUNTIME)) {
      var changes = new CopyOnWriteArrayList<Database.Health>();
      db.onHealth(changes::add);
      db.writeNow(handle -> handle.execute("PRAGMA max_page_count = 300"));

      int stored = fillUp(db);

      assertThat(db.health()).isInstanceOf(Database.Health.Failing.class);
      await().until(() -> !changes.isEmpty());
      assertThat(((Database.Health.Failing) changes.getFirst()).code()).isEqualTo("disk_full");
      assertThat(db.<Integer>read(DatabaseTest::count)).isEqualTo(stored);

      // The pragma takes no page, so it is stored although the rest is not, as room made by others.
      db.writeNow(handle -> handle.execute("PRAGMA max_page_count = 1000000"));
      await()
          .atMost(Duration.ofSeconds(10))
          .until(() -> db.health() instanceof Database.Health.Ok && changes.size() == 2);
      add(db);
      assertThat(db.<Integer>read(DatabaseTest::count)).isEqualTo(stored + 1);
      assertThat(db.<String>read(h -> DatabaseTest.pragma(h, "integrity_check"))).isEqualTo("ok");
    }
  }

  @Test
  void aWriteThatIsTooBigDoesNotFailItsNeighbours() throws Exception {
    try (var db = Database.open(dir.resolve("a.db"), Database.Kind.RUNTIME)) {
      db.writeNow(handle -> handle.execute("PRAGMA max_page_count = 300"));
      var gate = DatabaseTest.held(db);
      var before = new Ended();
      var big = new Ended();
      var after = new Ended();
      db.write(DatabaseTest::note, before);
      db.write(handle -> addBig(handle, 1_000_000), big);
      db.write(DatabaseTest::note, after);
      gate.countDown();

      before.await();
      after.await();
      assertThatThrownBy(big::await)
          .isInstanceOfSatisfying(Refused.class, e -> assertThat(e.code()).isEqualTo("disk_full"));
      assertThat(db.<Integer>read(DatabaseTest::count)).isEqualTo(2);
      assertThat(db.health()).isInstanceOf(Database.Health.Ok.class);
    }
  }

  /// A real full disk, where a small one can be mounted.
  @Test
  void aFullDiskRefusesWritesAndGoesOnByItself() throws Exception {
    Path disk = Files.createDirectory(dir.resolve("disk"));
    assumeTrue(run("mount", "-t", "tmpfs", "-o", "size=3m", "tmpfs", disk.toString()) == 0);
    try {
      Path ballast = disk.resolve("ballast");
      try (var db = Database.open(disk.resolve("data/a.db"), Database.Kind.RUNTIME)) {
        Files.write(ballast, new byte[1 << 20]);
        int stored = fillUp(db);
        assertThat(db.health()).isInstanceOf(Database.Health.Failing.class);

        Files.delete(ballast);
        await()
            .atMost(Duration.ofSeconds(10))
            .until(() -> db.health() instanceof Database.Health.Ok);
        add(db);
        assertThat(db.<Integer>read(DatabaseTest::count)).isEqualTo(stored + 1);
      }
      try (var db = Database.open(disk.resolve("data/a.db"), Database.Kind.RUNTIME)) {
        assertThat(db.<String>read(h -> DatabaseTest.pragma(h, "integrity_check"))).isEqualTo("ok");
      }
    } finally {
      run("umount", disk.toString());
    }
  }

  /// How many rows were acknowledged before the disk was full.
  private static int fillUp(Database db) {
    for (int stored = 0; ; stored++) {
      try {
        add(db);
      } catch (Refused e) {
        assertThat(e.kind()).isEqualTo(Refused.Kind.UNAVAILABLE);
        assertThat(e.code()).isEqualTo("disk_full");
        return stored;
      }
    }
  }

  private static void add(Database db) {
    db.writeNow(handle -> {
      addBig(handle, 20_000);
      return true;
    });
  }

  private static void addBig(org.jdbi.v3.core.Handle handle, int bytes) {
    handle.execute(
        "INSERT INTO audit (at, who, what, detail) VALUES (0, 'a', 'b', ?)", "x".repeat(bytes));
  }

  private static int run(String... command) throws Exception {
    return new ProcessBuilder(List.of(command)).inheritIO().start().waitFor();
  }
}
