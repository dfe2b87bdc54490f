package dev.signalbox.process;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Keeps the guard of this run alive: the shell script that outlives the server by the moment it
/// takes to end its children. Its standard input is the pipe; only this process holds the other
/// end, since the JDK closes every descriptor but the first three in what it starts.
///
/// A guard that somebody ended is replaced at once, up to a bound.
final class Guard implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(Guard.class);
  private static final int MOST_RESTARTS = 20;
  private static final long END_MILLIS = 5_000;

  private final Spawner spawner;
  private final List<String> command;
  private final Map<String, String> environment;
  private final Thread watch;
  private final ReentrantLock lock = new ReentrantLock();

  @GuardedBy("lock")
  private Process current;

  @GuardedBy("lock")
  private boolean closed;

  private Guard(
      Spawner spawner, List<String> command, Map<String, String> environment, Process first) {
    this.spawner = spawner;
    this.command = command;
    this.environment = environment;
    this.current = first;
    this.watch = Thread.ofVirtual().name("guard-" + first.pid()).unstarted(() -> keepAlive(first));
  }

  /// Returns when the guard is at work.
  static Guard start(
      Spawner spawner,
      RunRecord record,
      RunRecord.Server server,
      List<String> newSession,
      Map<String, String> environment)
      throws IOException {
    Path script = record.directory().resolve("guard.sh");
    try (InputStream source = Guard.class.getResourceAsStream("guard.sh")) {
      if (source == null) {
        throw new IOException("the guard's script is missing from the program");
      }
      Files.copy(source, script);
    }
    var command = new ArrayList<>(newSession);
    command.addAll(
        List.of(
            "sh",
            script.toString(),
            record.run(),
            record.directory().toString(),
            Long.toString(server.group()),
            Long.toString(server.session())));
    var guard =
        new Guard(spawner, List.copyOf(command), environment, begin(spawner, command, environment));
    guard.watch.start();
    return guard;
  }

  private static Process begin(
      Spawner spawner, List<String> command, Map<String, String> environment) throws IOException {
    var builder = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD);
    builder.environment().clear();
    builder.environment().putAll(environment);
    Process process = spawner.spawn(builder);
    // The script closes its output after this line, so this neither waits nor keeps a descriptor.
    String greeting = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    if (!greeting.equals("ready\n")) {
      process.destroyForcibly();
      throw new IOException("the guard did not start: " + String.join(" ", command));
    }
    process.getInputStream().close();
    return process;
  }

  private void keepAlive(Process first) {
    Process guard = first;
    try {
      for (int restarts = 0; ; restarts++) {
        int code = guard.waitFor();
        if (isClosed()) {
          return;
        }
        log.warn("event=guard.ended pid={} code={} restarts={}", guard.pid(), code, restarts);
        if (restarts == MOST_RESTARTS) {
          log.error("event=guard.gone: ended too often; a killed server would leave its children");
          return;
        }
        guard = begin(spawner, command, environment);
        if (!replaced(guard)) {
          end(guard);
          return;
        }
      }
    } catch (IOException e) {
      if (!isClosed()) {
        log.error("event=guard.gone: it cannot be started again", e);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private boolean replaced(Process guard) {
    lock.lock();
    try {
      if (!closed) {
        current = guard;
      }
      return !closed;
    } finally {
      lock.unlock();
    }
  }

  private boolean isClosed() {
    lock.lock();
    try {
      return closed;
    } finally {
      lock.unlock();
    }
  }

  Process process() {
    lock.lock();
    try {
      return current;
    } finally {
      lock.unlock();
    }
  }

  boolean alive() {
    return process().isAlive();
  }

  /// Lets the guard look round once more and go; returns when it is gone.
  @Override
  public void close() {
    Process guard;
    lock.lock();
    try {
      closed = true;
      guard = current;
    } finally {
      lock.unlock();
    }
    end(guard);
    try {
      watch.join(); // it may just be replacing a guard that was ended
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static void end(Process guard) {
    try (var pipe = guard.getOutputStream()) {
      pipe.write("done\n".getBytes(StandardCharsets.UTF_8));
    } catch (IOException e) {
      // It is gone already.
    }
    try {
      if (guard.waitFor(END_MILLIS, TimeUnit.MILLISECONDS)) {
        return;
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    guard.destroyForcibly();
  }
}
