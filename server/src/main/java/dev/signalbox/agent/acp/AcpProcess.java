package dev.signalbox.agent.acp;

import dev.signalbox.agent.Agent;
import dev.signalbox.agent.AgentProcess;
import dev.signalbox.agent.AgentThread;
import dev.signalbox.agent.AgentUnavailable;
import dev.signalbox.agent.Capabilities;
import dev.signalbox.agent.ThreadSettings;
import dev.signalbox.agent.launch.AgentChildren;
import dev.signalbox.agent.launch.Leftovers;
import dev.signalbox.agent.launch.Problems;
import dev.signalbox.event.Problem;
import dev.signalbox.jsonrpc.Peer;
import dev.signalbox.jsonrpc.Reply;
import dev.signalbox.process.Child;
import dev.signalbox.process.Exit;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// One process of an ACP agent and the line to it.
final class AcpProcess implements AgentProcess {
  /// How long after the line broke the process may take to be gone.
  private static final long END_MILLIS = 2_000;

  private static final String BROKE_OFF = "it broke off the connection";

  /// Platform threads, because they read a child's output without another thread between.
  private static final Peer.Options WIRE =
      new Peer.Options(
          Peer.Options.DEFAULT.maxLine(),
          Peer.Options.DEFAULT.queue(),
          false,
          Thread.ofPlatform().daemon().name("acp-", 0).factory());

  private final Agent agent;
  private final Child child;
  private final Limits limits;
  private final SessionTable sessions;
  private final Openings openings;
  private final Leftovers leftovers;
  private final Peer peer;
  private final CountDownLatch gone = new CountDownLatch(1);
  private volatile Introduction introduction = Introduction.NONE;

  /// We ended it: what the line does from then on is no news.
  private volatile boolean ending;

  /// The line broke without us, so that its end is a crash, also when we had to help.
  private volatile boolean brokeOff;

  private AcpProcess(Agent agent, Child child, Limits limits, AgentChildren children) {
    this.agent = agent;
    this.child = child;
    this.limits = limits;
    this.sessions = new SessionTable(this::lineEnded);
    this.openings = new Openings(this, children);
    this.leftovers = new Leftovers(child);
    child.onExit(exit -> gone.countDown());
    this.peer = Peer.start(child.stdout(), child.stdin(), WIRE, sessions);
  }

  /// Agrees on the protocol with a child that was just started.
  ///
  /// @throws AgentUnavailable when that fails; the child is ended then
  static AcpProcess introduce(Agent agent, Child child, Limits limits, AgentChildren children)
      throws InterruptedException {
    var process = new AcpProcess(agent, child, limits, children);
    boolean agreed = false;
    try {
      var answer = process.require("initialize", Requests.initialize(), limits.start());
      process.introduction = Introduction.of(answer);
      if (process.introduction.protocol() != Requests.PROTOCOL) {
        throw Problems.otherProtocol(agent, process.introduction.protocol());
      }
      process.signIn(children);
      agreed = true;
      return process;
    } finally {
      if (!agreed) {
        process.kill();
      }
    }
  }

  /// Only as the user set it: agents keep for ever which way in was chosen.
  private void signIn(AgentChildren children) throws InterruptedException {
    var how = agent.setup().signIn();
    if (how == null) {
      return;
    }
    if (!introduction.signIns().contains(how.method())) {
      throw new AgentUnavailable(
          Problems.signIn(agent, how.method(), String.join(", ", introduction.signIns())));
    }
    require("authenticate", Requests.authenticate(children.filledIn(how)), limits.start());
  }

  Agent agent() {
    return agent;
  }

  Peer peer() {
    return peer;
  }

  Limits limits() {
    return limits;
  }

  @Override
  public long pid() {
    return child.pid();
  }

  @Override
  public Capabilities capabilities() {
    return introduction.capabilities();
  }

  @Override
  public @Nullable String version() {
    return introduction.version();
  }

  @Override
  public boolean alive() {
    // The machine knows of a kill a moment before the line and the child do.
    return peer.open()
        && child.exit().isEmpty()
        && ProcessHandle.of(child.pid()).map(ProcessHandle::isAlive).orElse(false);
  }

  @Override
  public long residentBytes() {
    return child.residentBytes();
  }

  @Override
  public void onEnd(Consumer<ProcessEnd> listener) {
    child.onExit(exit ->
        listener.accept(
            new ProcessEnd(
                exit.intended() && !brokeOff, exit.code(), reason(exit), child.stderrTail())));
  }

  @Override
  public AgentThread open(ThreadSettings settings) throws InterruptedException {
    return openings.open(settings);
  }

  @Override
  public AgentThread resume(String nativeId, ThreadSettings settings) throws InterruptedException {
    return openings.resume(nativeId, settings);
  }

  @Override
  public AgentThread fork(String nativeId, ThreadSettings settings) throws InterruptedException {
    return openings.fork(nativeId, settings);
  }

  @Override
  public List<NativeThread> list(Path directory) throws InterruptedException {
    return openings.list(directory);
  }

  Openings openings() {
    return openings;
  }

  Leftovers leftovers() {
    return leftovers;
  }

  boolean takesHttpServers() {
    return introduction.httpServers();
  }

  /// From now on what comes of this session goes to `inbox`.
  void register(String session, Inbox inbox) {
    sessions.put(session, inbox);
  }

  void forget(String session) {
    sessions.remove(session);
  }

  @Override
  public void kill() {
    ending = true;
    peer.close();
    child.kill();
    child.close();
  }

  @Override
  public void close() {
    ending = true;
    peer.close();
    child.close();
  }

  /// Why the line broke under a request. Waits a moment for the process's own last word.
  AgentUnavailable gone() throws InterruptedException {
    if (ending) {
      return Problems.replaced(agent);
    }
    var _ = gone.await(END_MILLIS + 1_000, TimeUnit.MILLISECONDS);
    var how = child.exit().map(this::reason).orElse(BROKE_OFF);
    return Problems.crashed(agent, how, child.stderrTail());
  }

  Problem problem(Reply.Refused refused) {
    return Problems.refused(agent, refused, introduction.loginAdvice());
  }

  /// @throws AgentUnavailable with the reason when there is no result within the limit
  JsonNode require(String method, ObjectNode params, Duration limit) throws InterruptedException {
    return switch (peer.request(method, params, limit)) {
      case Reply.Result(var value) -> value;
      case Reply.Refused refused -> throw new AgentUnavailable(problem(refused));
      case Reply.TimedOut _ -> throw Problems.silent(agent, method, limit, child.stderrTail());
      case Reply.Gone _ -> throw gone();
    };
  }

  /// The agent closed its output. Most are gone in the same moment; one that stays is of no use.
  private void lineEnded() {
    brokeOff = !ending && !child.endAskedFor();
    Thread.ofVirtual()
        .name("acp-end-" + child.pid())
        .start(() -> {
          try {
            if (!gone.await(END_MILLIS, TimeUnit.MILLISECONDS)) {
              child.kill();
            }
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          }
        });
  }

  private String reason(Exit exit) {
    if (brokeOff && exit.intended()) {
      return BROKE_OFF; // the signal was ours
    }
    return exit.signal() != null ? "signal " + exit.signal() : "exit code " + exit.code();
  }
}
