package dev.signalbox.agent.conformance;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.signalbox.agent.Agent;
import dev.signalbox.agent.AgentDriver;
import dev.signalbox.agent.Registry;
import dev.signalbox.refusal.Refused;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;

/// Tries agents of the registry on request, each on a virtual thread of its own, and keeps of each
/// agent what the last trial found, until the server ends. Any thread may call.
public final class AgentTests implements AutoCloseable {
  private static final Logger LOG = Logger.getLogger(AgentTests.class.getName());
  private static final Duration GOODBYE = Duration.ofSeconds(10);

  private final Registry registry;
  private final InstantSource clock;
  private final ReentrantLock lock = new ReentrantLock();

  @GuardedBy("lock")
  private final Map<String, AgentTest> last = new LinkedHashMap<>();

  @GuardedBy("lock")
  private final Map<String, Thread> running = new LinkedHashMap<>();

  @GuardedBy("lock")
  private boolean closed;

  public AgentTests(Registry registry, InstantSource clock) {
    this.registry = registry;
    this.clock = clock;
  }

  /// Begins a trial, unless one of this agent runs: then it is that one.
  ///
  /// @throws Refused unknown agent or driver
  public AgentTest begin(String name) {
    var agent = registry.require(name);
    var driver = registry.driver(agent);
    var names = Conformance.scenarios();
    lock.lock();
    try {
      if (closed) {
        throw Refused.unavailable("closing", "Signalbox is stopping.");
      }
      var now = last.get(name);
      if (now != null && !now.over()) {
        return now;
      }
      var fresh =
          new AgentTest(name, names.size(), names.getFirst(), List.of(), false, clock.instant());
      last.put(name, fresh);
      running.put(
          name,
          Thread.ofVirtual().name("agent-test-" + name).start(() -> test(agent, driver, names)));
      return fresh;
    } finally {
      lock.unlock();
    }
  }

  /// What the last trial of an agent found so far.
  ///
  /// @throws Refused when there was none
  public AgentTest last(String name) {
    registry.require(name);
    lock.lock();
    try {
      var test = last.get(name);
      if (test == null) {
        throw Refused.notFound(
            "no_test",
            "The agent '" + name + "' was not tried since this server started; POST begins it.");
      }
      return test;
    } finally {
      lock.unlock();
    }
  }

  private void test(Agent agent, AgentDriver driver, List<String> names) {
    @Nullable Path folder = null;
    try {
      folder = Files.createTempDirectory("signalbox-test-");
      var conformance = new Conformance(driver, agent, Wording.of(agent), Patience.USUAL, folder);
      for (var name : names) {
        keep(current(agent).at(name));
        keep(current(agent).with(conformance.run(name)));
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (IOException | RuntimeException e) {
      LOG.log(Level.WARNING, "agent=" + agent.name() + " could not be tried", e);
    } finally {
      keep(current(agent).done());
      over(agent);
      if (folder != null) {
        delete(folder);
      }
    }
  }

  private AgentTest current(Agent agent) {
    return last(agent.name());
  }

  private void keep(AgentTest test) {
    lock.lock();
    try {
      last.put(test.agent(), test);
    } finally {
      lock.unlock();
    }
  }

  private void over(Agent agent) {
    lock.lock();
    try {
      running.remove(agent.name());
    } finally {
      lock.unlock();
    }
  }

  /// What agents left behind; a file that appears meanwhile stays in the system's temporary folder.
  private static void delete(Path folder) {
    try (var files = Files.walk(folder)) {
      for (var file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(file);
      }
    } catch (IOException e) {
      LOG.log(Level.FINE, "folder=" + folder + " was not removed", e);
    }
  }

  /// Ends what runs; idempotent.
  @Override
  public void close() {
    List<Thread> threads;
    lock.lock();
    try {
      closed = true;
      threads = List.copyOf(running.values());
    } finally {
      lock.unlock();
    }
    threads.forEach(Thread::interrupt);
    try {
      for (var thread : threads) {
        thread.join(GOODBYE);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
