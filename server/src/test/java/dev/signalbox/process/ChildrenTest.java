package dev.signalbox.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.ValueSource;

/// What may be started and what it is given, with PID namespaces and without.
@ParameterizedClass(name = "namespace={0}")
@ValueSource(booleans = {true, false})
final class ChildrenTest {
  private static final Path ROOT = Path.of("/");

  @Parameter boolean namespaces;
  @TempDir Path directory;
  private final String nonce = Machine.nonce();
  private Path runs;
  private Children children;

  @BeforeEach
  void open() {
    runs = directory.resolve("runs");
    children = Children.open(runs, System.getenv(), namespaces, new ProcTable());
    assumeTrue(children.namespaced() == namespaces, "bubblewrap does not work here");
  }

  @AfterEach
  void nothingIsLeftAfterTheEnd() throws IOException {
    children.close();
    assertThat(Machine.alive(nonce)).isEmpty();
    try (var left = Files.list(runs)) {
      assertThat(left).isEmpty();
    }
  }

  private static Command command(Map<String, String> environment, String... argv) {
    return new Command(List.of(argv), ROOT, environment);
  }

  private static String output(Child child) throws IOException {
    return new String(child.stdout().readAllBytes(), StandardCharsets.UTF_8);
  }

  @Test
  void R_BOX_7_aChildSeesTheGivenEnvironmentAndNoMore() throws Exception {
    Map<String, String> server =
        Map.of(
            "PATH", System.getenv("PATH"),
            "LC_MESSAGES", "C",
            "OPENAI_API_KEY", "decoy-secret",
            "AWS_SECRET_ACCESS_KEY", "decoy-secret",
            "SSH_AUTH_SOCK", "/decoy",
            "LD_PRELOAD", "/decoy.so");
    Map<String, String> built =
        Environment.of(server, Map.of("LANE", "worker"), Map.of("LANE", "planner"));

    String seen = output(children.start(command(built, "env")));

    Set<String> names =
        seen.lines()
            .map(line -> line.split("=", 2)[0])
            .collect(Collectors.toCollection(TreeSet::new));
    // PWD is bubblewrap's own addition, together with its --chdir.
    names.remove("PWD");
    assertThat(names)
        .containsExactly("LANE", "LC_MESSAGES", "PATH", "SIGNALBOX_CHILD", "SIGNALBOX_RUN");
    assertThat(seen).contains("LANE=planner").doesNotContain("decoy");
  }

  @Test
  void R_BOX_7_theGuardHasNoSecretEither() {
    assertThat(Machine.environment(children.guardPid()).stream().map(line -> line.split("=", 2)[0]))
        .containsExactlyInAnyOrder("PATH", "LC_ALL", "SIGNALBOX_GUARD_TABLE");
  }

  @Test
  void argumentsArriveAsTheyAreGiven() throws Exception {
    var odd = List.of("$(touch /x)", "a b", "", "*", "--", "-c", "ä\n'\"");
    var argv = new ArrayList<>(List.of("printf", "%s|"));
    argv.addAll(odd);

    String seen = output(children.start(new Command(argv, ROOT, Machine.environment())));

    assertThat(seen).isEqualTo(String.join("|", odd) + "|");
  }

  @Test
  void aChildStartsInItsDirectory() throws Exception {
    Path inside = Files.createDirectory(directory.resolve("a project"));

    Child child = children.start(new Command(List.of("pwd"), inside, Machine.environment()));

    assertThat(output(child)).isEqualTo(inside.toRealPath() + "\n");
  }

  @Test
  void aBareNameIsLookedForOnThePathOfTheChild() throws Exception {
    Path bin = Files.createDirectory(directory.resolve("bin"));
    Path script = bin.resolve("greet");
    Files.writeString(script, "#!/bin/sh\necho hello\n");
    Files.setPosixFilePermissions(script, PosixFilePermissions.fromString("rwx------"));

    Child child = children.start(command(Map.of("PATH", "relative::" + bin), "greet"));

    assertThat(output(child)).isEqualTo("hello\n");
  }

  @Test
  void R_TEST_6_9_whatCannotStartSaysWhyAndTheNextStartWorks() throws Exception {
    Path plain = Files.writeString(directory.resolve("plain"), "text");
    Path script = Files.writeString(directory.resolve("script"), "#!/no/such/node\n");
    Files.setPosixFilePermissions(script, PosixFilePermissions.fromString("rwx------"));
    Map<String, String> environment = Machine.environment();

    assertFails(command(environment, "no-such-agent"), "no-such-agent: not found on the PATH");
    assertFails(command(Map.of(), "sh"), "sh: not found on the PATH");
    assertFails(command(environment, "/no/such/agent"), "/no/such/agent: no such file");
    assertFails(
        command(environment, "./agent"), "./agent: neither an absolute path nor a bare name");
    assertFails(command(environment, "/"), "/: not a program but a directory or device");
    assertFails(command(environment, plain.toString()), plain + ": may not be executed");
    assertFails(
        command(environment, script.toString()),
        script + ": a script for /no/such/node, which is not there");
    assertFails(
        new Command(List.of("sh"), Path.of("/no/such"), environment),
        "the working directory /no/such does not exist");
    assertFails(
        new Command(List.of("sh"), plain, environment),
        "the working directory " + plain + " is not a directory");
    assertFails(
        command(environment, "true", "x".repeat(10_000_000)), "true: Argument list too long");

    assertThat(children.start(command(environment, "true")).waitFor().code()).isZero();
  }

  private void assertFails(Command command, String message) {
    assertThatThrownBy(() -> children.start(command))
        .isInstanceOf(StartFailed.class)
        .hasMessage(message);
  }

  @Test
  void manyStartAtOnce() throws Exception {
    var started = new java.util.concurrent.ConcurrentLinkedQueue<Child>();
    var starters = new ArrayList<Thread>();
    for (int i = 0; i < 30; i++) {
      starters.add(
          Thread.ofVirtual()
              .start(() -> started.add(children.start(Machine.shell("echo $$; read -r x")))));
    }
    for (Thread starter : starters) {
      starter.join();
    }

    assertThat(started).hasSize(30);
    for (Child child : started) {
      assertThat(child.stdout().read()).isPositive();
      assertThat(child.exit()).isEmpty();
    }
  }

  @Test
  void anInterruptDuringTheStartLeavesNoUnknownProcess() throws Exception {
    var started = new java.util.concurrent.ArrayBlockingQueue<Child>(1);
    Thread starter =
        Thread.ofVirtual()
            .start(() -> {
              Thread.currentThread().interrupt();
              started.add(children.start(Machine.shell("sleep $1", nonce)));
            });
    starter.join();

    assertThat(started).hasSize(1); // and the end of the test sees that it is gone
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
  void afterTheEndNothingStarts() {
    children.close();
    children.close();

    assertFails(command(Machine.environment(), "true"), "the server is stopping");
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
