package dev.signalbox.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MigrationTest {
  private static final int MARK = Schema.of(Database.Kind.RUNTIME).application();
  private static final Schema OLD = new Schema(MARK, List.of("/db/test/001-one.sql"));
  private static final Schema NEW =
      new Schema(MARK, List.of("/db/test/001-one.sql", "/db/test/002-two.sql"));
  private static final Schema BROKEN =
      new Schema(MARK, List.of("/db/test/001-one.sql", "/db/test/002-broken.sql"));

  @TempDir Path dir;

  @Test
  void anOlderFileIsBackedUpAndBroughtUpToDate() throws Exception {
    Path file = old();
    try (var db = Database.open(file, Database.Kind.RUNTIME, NEW)) {
      assertThat(values(db, "SELECT b FROM one")).containsExactly("kept!");
    }
    Path backup = dir.resolve("a.db.v1.backup");
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(backup)))
        .isEqualTo("rw-------");
    try (var db = Database.open(backup, Database.Kind.RUNTIME, OLD)) {
      assertThat(values(db, "SELECT a FROM one")).containsExactly("kept");
    }
  }

  @Test
  void anOlderSignalboxRefusesTheNewerFile() {
    Path file = old();
    Database.open(file, Database.Kind.RUNTIME, NEW).close();
    assertThatThrownBy(() -> Database.open(file, Database.Kind.RUNTIME, OLD))
        .isInstanceOf(StoreRefused.class)
        .hasMessageContaining("has schema 2, and this Signalbox knows up to 1");
  }

  @Test
  void aStepThatFailsLeavesTheOldSchemaAndItsData() {
    Path file = old();
    for (int i = 0; i < 2; i++) {
      assertThatThrownBy(() -> Database.open(file, Database.Kind.RUNTIME, BROKEN))
          .isInstanceOf(StoreRefused.class)
          .hasMessageContaining("nowhere");
    }
    try (var db = Database.open(file, Database.Kind.RUNTIME, OLD)) {
      assertThat(values(db, "SELECT * FROM one")).containsExactly("kept");
      assertThat(values(db, "SELECT name FROM pragma_table_info('one')")).containsExactly("a");
    }
  }

  private Path old() {
    Path file = dir.resolve("a.db");
    try (var db = Database.open(file, Database.Kind.RUNTIME, OLD)) {
      db.writeNow(handle -> handle.execute("INSERT INTO one VALUES ('kept')"));
    }
    return file;
  }

  private static List<String> values(Database db, String sql) {
    return db.read(handle -> handle.createQuery(sql).mapTo(String.class).list());
  }
}
