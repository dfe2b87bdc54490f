package dev.signalbox.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.signalbox.config.RuntimeContext.ServerNote;
import dev.signalbox.refusal.Refused;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DataFolderTest {
  @TempDir Path temp;

  @Test
  void liesWhereTheOptionSaysOrAtThePlatformsPlace() {
    var home = Map.of("HOME", temp.toString());

    assertThat(DataFolder.locate(temp + "/x/../d", home).root()).isEqualTo(temp.resolve("d"));
    assertThat(DataFolder.locate("~/d", home).root()).isEqualTo(temp.resolve("d"));
    assertThat(DataFolder.locate(null, home).root())
        .isEqualTo(temp.resolve(".local/share/signalbox"));
    assertThat(
            DataFolder.locate(null, Map.of("HOME", temp.toString(), "XDG_DATA_HOME", "/x")).root())
        .isEqualTo(Path.of("/x/signalbox"));
    assertThat(temp).isEmptyDirectory();
  }

  @Test
  void saysWhatToDoWithoutAHome() {
    assertThatThrownBy(() -> DataFolder.locate(null, Map.of()))
        .isInstanceOf(Refused.class)
        .hasMessageContaining("--data");
    assertThatThrownBy(() -> DataFolder.locate(null, Map.of("HOME", temp + "/gone")))
        .isInstanceOf(Refused.class)
        .hasMessageContaining(temp + "/gone");
  }

  @Test
  void R_CTX_7_contextsMayNotLieWithTheConfigurationNorInIt() {
    for (var contexts : List.of("shared", "shared/contexts", ".")) {
      var environment =
          Map.of(
              "SIGNALBOX_CONFIG", temp.resolve("shared").toString(),
              "SIGNALBOX_CONTEXTS", temp.resolve(contexts).toString());
      assertThatThrownBy(() -> DataFolder.locate(temp + "/d", environment))
          .as(contexts)
          .isInstanceOf(Refused.class)
          .hasMessageContaining("SIGNALBOX_CONTEXTS");
    }
    assertThat(
            DataFolder.locate(
                    temp + "/d", Map.of("SIGNALBOX_CONTEXTS", temp.resolve("else").toString()))
                .contexts())
        .isEqualTo(temp.resolve("else"));
  }

  @Test
  void R_CTX_2_eachContextHasItsOwnFolderApartFromTheConfiguration() {
    var folder = DataFolder.locate(temp + "/d", Map.of());
    folder.context("main").prepare();
    folder.context("desk").prepare();

    assertThat(folder.config()).isEmptyDirectory();
    for (var name : List.of("main", "desk")) {
      assertThat(temp.resolve("d/contexts/" + name))
          .isDirectoryContaining("glob:**/worktrees")
          .isDirectoryContaining("glob:**/homes")
          .isDirectoryContaining("glob:**/uploads")
          .isDirectoryContaining("glob:**/logs")
          .isDirectoryContaining("glob:**/spool");
    }
  }

  @Test
  void refusesNamesThatCouldLeaveTheFolder() {
    var folder = DataFolder.locate(temp + "/d", Map.of());
    for (var name : List.of("", "..", "a/b", "A", "a".repeat(41), "a b", "é")) {
      assertThatThrownBy(() -> folder.context(name)).as(name).isInstanceOf(Refused.class);
    }
  }

  @Test
  void S75_foldersAndTokenAreForTheirOwnerAloneAlsoWhenTheyWereNot() throws IOException {
    var folder = DataFolder.locate(temp + "/d", Map.of());
    Files.createDirectories(folder.config());
    Files.setPosixFilePermissions(folder.config(), PosixFilePermissions.fromString("rwxrwxrwx"));
    Files.writeString(temp.resolve("d/token"), "a".repeat(43));
    Files.setPosixFilePermissions(
        temp.resolve("d/token"), PosixFilePermissions.fromString("rw-r--r--"));

    folder.context("main").prepare();
    assertThat(folder.token()).isEqualTo("a".repeat(43));

    assertThat(openToOthers(temp.resolve("d"))).isEmpty();
  }

  @Test
  void theTokenIsMadeOnceAndHardToGuess() {
    var folder = DataFolder.locate(temp + "/d", Map.of());
    folder.prepare();

    assertThat(folder.token()).hasSizeGreaterThanOrEqualTo(43).isEqualTo(folder.token());
    assertThat(folder.existingToken()).isEqualTo(folder.token());
  }

  @Test
  void aDamagedTokenIsRefusedAndAMissingOneSaysHowToStart() throws IOException {
    var folder = DataFolder.locate(temp + "/d", Map.of());
    assertThatThrownBy(folder::existingToken).hasMessageContaining("signalbox up");
    folder.prepare();
    Files.writeString(temp.resolve("d/token"), "short");
    assertThatThrownBy(folder::token).isInstanceOf(Refused.class).hasMessageContaining("damaged");
  }

  @Test
  void aFileInTheWayIsNamedAndNothingIsLeftBehind() throws IOException {
    var file = Files.writeString(temp.resolve("file"), "x");
    for (var data : List.of(file, file.resolve("below"))) {
      var context = DataFolder.locate(data.toString(), Map.of()).context("main");
      assertThatThrownBy(context::prepare)
          .isInstanceOf(Refused.class)
          .hasMessageContaining(file.toString())
          .hasMessageContaining("--data");
    }
    assertThat(temp).isDirectoryContaining("glob:**/file");
    assertThat(temp.toFile().list()).containsExactly("file");
    assertThat(file).hasContent("x");
  }

  @Test
  void F15_aContextIsHeldByOneProcessAndFreeAgainWhenItWasKilled() throws Exception {
    var context = DataFolder.locate(temp + "/d", Map.of()).context("main");
    context.prepare();
    var holder = holder();
    try {
      assertThat(holder.inputReader().readLine()).isEqualTo("held");
      assertThat(context.tryLock()).isEmpty();
    } finally {
      holder.destroyForcibly();
    }
    assertThat(holder.waitFor(10, TimeUnit.SECONDS)).isTrue();
    try (var lock = context.tryLock().orElseThrow()) {
      assertThat(lock.context()).isEqualTo(context);
    }
  }

  private Process holder() throws IOException {
    return new ProcessBuilder(
            ProcessHandle.current().info().command().orElseThrow(),
            "-cp",
            System.getProperty("java.class.path"),
            Holder.class.getName(),
            temp + "/d")
        .redirectError(ProcessBuilder.Redirect.INHERIT)
        .start();
  }

  /// Takes the lock, says so, and waits to be killed.
  static final class Holder {
    private Holder() {}

    public static void main(String[] args) throws InterruptedException {
      try (var _ = DataFolder.locate(args[0], Map.of()).context("main").tryLock().orElseThrow()) {
        System.out.println("held");
        Thread.sleep(60_000);
      }
    }
  }

  @Test
  void theNoteOfAServerIsThereWhileItHoldsTheContext() {
    var context = DataFolder.locate(temp + "/d", Map.of()).context("main");
    context.prepare();
    assertThat(context.lastServer()).isEmpty();

    var note =
        new ServerNote(42, 7420, "http://127.0.0.1:7420", "/d", "main", Instant.ofEpochSecond(1));
    var lock = context.tryLock().orElseThrow();
    lock.publish(note);
    assertThat(context.lastServer()).contains(note);
    assertThat(openToOthers(temp.resolve("d"))).isEmpty();
    lock.close();

    assertThat(context.lastServer()).isEmpty();
  }

  @Test
  void theNoteOfAServerThatWasKilledIsGoneOnceAnotherHasTheContext() throws IOException {
    var context = DataFolder.locate(temp + "/d", Map.of()).context("main");
    context.prepare();
    Files.writeString(
        temp.resolve("d/contexts/main/server.json"),
        "{\"pid\":1,\"port\":1,\"url\":\"http://127.0.0.1:1\",\"data\":\"d\",\"context\":\"main\",\"startedAt\":\"2026-01-01T00:00:00Z\"}");
    assertThat(context.lastServer()).isPresent();
    try (var _ = context.tryLock().orElseThrow()) {
      assertThat(context.lastServer()).isEmpty();
    }
  }

  private static List<String> openToOthers(Path root) {
    var open = new ArrayList<String>();
    try (var files = Files.walk(root)) {
      for (var file : files.toList()) {
        var mode = PosixFilePermissions.toString(Files.getPosixFilePermissions(file));
        if (!mode.endsWith("------")) {
          open.add(file + " " + mode);
        }
      }
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
    return open;
  }
}
