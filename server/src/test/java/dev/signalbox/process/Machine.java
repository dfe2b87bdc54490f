package dev.signalbox.process;

import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;

/// What the tests see of the machine, with eyes of their own: processes are recognised by a number
/// in their arguments, not by the marks the life-line works with.
final class Machine {
  private Machine() {}

  /// Part of the arguments of every process of one test: `sleep` takes it as a number of seconds.
  static String nonce() {
    return "86400." + ThreadLocalRandom.current().nextLong(100_000_000_000L, 999_999_999_999L);
  }

  /// Live processes whose arguments hold `nonce`; this one is not counted.
  static List<Long> alive(String nonce) {
    var alive = new ArrayList<Long>();
    for (Path process : processes()) {
      long pid = Long.parseLong(process.getFileName().toString());
      if (pid != ProcessHandle.current().pid()
          && read(process, "cmdline").contains(nonce)
          && isAlive(pid)) {
        alive.add(pid);
      }
    }
    return alive;
  }

  /// Neither gone nor dead and waiting to be collected.
  static boolean isAlive(long pid) {
    String stat = read(Path.of("/proc/" + pid), "stat");
    return !stat.isEmpty() && !stat.substring(stat.lastIndexOf(')')).startsWith(") Z");
  }

  static void awaitAlive(String nonce, int count) {
    await().atMost(Duration.ofSeconds(20)).until(() -> alive(nonce).size() >= count);
  }

  static void awaitNoneAlive(String nonce, Duration limit) {
    await()
        .atMost(limit)
        .pollInterval(Duration.ofMillis(5))
        .untilAsserted(() -> {
          if (!alive(nonce).isEmpty()) {
            throw new AssertionError("still alive: " + described(nonce));
          }
        });
  }

  private static List<String> described(String nonce) {
    return alive(nonce).stream()
        .map(pid -> pid + " " + read(Path.of("/proc/" + pid), "cmdline").replace('\0', ' '))
        .toList();
  }

  static void signal(String name, long pid) throws IOException, InterruptedException {
    run("kill", "-" + name, Long.toString(pid));
  }

  static String run(String... command) throws IOException, InterruptedException {
    var process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    process.waitFor();
    return output;
  }

  /// Variables of a process, as they were when it started.
  static List<String> environment(long pid) {
    return List.of(read(Path.of("/proc/" + pid), "environ").split("\0"));
  }

  /// The server's environment reduced to what the tests need.
  static Map<String, String> environment() {
    return Environment.of(System.getenv());
  }

  static Command shell(String script, String... arguments) {
    var argv = new ArrayList<>(List.of("sh", "-c", script, "sh"));
    argv.addAll(List.of(arguments));
    return new Command(argv, Path.of("/"), environment());
  }

  /// A tree with every way out that an ordinary program takes; `$1` is the nonce. It writes the
  /// word `up`; soon after, all its processes are there.
  static final String NASTY =
      """
      trap '' TERM HUP INT
      sleep $1 &
      nohup sleep $1 >/dev/null 2>&1 &
      setsid sleep $1 &
      (setsid sh -c 'trap "" TERM HUP INT; nohup sleep $0 >/dev/null 2>&1 & sleep $0 & wait' $1 &)
      (sh -c 'sleep $0 & exec setsid sleep $0' $1 &)
      env -i PATH="$PATH" sh -c 'sleep $0 & wait' $1 &
      env -i PATH="$PATH" setsid sleep $1 &
      echo up
      while :; do sleep $1; done
      """;

  static final int NASTY_PROCESSES = 13;

  static List<Path> processes() {
    try (var names = Files.newDirectoryStream(Path.of("/proc"), "[0-9]*")) {
      var processes = new ArrayList<Path>();
      names.forEach(processes::add);
      return processes;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// Empty when the process is gone.
  static String read(Path process, String file) {
    try {
      return new String(Files.readAllBytes(process.resolve(file)), StandardCharsets.ISO_8859_1);
    } catch (IOException e) {
      return "";
    }
  }
}
