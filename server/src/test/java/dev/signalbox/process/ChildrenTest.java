package dev.signalbox.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/// All children together and what stands behind them, with PID namespaces and without.
final class ChildrenTest extends ChildrenFixture {
  @Test
  void R_BOX_7_theGuardHasNoSecretEither() {
    assertThat(Machine.environment(children.guardPid()).stream().map(line -> line.split("=", 2)[0]))
        .containsExactlyInAnyOrder("PATH", "LC_ALL", "SIGNALBOX_GUARD_TABLE");
  }

  @Test
  void R_LIFE_13_theEndOfTheServerStopsAllChildrenSideBySide() throws Exception {
    for (int i = 0; i < 5; i++) {
      assertThat(children.start(Machine.shell(Machine.NASTY, nonce)).stdout().read()).isPositive();
    }
    long begin = System.nanoTime();

    children.close();

    assertThat(Machine.alive(nonce)).isEmpty();
    // One after the other they would need 25 s.
    assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(Duration.ofSeconds(10));
  }

  @Test
  void R_LIFE_13_noChildHoldsTheGuardsPipe() throws Exception {
    Path pipe = Files.readSymbolicLink(Path.of("/proc/" + children.guardPid() + "/fd/0"));
    Child child = children.start(Machine.shell("echo up; sleep $1", nonce));
    assertThat(child.stdout().read()).isPositive();

    assertThat(holders(pipe))
        .containsExactlyInAnyOrder(ProcessHandle.current().pid(), children.guardPid());
  }

  private static List<Long> holders(Path pipe) {
    var holders = new ArrayList<Long>();
    for (Path process : Machine.processes()) {
      if (descriptors(process).contains(pipe)) {
        holders.add(Long.valueOf(process.getFileName().toString()));
      }
    }
    return holders;
  }

  private static List<Path> descriptors(Path process) {
    var open = new ArrayList<Path>();
    try (var links = Files.newDirectoryStream(process.resolve("fd"))) {
      for (Path link : links) {
        open.add(Files.readSymbolicLink(link));
      }
    } catch (IOException e) {
      // gone, or somebody else's
    }
    return open;
  }

  @Test
  void theGuardHoldsNoTerminalAndNoDirectory() throws Exception {
    Path guard = Path.of("/proc/" + children.guardPid());

    assertThat(Files.readSymbolicLink(guard.resolve("cwd"))).isEqualTo(ROOT);
    assertThat(Files.readSymbolicLink(guard.resolve("fd/1"))).isEqualTo(Path.of("/dev/null"));
    assertThat(Files.readSymbolicLink(guard.resolve("fd/2"))).isEqualTo(Path.of("/dev/null"));
  }

  @Test
  void theRecordIsPrivateToTheUser() throws Exception {
    try (var records = Files.list(runs)) {
      for (Path path : records.toList()) {
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(path)))
            .isEqualTo("rwx------");
      }
    }
  }

  @Test
  void R_TEST_6_9_withoutADirectoryForItsRecordThereAreNoChildren() throws Exception {
    Path file = Files.writeString(directory.resolve("file"), "");

    assertThatThrownBy(() -> Children.open(file, System.getenv()))
        .isInstanceOf(StartFailed.class)
        .hasMessageContaining("cannot keep the record of this run in " + file);
  }

  @Test
  void startsAndStopsLeaveNothingBehind() throws Exception {
    startsAndStopsLeaveNothingBehind(40);
  }

  @Test
  @Tag("fault-long")
  void fiveHundredStartsAndStopsLeaveNothingBehind() throws Exception {
    startsAndStopsLeaveNothingBehind(500);
  }

  private void startsAndStopsLeaveNothingBehind(int cycles) throws Exception {
    cycle(3); // what is made once is made now
    awaitNoThreads();
    int descriptors = descriptors(Path.of("/proc/self")).size();
    long temporary = temporaryFiles();

    for (int i = 0; i < cycles; i++) {
      cycle(i);
    }

    awaitNoThreads();
    await().untilAsserted(() -> assertThat(zombies()).isEmpty());
    await()
        .untilAsserted(() ->
            assertThat(descriptors(Path.of("/proc/self"))).hasSizeLessThanOrEqualTo(descriptors));
    assertThat(Machine.alive(nonce)).isEmpty();
    assertThat(temporaryFiles()).isEqualTo(temporary);
    try (var records = Files.walk(runs)) {
      assertThat(records.filter(path -> path.getParent().endsWith("children"))).isEmpty();
    }
  }

  /// By turns: ends by itself, with a child of its own left over, is stopped, is killed.
  private void cycle(int turn) throws Exception {
    Child child =
        children.start(Machine.shell("echo up >&2; echo up; (sleep $1 &); read -r x", nonce));
    child.stdout().readNBytes(3);
    switch (turn % 3) {
      case 0 -> child.kill();
      case 1 -> child.stop();
      default -> {
        child.stdin().write('\n');
        child.stdin().close();
        child.waitFor();
      }
    }
    child.close();
  }

  private static void awaitNoThreads() {
    await()
        .until(() ->
            Thread.getAllStackTraces().keySet().stream()
                .noneMatch(thread -> thread.getName().startsWith("child-")));
  }

  private static List<String> zombies() {
    String own = " " + ProcessHandle.current().pid() + " ";
    return Machine.processes().stream()
        .map(process -> Machine.read(process, "stat"))
        .filter(stat -> stat.contains(") Z" + own))
        .toList();
  }

  private long temporaryFiles() throws IOException {
    try (var files = Files.list(directory)) {
      return files.count();
    }
  }
}
