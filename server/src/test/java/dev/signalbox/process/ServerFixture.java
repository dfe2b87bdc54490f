package dev.signalbox.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.io.TempDir;

/// A server in a JVM of its own that may be killed, and the end of whatever a test started.
abstract class ServerFixture {
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

  static final Duration GONE = Duration.ofSeconds(2);

  @TempDir Path runs;
  final List<Process> servers = new ArrayList<>();
  final List<Process> usersOwn = new ArrayList<>();
  String nonce = Machine.nonce();

  @AfterEach
  void endWhatTheTestStarted() throws Exception {
    servers.forEach(Process::destroyForcibly);
    usersOwn.forEach(Process::destroyForcibly);
    for (long left : Machine.alive(nonce)) {
      Machine.signal("KILL", left);
    }
  }

  record Server(Process process, BufferedReader out, long guard) {}

  Server server(Lock lock, int children) throws IOException {
    var builder =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx64m",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                NastyServer.class.getName(),
                runs.toString(),
                Integer.toString(children),
                Boolean.toString(lock.namespaces),
                lock.table)
            .redirectError(ProcessBuilder.Redirect.INHERIT);
    builder.environment().put("NONCE", nonce);
    Process process = builder.start();
    servers.add(process);
    BufferedReader out = process.inputReader();
    String greeting = out.readLine();
    assumeTrue(!"no namespaces here".equals(greeting), "bubblewrap does not work here");
    assertThat(greeting).startsWith("up ");
    Machine.awaitAlive(nonce, children * Machine.NASTY_PROCESSES);
    return new Server(process, out, Long.parseLong(greeting.substring(3)));
  }

  static List<Long> guards(long server) {
    return Machine.processes().stream()
        .filter(process -> Machine.read(process, "cmdline").contains("guard.sh"))
        .filter(process -> field(process, 1) == server)
        .map(process -> Long.valueOf(process.getFileName().toString()))
        .filter(Machine::isAlive)
        .toList();
  }

  static long session(long pid) {
    return field(Path.of("/proc/" + pid), 3);
  }

  static long field(Path process, int index) {
    String stat = Machine.read(process, "stat");
    return stat.isEmpty()
        ? -1
        : Long.parseLong(stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1)[index]);
  }

  static void await(Callable<Boolean> condition) {
    Awaitility.await().atMost(Duration.ofSeconds(10)).until(condition);
  }
}
