package dev.signalbox.store;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.sql.DriverManager;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Files that are not opened stay as they are, to the byte.
class StoreRefusedTest {
  @TempDir Path dir;
  private Path file;

  @BeforeEach
  void aDatabaseWithSomethingInIt() throws Exception {
    file = dir.resolve("runtime.db");
    try (var db = Database.open(file, Database.Kind.RUNTIME)) {
      fill(db);
    }
  }

  private static void fill(Database db) {
    db.writeNow(handle -> {
      for (int i = 0; i < 200; i++) {
        handle.execute(
            "INSERT INTO audit (at, who, what, detail) VALUES (?, 'a', 'b', ?)",
            i,
            "x".repeat(2_000));
      }
      return true;
    });
  }

  @Test
  void aFileCutShort() throws Exception {
    try (var raw = new RandomAccessFile(file.toFile(), "rw")) {
      raw.setLength(raw.length() / 2);
    }
    refused(file, Database.Kind.RUNTIME, "is damaged", "move it away");
  }

  @Test
  void aFileCutWithinAPage() throws Exception {
    try (var raw = new RandomAccessFile(file.toFile(), "rw")) {
      raw.setLength(raw.length() / 2 + 123);
    }
    refused(file, Database.Kind.RUNTIME, "is damaged");
  }

  @Test
  void aFileWithGarbageInItsMiddle() throws Exception {
    try (var raw = new RandomAccessFile(file.toFile(), "rw")) {
      raw.seek(raw.length() / 2);
      raw.write("garbage".repeat(2_000).getBytes(UTF_8));
    }
    refused(file, Database.Kind.RUNTIME, "is damaged");
  }

  @Test
  void aFileWithGarbageInItsHeader() throws Exception {
    try (var raw = new RandomAccessFile(file.toFile(), "rw")) {
      raw.seek(16);
      raw.write("garbage".repeat(10).getBytes(UTF_8));
    }
    refused(file, Database.Kind.RUNTIME, "is damaged");
  }

  @Test
  void aFileThatIsSomethingElse() throws Exception {
    Files.writeString(file, "Dear diary,\n".repeat(1_000));
    refused(file, Database.Kind.RUNTIME, "is damaged", "does not begin like a database");
  }

  @Test
  void aFolder() throws Exception {
    Path folder = Files.createDirectory(dir.resolve("folder"));
    Files.writeString(folder.resolve("a"), "a");
    assertThatThrownBy(() -> Database.open(folder, Database.Kind.RUNTIME))
        .isInstanceOf(StoreRefused.class)
        .hasMessageContaining("is not a file");
  }

  @Test
  void aFolderThatIsAFile() {
    assertThatThrownBy(() -> Database.open(file.resolve("runtime.db"), Database.Kind.RUNTIME))
        .isInstanceOf(StoreRefused.class)
        .hasMessageContaining(file.toString());
  }

  @Test
  void aNewerSchema() throws Exception {
    sql("PRAGMA user_version = 7000");
    refused(file, Database.Kind.RUNTIME, "has schema 7000", "newer Signalbox");
  }

  @Test
  void aNewerSchemaThatIsOnlyInTheLog() throws Exception {
    Path copy = copyWithLog("PRAGMA user_version = 7000");
    assertThat(Files.size(copy.resolveSibling("runtime.db-wal"))).isPositive();
    refused(copy, Database.Kind.RUNTIME, "has schema 7000");
  }

  @Test
  @Tag("R-CTX-11")
  void aFileOfTheOtherKind() throws Exception {
    refused(file, Database.Kind.CONFIG, "holds runtime data, not configuration data");
    Path config = dir.resolve("config.db");
    Database.open(config, Database.Kind.CONFIG).close();
    refused(config, Database.Kind.RUNTIME, "holds configuration data, not runtime data");
  }

  @Test
  @Tag("R-CTX-11")
  void neitherKindTakesTheOthersRecords() {
    try (var db = Database.open(file, Database.Kind.RUNTIME);
        var config = Database.open(dir.resolve("config.db"), Database.Kind.CONFIG)) {
      assertThatThrownBy(() ->
              db.writeNow(handle -> handle.execute("INSERT INTO setting VALUES ('model', 'm')")))
          .hasMessageContaining("no such table: setting");
      assertThatThrownBy(() ->
              config.writeNow(
                  handle -> handle.execute("INSERT INTO audit (at, who, what) VALUES (0, '', '')")))
          .hasMessageContaining("no such table: audit");
    }
  }

  @Test
  void aDatabaseOfAnotherProgram() throws Exception {
    Path other = dir.resolve("other.db");
    try (var connection = DriverManager.getConnection("jdbc:sqlite:" + other);
        var statement = connection.createStatement()) {
      statement.execute("CREATE TABLE theirs (a)");
    }
    refused(other, Database.Kind.RUNTIME, "belongs to another program");
  }

  @Test
  void anEmptyFileAndOneThatWasCutOffBeforeItsFirstStepAreBegunAnew() throws Exception {
    Path empty = Files.createFile(dir.resolve("empty.db"));
    Database.open(empty, Database.Kind.RUNTIME).close();
    Path early = dir.resolve("early.db");
    try (var connection = DriverManager.getConnection("jdbc:sqlite:" + early);
        var statement = connection.createStatement()) {
      statement.execute("PRAGMA journal_mode = WAL");
    }
    Database.open(early, Database.Kind.RUNTIME).close();
    Database.open(early, Database.Kind.RUNTIME).close();
  }

  @Test
  void aFileThatWasLeftByAKilledServerIsOpenedWithAllItsLog() throws Exception {
    Path copy = copyWithLog("INSERT INTO audit (at, who, what) VALUES (-1, 'late', 'b')");
    try (var db = Database.open(copy, Database.Kind.RUNTIME)) {
      assertThat(db.<Integer>read(DatabaseTest::count)).isEqualTo(201);
    }
  }

  private void refused(Path path, Database.Kind kind, String... sentence) throws Exception {
    List<String> before = bytes(path);
    for (int i = 0; i < 3; i++) {
      assertThatThrownBy(() -> Database.open(path, kind).close())
          .isInstanceOf(StoreRefused.class)
          .hasMessageContaining(path.toString())
          .hasMessageContainingAll(sentence);
    }
    assertThat(bytes(path)).isEqualTo(before);
  }

  private static List<String> bytes(Path path) throws Exception {
    var digests = new ArrayList<String>();
    for (Path each : List.of(path, path.resolveSibling(path.getFileName() + "-wal"))) {
      byte[] content = Files.exists(each) ? Files.readAllBytes(each) : new byte[0];
      digests.add(HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(content)));
    }
    return digests;
  }

  private void sql(String sql) throws Exception {
    try (var connection = DriverManager.getConnection("jdbc:sqlite:" + file);
        var statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  /// What a kill leaves: the file and a log that was not moved into it.
  private Path copyWithLog(String sql) throws Exception {
    Path copy = Files.createDirectory(dir.resolve("copy")).resolve("runtime.db");
    try (var connection = DriverManager.getConnection("jdbc:sqlite:" + file);
        var statement = connection.createStatement()) {
      statement.execute(sql);
      try (Stream<Path> files = Files.list(dir)) {
        for (Path each :
            files.filter(f -> f.getFileName().toString().startsWith("runtime.db")).toList()) {
          if (!each.toString().endsWith("-shm")) {
            Files.copy(each, copy.resolveSibling(each.getFileName()));
          }
        }
      }
    }
    return copy;
  }
}
