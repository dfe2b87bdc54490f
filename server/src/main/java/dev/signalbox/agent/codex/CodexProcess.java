package dev.signalbox.agent.codex;

import dev.signalbox.agent.Agent;
import dev.signalbox.agent.AgentProcess;
import dev.signalbox.agent.AgentThread;
import dev.signalbox.agent.AgentUnavailable;
import dev.signalbox.agent.Capabilities;
import dev.signalbox.agent.ThreadSettings;
import dev.signalbox.agent.launch.AgentChildren;
import dev.signalbox.agent.launch.Problems;
import dev.signalbox.agent.wire.Json;
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

/// One `codex app-server` and the line to it.
final class CodexProcess implements AgentProcess {
  private static final Capabilities ALL =
      new Capabilities(true, true, true, true, true, true, true, true);

  /// How long after the line broke the process may take to be gone.
  private static final long END_MILLIS = 2_000;

  private static final String BROKE_OFF = "it broke off the connection";

  /// Platform threads, because they read a child's output without another thread between.
  private static final Peer.Options WIRE =
      new Peer.Options(
          Peer.Options.DEFAULT.maxLine(),
          Peer.Options.DEFAULT.queue(),
          false,
          Thread.ofPlatform().daemon().name("codex-", 0).factory());

  private final Agent agent;
  private final Child child;
  private final Limits limits;
  private final AgentChildren children;
  private final UseLimits useLimits = new UseLimits();
  private final ThreadTable threads;
  private final Models models;
  private final Peer peer;
  private final CountDownLatch gone = new CountDownLatch(1);
  private volatile @Nullable String version;

  /// We ended it: what the line does from then on is no news.
  private volatile boolean ending;

  /// The line broke without us, so that its end is a crash, also when we had to help.
  private volatile boolean brokeOff;

  private CodexProcess(Agent agent, Child child, Limits limits, AgentChildren children) {
    this.agent = agent;
    this.children = children;
    this.child = child;
    this.limits = limits;
    this.threads = new ThreadTable(useLimits, this::lineEnded);
    this.models = new Models(this);
    child.onExit(exit -> gone.countDown());
    this.peer = Peer.start(child.stdout(), child.stdin(), WIRE, threads);
  }

  /// Agrees on the protocol with a child that was just started, and looks whether somebody is
  /// logged in.
  ///
  /// @throws AgentUnavailable when that fails; the child is ended then
  static CodexProcess introduce(Agent agent, Child child, Limits limits, AgentChildren children)
      throws InterruptedException {
    var process = new CodexProcess(agent, child, limits, children);
    boolean agreed = false;
    try {
      var told = process.require("initialize", Requests.initialize(), limits.start());
      process.version = Introduction.version(told);
      process.peer.send("initialized", Json.object());
      // A process that was started before the login would not learn of it, so none is kept.
      if (process.ask("account/read", Json.object()) instanceof Reply.Result(var account)
          && Introduction.wantsLogin(account)) {
        throw new AgentUnavailable(Troubles.notLoggedIn(agent));
      }
      agreed = true;
      return process;
    } finally {
      if (!agreed) {
        process.kill();
      }
    }
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

  UseLimits useLimits() {
    return useLimits;
  }

  Models models() {
    return models;
  }

  @Override
  public long pid() {
    return child.pid();
  }

  @Override
  public Capabilities capabilities() {
    return ALL;
  }

  @Override
  public @Nullable String version() {
    return version;
  }

  @Override
  public boolean alive() {
    // The machine knows of a kill a moment before the line and the child do.
    return peer.open()
        && child.exit().isEmpty()
        && ProcessHandle.of(child.pid()).map(ProcessHandle::isAlive).orElse(false);
  }

  @Override
  public boolean healthy() throws InterruptedException {
    return alive() && ask("thread/loaded/list", Json.object()) instanceof Reply.Result;
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
    var filled = filledIn(settings);
    return adopt(begin(filled), filled, false);
  }

  @Override
  public AgentThread resume(String nativeId, ThreadSettings settings) throws InterruptedException {
    var filled = filledIn(settings);
    var told = require("thread/resume", Requests.existing(nativeId, filled), limits.resume());
    if (!threadId(told).equals(nativeId)) {
      throw new AgentUnavailable(
          Troubles.plain(
              agent.title() + " took up another conversation than the one it was asked for."));
    }
    return adopt(told, filled, true);
  }

  @Override
  public AgentThread fork(String nativeId, ThreadSettings settings) throws InterruptedException {
    var filled = filledIn(settings);
    var told = require("thread/fork", Requests.existing(nativeId, filled), limits.resume());
    if (threadId(told).equals(nativeId)) {
      throw new AgentUnavailable(
          Troubles.plain(agent.title() + " gave the conversation itself instead of a copy."));
    }
    return adopt(named(told), filled, false);
  }

  private ThreadSettings filledIn(ThreadSettings settings) {
    return new ThreadSettings(
        settings.directory(), settings.readOnly(), children.filledIn(settings.servers()));
  }

  @Override
  public List<NativeThread> list(Path directory) throws InterruptedException {
    return ThreadAnswer.list(require("thread/list", Requests.list(directory), limits.open()));
  }

  /// Begins a conversation and gives what Codex told of it.
  JsonNode begin(ThreadSettings settings) throws InterruptedException {
    return named(require("thread/start", Requests.thread(settings), limits.open()));
  }

  static String threadId(JsonNode told) {
    return Json.text(told.path("thread"), "id", "");
  }

  /// From now on what is told of this conversation goes to `thread`.
  void register(String id, CodexThread thread) {
    threads.put(id, thread);
  }

  void forget(String id) {
    threads.remove(id);
  }

  /// A request that can be done without: nobody waits longer than a moment for it.
  Reply ask(String method, ObjectNode params) throws InterruptedException {
    return peer.request(method, params, limits.small());
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

  /// It did not answer in time.
  AgentUnavailable silent(String method, Duration limit) {
    return Problems.silent(agent, method, limit, child.stderrTail());
  }

  Problem problem(Reply.Refused refused) {
    return Problems.refused(agent, refused, null);
  }

  private CodexThread adopt(JsonNode told, ThreadSettings settings, boolean resumed)
      throws InterruptedException {
    var thread = new CodexThread(this, settings, told, resumed);
    register(thread.nativeId(), thread);
    models.learn();
    return thread;
  }

  private JsonNode named(JsonNode told) {
    if (threadId(told).isEmpty()) {
      throw new AgentUnavailable(
          Troubles.plain(agent.title() + " began a conversation but gave no id of it."));
    }
    return told;
  }

  private JsonNode require(String method, ObjectNode params, Duration limit)
      throws InterruptedException {
    return switch (peer.request(method, params, limit)) {
      case Reply.Result(var value) -> value;
      case Reply.Refused refused -> throw new AgentUnavailable(problem(refused));
      case Reply.TimedOut _ -> throw silent(method, limit);
      case Reply.Gone _ -> throw gone();
    };
  }

  /// Codex closed its output. It is gone in the same moment, or of no use.
  private void lineEnded() {
    brokeOff = !ending && !child.endAskedFor();
    Thread.ofVirtual()
        .name("codex-end-" + child.pid())
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
