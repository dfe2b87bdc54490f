package dev.signalbox.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// A server is killed and nothing of it may be left: F1, F2, F6 and F9 of the fault tests.
final class LifeLineTest {
  /// How children are held: the guard always, the namespace where it works.
  enum Lock {
    NAMESPACE_AND_GUARD(true, "proc"),
    GUARD_ALONE(false, "proc"),
    GUARD_WITHOUT_PROC(false, "ps");

    final boolean namespaces;
    final String table;

    Lock(boolean namespaces, String table) {
      this.namespaces = namespaces;
      this.table = table;
    }
  }

  private static final int ROUNDS = Integer.getInteger("signalbox.rounds", 5);
  private static final int CHILDREN = Integer.getInteger("signalbox.children", 8);
  private static final Duration GONE = Duration.ofSeconds(2);

  @TempDir Path runs;
  private final List<Process> servers = new ArrayList<>();
  private final List<Process> usersOwn = new ArrayList<>();
  private String nonce = Machine.nonce();

  @AfterEach
  void endWhatTheTestStarted() throws Exception {
    servers.forEach(Process::destroyForcibly);
    usersOwn.forEach(Process::destroyForcibly);
    for (long left : Machine.alive(nonce)) {
      Machine.signal("KILL", left);
    }
  }

  private record Server(Process process, BufferedReader out, long guard) {}

  private Server server(Lock lock, int children) throws IOException {
    var process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx64m",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                NastyServer.class.getName(),
                runs.toString(),
                nonce,
                Integer.toString(children),
                Boolean.toString(lock.namespaces),
                lock.table)
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    servers.add(process);
    BufferedReader out = process.inputReader();
    String greeting = out.readLine();
    assumeTrue(!"no namespaces here".equals(greeting), "bubblewrap does not work here");
    assertThat(greeting).startsWith("up ");
    Machine.awaitAlive(nonce, children * Machine.NASTY_PROCESSES);
    return new Server(process, out, Long.parseLong(greeting.substring(3)));
  }

  @ParameterizedTest
  @EnumSource
  void R_LIFE_13_nothingIsLeftTwoSecondsAfterTheServerWasKilled(Lock lock) throws Exception {
    var millis = new ArrayList<Long>();
    for (int round = 0; round < ROUNDS; round++) {
      nonce = Machine.nonce();
      Server server = server(lock, CHILDREN);

      long killed = System.nanoTime();
      server.process().destroyForcibly().waitFor();
      Machine.awaitNoneAlive(nonce, GONE);
      millis.add((System.nanoTime() - killed) / 1_000_000);
    }
    Collections.sort(millis);
    System.out.printf(
        "%s: %d rounds of %d children, all gone after %d ms (median), %d ms (p99), %d ms (worst)%n",
        lock,
        ROUNDS,
        CHILDREN,
        millis.get(millis.size() / 2),
        millis.get((millis.size() * 99 - 1) / 100),
        millis.getLast());
  }

  @Test
  void R_LIFE_13_theGuardLeavesNoRecordAndEndsItself() throws Exception {
    Server server = server(Lock.GUARD_ALONE, 1);

    server.process().destroyForcibly().waitFor();

    await(() -> !Machine.isAlive(server.guard()));
    try (var left = Files.list(runs)) {
      assertThat(left).isEmpty();
    }
  }

  @Test
  void R_LIFE_13_aProcessOfTheUserSurvivesTheServer() throws Exception {
    var own = new ProcessBuilder("sleep", Machine.nonce()).start();
    usersOwn.add(own);
    Server server = server(Lock.GUARD_ALONE, 2);

    server.process().destroyForcibly().waitFor();

    await(() -> !Machine.isAlive(server.guard()));
    assertThat(own.isAlive()).isTrue();
  }

  @Test
  void R_LIFE_13_theTerminalOfTheServerIsNotFollowed() throws Exception {
    // The server is in this JVM's session and group: were those followed, this test would not end.
    Server server = server(Lock.GUARD_ALONE, 1);
    assertThat(session(server.process().pid())).isEqualTo(session(ProcessHandle.current().pid()));

    server.process().destroyForcibly().waitFor();

    await(() -> !Machine.isAlive(server.guard()));
    assertThat(Machine.alive(nonce)).isEmpty();
  }

  @Test
  void R_LIFE_13_theGuardOutlivesWhatEndsTheServersTerminal() throws Exception {
    Server server = server(Lock.GUARD_ALONE, 1);
    assertThat(session(server.guard())).isNotEqualTo(session(server.process().pid()));
    for (String signal : List.of("TERM", "HUP", "INT", "QUIT", "PIPE")) {
      Machine.signal(signal, server.guard());
    }

    server.process().destroyForcibly().waitFor();

    Machine.awaitNoneAlive(nonce, GONE);
  }

  @Test
  void R_LIFE_13_aKilledGuardIsReplacedAndTheNewOneDoesTheSame() throws Exception {
    Server server = server(Lock.GUARD_ALONE, 2);
    Machine.signal("KILL", server.guard());
    await(() -> guards(server.process().pid()).stream().anyMatch(pid -> pid != server.guard()));

    server.process().destroyForcibly().waitFor();

    Machine.awaitNoneAlive(nonce, GONE);
  }

  @Test
  void R_LIFE_13_anOrderlyEndNeedsNoGuard() throws Exception {
    Server server = server(Lock.GUARD_ALONE, 2);
    Machine.signal("KILL", server.guard());

    server.process().getOutputStream().write('\n');
    server.process().getOutputStream().flush();

    assertThat(server.out().readLine()).isEqualTo("closed");
    assertThat(Machine.alive(nonce)).containsExactly(server.process().pid());
    assertThat(guards(server.process().pid())).isEmpty();
    try (var left = Files.list(runs)) {
      assertThat(left).isEmpty();
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"GUARD_ALONE", "GUARD_WITHOUT_PROC"})
  void R_LIFE_13_theNextStartEndsWhatAServerAndItsGuardLeft(Lock lock) throws Exception {
    Server server = serverThatDiesWithItsGuard(lock);
    assertThat(Machine.alive(nonce)).hasSizeGreaterThanOrEqualTo(2 * Machine.NASTY_PROCESSES);
    ProcessTable table = lock.table.equals("ps") ? new PsTable() : new ProcTable();
    try (var children = Children.open(runs, System.getenv(), false, table)) {

      Reaped reaped = children.reapEarlierRuns();

      assertThat(Machine.alive(nonce)).isEmpty();
      assertThat(reaped.runs()).isEqualTo(1);
      assertThat(reaped.ended()).isGreaterThanOrEqualTo(2 * Machine.NASTY_PROCESSES);
      assertThat(children.reapEarlierRuns()).isEqualTo(new Reaped(0, 0, 0));
    }
    assertThat(server.process().isAlive()).isFalse();
  }

  @Test
  void R_LIFE_13_aForeignProcessWithARecordedNumberIsLeftAlone() throws Exception {
    serverThatDiesWithItsGuard(Lock.GUARD_ALONE);
    var foreign = new ProcessBuilder("setsid", "sleep", Machine.nonce()).start();
    usersOwn.add(foreign);
    Path record = onlyRun();
    // The number of a child that has ended, given to somebody else since: it started at another
    // time.
    Files.writeString(record.resolve("children/99"), foreign.pid() + " 1\n");
    try (var children = Children.open(runs, System.getenv(), false, new ProcTable())) {

      Reaped reaped = children.reapEarlierRuns();

      assertThat(reaped.spared()).isEqualTo(1);
      assertThat(Machine.alive(nonce)).isEmpty();
      assertThat(foreign.isAlive()).isTrue();
    }
  }

  @Test
  void R_LIFE_13_afterABootTheNumbersOfARecordMeanNothing() throws Exception {
    serverThatDiesWithItsGuard(Lock.GUARD_ALONE);
    Path run = onlyRun().resolve("run");
    var lines = new ArrayList<>(Files.readAllLines(run));
    lines.set(0, "another-boot");
    Files.write(run, lines);
    try (var children = Children.open(runs, System.getenv(), false, new ProcTable())) {

      assertThat(children.reapEarlierRuns()).isEqualTo(new Reaped(1, 0, 0));

      // They cannot in truth be of another boot, so that they live shows what the record decided.
      assertThat(Machine.alive(nonce)).isNotEmpty();
    }
  }

  @Test
  void R_LIFE_13_theRunOfALiveServerIsNotReaped() throws Exception {
    Server server = server(Lock.GUARD_ALONE, 1);
    Files.createDirectories(runs.resolve("not-a-run/children"));
    try (var children = Children.open(runs, System.getenv(), false, new ProcTable())) {

      assertThat(children.reapEarlierRuns()).isEqualTo(new Reaped(0, 0, 0));

      assertThat(Machine.alive(nonce)).hasSizeGreaterThanOrEqualTo(Machine.NASTY_PROCESSES);
      assertThat(server.process().isAlive()).isTrue();
      assertThat(runs.resolve("not-a-run/children")).exists();
    }
  }

  /// Stopped, it cannot replace its guard.
  private Server serverThatDiesWithItsGuard(Lock lock) throws Exception {
    Server server = server(lock, 2);
    Machine.signal("STOP", server.process().pid());
    Machine.signal("KILL", server.guard());
    await(() -> !Machine.isAlive(server.guard()));
    server.process().destroyForcibly().waitFor();
    return server;
  }

  private Path onlyRun() throws IOException {
    try (var all = Files.list(runs)) {
      List<Path> list = all.toList();
      assertThat(list).hasSize(1);
      return list.getFirst();
    }
  }

  private static List<Long> guards(long server) {
    return Machine.processes().stream()
        .filter(process -> Machine.read(process, "cmdline").contains("guard.sh"))
        .filter(process -> field(process, 1) == server)
        .map(process -> Long.valueOf(process.getFileName().toString()))
        .filter(Machine::isAlive)
        .toList();
  }

  private static long session(long pid) {
    return field(Path.of("/proc/" + pid), 3);
  }

  private static long field(Path process, int index) {
    String stat = Machine.read(process, "stat");
    return stat.isEmpty()
        ? -1
        : Long.parseLong(stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1)[index]);
  }

  private static void await(java.util.concurrent.Callable<Boolean> condition) {
    org.awaitility.Awaitility.await().atMost(Duration.ofSeconds(10)).until(condition);
  }
}
