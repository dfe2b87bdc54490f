package dev.signalbox.process;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Finds out, once and in the background, whether bubblewrap can make a PID namespace here. It may
/// be missing, and where it is there user namespaces may be refused, or a fresh `/proc` in a
/// container: only trying tells.
final class NamespaceProbe {
  private static final Logger log = LoggerFactory.getLogger(NamespaceProbe.class);
  private static final long LIMIT_MILLIS = 5_000;

  private final CountDownLatch answered = new CountDownLatch(1);
  private volatile Wrapper wrapper;

  private NamespaceProbe(Wrapper fallback) {
    this.wrapper = fallback;
  }

  static NamespaceProbe begin(
      Spawner spawner, List<String> newSession, Map<String, String> environment, boolean wanted) {
    var probe = new NamespaceProbe(new Wrapper.Session(newSession));
    Optional<Path> bubblewrap = wanted ? Programs.onPath("bwrap", environment) : Optional.empty();
    Optional<Path> shell = Programs.onPath("sh", environment);
    if (bubblewrap.isEmpty() || shell.isEmpty()) {
      probe.answered.countDown();
      return probe;
    }
    var candidate = new Wrapper.Namespace(newSession, bubblewrap.get());
    Thread.ofVirtual()
        .name("namespace-probe")
        .start(() -> probe.run(spawner, candidate, shell.get()));
    return probe;
  }

  private void run(Spawner spawner, Wrapper candidate, Path shell) {
    try {
      if (works(spawner, candidate, shell)) {
        wrapper = candidate;
      }
    } catch (IOException e) {
      log.info("event=namespace.refused reason={}", e.getMessage());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      answered.countDown();
    }
  }

  private static boolean works(Spawner spawner, Wrapper candidate, Path shell)
      throws IOException, InterruptedException {
    // Inside, the shell is one of the first processes and sees itself under that number.
    var argv = List.of(shell.toString(), "-c", "test $$ -lt 10 && test -r /proc/$$/stat");
    var builder =
        new ProcessBuilder(candidate.wrap(argv, Path.of("/")))
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD);
    builder.environment().clear();
    Process process = spawner.spawn(builder);
    process.getOutputStream().close();
    if (!process.waitFor(LIMIT_MILLIS, TimeUnit.MILLISECONDS)) {
      process.destroyForcibly();
      return false;
    }
    return process.exitValue() == 0;
  }

  /// Waits for the answer.
  Wrapper wrapper() {
    boolean interrupted = false;
    while (true) {
      try {
        answered.await();
        break;
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
    return wrapper;
  }
}
