package dev.signalbox.agent.claude;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.signalbox.agent.Agent;
import dev.signalbox.agent.AgentProcess;
import dev.signalbox.agent.AgentThread;
import dev.signalbox.agent.AgentUnavailable;
import dev.signalbox.agent.Capabilities;
import dev.signalbox.agent.Launch;
import dev.signalbox.agent.McpServer;
import dev.signalbox.agent.ThreadSettings;
import dev.signalbox.agent.launch.AgentChildren;
import dev.signalbox.agent.launch.Problems;
import dev.signalbox.event.Problem;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// The place of one process of Claude Code, and from the first conversation on that process.
///
/// Before: nothing runs, [#pid] and [#residentBytes] are 0, and it counts as alive, because a
/// conversation can be begun. A conversation that cannot be begun or taken up leaves it so: what
/// was started for it is ended, and another can be tried. With the conversation: all is said of its
/// child; when that ends, or the conversation is closed, the place has ended, too, for good.
final class ClaudeProcess implements AgentProcess {
  /// Ids go into the arguments of a command.
  private static final Pattern ID = Pattern.compile("[A-Za-z0-9][A-Za-z0-9_-]{0,127}");

  private final Agent agent;
  private final Launch launch;
  private final AgentChildren children;
  private final InstantSource clock;
  private final Limits limits;
  private final ReentrantLock lock = new ReentrantLock();

  @GuardedBy("lock")
  private @Nullable ClaudeChild child;

  /// A conversation is being begun, or has been.
  @GuardedBy("lock")
  private boolean taken;

  @GuardedBy("lock")
  private boolean closed;

  @GuardedBy("lock")
  private @Nullable ProcessEnd end;

  @GuardedBy("lock")
  private final List<Consumer<ProcessEnd>> listeners = new ArrayList<>();

  private volatile @Nullable String version;

  ClaudeProcess(
      Agent agent, Launch launch, AgentChildren children, InstantSource clock, Limits limits) {
    this.agent = agent;
    this.launch = launch;
    this.children = children;
    this.clock = clock;
    this.limits = limits;
  }

  Agent agent() {
    return agent;
  }

  Limits limits() {
    return limits;
  }

  InstantSource clock() {
    return clock;
  }

  @Override
  public long pid() {
    var running = child();
    return running == null ? 0 : running.pid();
  }

  @Override
  public Capabilities capabilities() {
    return Introduction.CAPABILITIES;
  }

  @Override
  public @Nullable String version() {
    return version;
  }

  @Override
  public boolean alive() {
    lock.lock();
    try {
      return !closed && end == null && (child == null || child.alive());
    } finally {
      lock.unlock();
    }
  }

  @Override
  public long residentBytes() {
    var running = child();
    return running == null ? 0 : running.residentBytes();
  }

  @Override
  public void onEnd(Consumer<ProcessEnd> listener) {
    ProcessEnd known;
    lock.lock();
    try {
      known = end;
      if (known == null) {
        listeners.add(listener);
      }
    } finally {
      lock.unlock();
    }
    if (known != null) {
      tell(listener, known);
    }
  }

  @Override
  public AgentThread open(ThreadSettings settings) throws InterruptedException {
    var id = UUID.randomUUID().toString();
    return begin(settings, id, List.of("--session-id", id), true, limits.open());
  }

  /// The agent looks for the conversation before it says a word, so its answer is the proof.
  @Override
  public AgentThread resume(String nativeId, ThreadSettings settings) throws InterruptedException {
    return begin(
        settings, nativeId, List.of("--resume", checked(nativeId)), false, limits.resume());
  }

  @Override
  public AgentThread fork(String nativeId, ThreadSettings settings) throws InterruptedException {
    var id = UUID.randomUUID().toString();
    var which = List.of("--resume", checked(nativeId), "--fork-session", "--session-id", id);
    return begin(settings, id, which, false, limits.resume());
  }

  @Override
  public void kill() {
    end(ClaudeChild::kill);
  }

  @Override
  public void close() {
    end(ClaudeChild::close);
  }

  /// The conversation is closed, and with it the process. Never blocks.
  void closeSoon() {
    end(ClaudeChild::closeSoon);
  }

  private void end(Consumer<ClaudeChild> way) {
    ClaudeChild running;
    lock.lock();
    try {
      closed = true;
      running = child;
    } finally {
      lock.unlock();
    }
    if (running != null) {
      way.accept(running); // its end is ours
    } else {
      ended(new ProcessEnd(true, 0, "it was never needed", ""));
    }
  }

  private AgentThread begin(
      ThreadSettings settings, String id, List<String> which, boolean fresh, Duration limit)
      throws InterruptedException {
    take();
    ClaudeThread thread = null;
    try {
      var started = start(settings, which);
      thread = new Opening(this, started, settings, id, fresh).talk(limit);
      version = thread.introduction().version();
      started.onEnd(this::ended);
      return thread;
    } finally {
      if (thread == null) {
        giveUp();
      }
    }
  }

  private void take() {
    lock.lock();
    try {
      if (closed || end != null) {
        throw Problems.replaced(agent);
      }
      if (taken) {
        throw new AgentUnavailable(
            new Problem(
                "agent-unavailable",
                "A process of " + agent.title() + " holds one conversation, and this one has it.",
                null,
                "retry",
                null));
      }
      taken = true;
    } finally {
      lock.unlock();
    }
  }

  private ClaudeChild start(ThreadSettings settings, List<String> which) {
    var mode = Choices.first(agent, settings.readOnly());
    var there =
        new Launch(
            launch.writeRoot(),
            settings.directory(),
            environment(),
            launch.home(),
            launch.network(),
            launch.sandbox());
    var command = Requests.command(agent.argv(), mode, which);
    var started = new ClaudeChild(agent, children.start(agent, command, there));
    boolean late;
    lock.lock();
    try {
      child = started;
      late = closed;
    } finally {
      lock.unlock();
    }
    if (late) {
      started.kill();
      throw Problems.replaced(agent);
    }
    return started;
  }

  /// An own home holds the agent's settings, its login and its conversations.
  private Map<String, String> environment() {
    var all = new HashMap<>(launch.environment());
    if (launch.home() != null) {
      all.put("CLAUDE_CONFIG_DIR", launch.home().toString());
    }
    return all;
  }

  /// The MCP servers of a conversation, with what they refer to filled in.
  List<McpServer> servers(ThreadSettings settings) {
    return children.filledIn(settings.servers());
  }

  private void giveUp() {
    var started = child();
    if (started != null) {
      started.kill();
    }
    boolean over;
    lock.lock();
    try {
      child = null;
      taken = false;
      over = closed;
    } finally {
      lock.unlock();
    }
    if (over) {
      ended(new ProcessEnd(true, 0, "it was ended while it started", ""));
    }
  }

  private void ended(ProcessEnd how) {
    List<Consumer<ProcessEnd>> told;
    lock.lock();
    try {
      if (end != null) {
        return;
      }
      end = how;
      told = List.copyOf(listeners);
      listeners.clear();
    } finally {
      lock.unlock();
    }
    told.forEach(listener -> tell(listener, how));
  }

  private static void tell(Consumer<ProcessEnd> listener, ProcessEnd how) {
    Thread.ofVirtual().name("claude-ended").start(() -> listener.accept(how));
  }

  private @Nullable ClaudeChild child() {
    lock.lock();
    try {
      return child;
    } finally {
      lock.unlock();
    }
  }

  private String checked(String nativeId) {
    if (!ID.matcher(nativeId).matches()) {
      throw new AgentUnavailable(
          new Problem(
              "agent-unavailable",
              agent.title() + " can have no conversation of that name.",
              null,
              null,
              null));
    }
    return nativeId;
  }
}
