package dev.signalbox.agent.opencode;

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
import dev.signalbox.process.Child;
import dev.signalbox.process.Exit;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.MissingNode;
import tools.jackson.databind.node.ObjectNode;

/// One server of opencode and the conversations in it.
final class OpencodeProcess implements AgentProcess {
  /// How long after a request broke the process may take to be gone.
  private static final long END_MILLIS = 3_000;

  private static final Logger log = LoggerFactory.getLogger(OpencodeProcess.class);
  private static final int LISTED = 100;
  private static final String TAIL = "SignalboxMsgId";
  private static final Capabilities CAPABILITIES =
      new Capabilities(false, true, true, true, true, true, true, true);

  private final Agent agent;
  private final AgentChildren children;
  private final Child child;
  private final OpencodeServer server;
  private final boolean readOnly;
  private final Limits limits;
  private final @Nullable String version;
  private final MessageIds ids = new MessageIds(InstantSource.system(), TAIL);
  private final Set<OpencodeThread> threads = ConcurrentHashMap.newKeySet();
  private final CountDownLatch gone = new CountDownLatch(1);
  private volatile boolean ending;

  private OpencodeProcess(
      Agent agent,
      AgentChildren children,
      Child child,
      OpencodeServer server,
      boolean readOnly,
      Limits limits,
      @Nullable String version) {
    this.agent = agent;
    this.children = children;
    this.child = child;
    this.server = server;
    this.readOnly = readOnly;
    this.limits = limits;
    this.version = version;
    child.onExit(this::ended);
  }

  /// Waits until a server that was just started says where it listens, and answers there.
  ///
  /// @param password that it was given
  /// @throws AgentUnavailable when it does not; the child is ended then
  static OpencodeProcess introduce(
      Agent agent,
      AgentChildren children,
      Child child,
      String password,
      boolean readOnly,
      Limits limits)
      throws InterruptedException {
    @Nullable OpencodeServer server = null;
    @Nullable OpencodeProcess process = null;
    try {
      var address = StandardOutput.of(child).address(limits.start());
      if (address == null) {
        throw notListening(agent, child, limits.start());
      }
      server = new OpencodeServer(address, password);
      var version = version(agent, child, server, limits.start());
      process = new OpencodeProcess(agent, children, child, server, readOnly, limits, version);
      return process;
    } finally {
      if (process == null) {
        if (server != null) {
          server.close();
        }
        child.kill();
        child.close();
      }
    }
  }

  Agent agent() {
    return agent;
  }

  Limits limits() {
    return limits;
  }

  MessageIds ids() {
    return ids;
  }

  @Override
  public long pid() {
    return child.pid();
  }

  @Override
  public Capabilities capabilities() {
    return CAPABILITIES;
  }

  @Override
  public @Nullable String version() {
    return version;
  }

  @Override
  public boolean alive() {
    // The machine knows of a kill a moment before the child does.
    return !ending
        && child.exit().isEmpty()
        && ProcessHandle.of(child.pid()).map(ProcessHandle::isAlive).orElse(false);
  }

  @Override
  public boolean healthy() throws InterruptedException {
    return alive() && server.get("/global/health", null, limits.health()) instanceof Answer.Ok;
  }

  @Override
  public long residentBytes() {
    return child.residentBytes();
  }

  @Override
  public void onEnd(Consumer<ProcessEnd> listener) {
    child.onExit(exit ->
        listener.accept(
            new ProcessEnd(exit.intended(), exit.code(), reason(exit), child.stderrTail())));
  }

  @Override
  public AgentThread open(ThreadSettings settings) throws InterruptedException {
    return adopt(newSession(settings), settings);
  }

  @Override
  public AgentThread resume(String nativeId, ThreadSettings settings) throws InterruptedException {
    var path = Requests.session(nativeId);
    var told = require(path, server.get(path, settings.directory(), limits.resume()));
    if (!Json.text(told, "id", "").equals(nativeId)) {
      throw unavailable(
          agent.title() + " took up another conversation than the one it was asked for.");
    }
    return adopt(conversation(nativeId, settings), settings);
  }

  @Override
  public AgentThread fork(String nativeId, ThreadSettings settings) throws InterruptedException {
    var path = Requests.session(nativeId) + "/fork";
    return adopt(begun(path, Json.object(), settings, limits.resume()), settings);
  }

  @Override
  public List<NativeThread> list(Path directory) throws InterruptedException {
    var answer = server.get("/session?roots=true&limit=" + LISTED, directory, limits.open());
    if (!(answer instanceof Answer.Ok(var body))) {
      return List.of();
    }
    var found = new ArrayList<NativeThread>();
    for (var session : Json.list(body)) {
      var id = Json.text(session, "id", "");
      boolean here = Json.text(session, "directory", "").equals(directory.toString());
      if (!id.isEmpty() && here && Json.text(session, "parentID") == null) {
        var updated = Json.number(session.path("time"), "updated");
        var at = updated == null ? null : Instant.ofEpochMilli(updated);
        found.add(new NativeThread(id, Json.text(session, "title"), at));
      }
    }
    var newest =
        Comparator.comparing(
            NativeThread::updatedAt, Comparator.nullsLast(Comparator.reverseOrder()));
    return found.stream().sorted(newest).limit(LISTED).toList();
  }

  /// Begins a session on the server.
  Conversation newSession(ThreadSettings settings) throws InterruptedException {
    boolean looks = readOnly || settings.readOnly();
    return begun("/session", Requests.newSession(looks), settings, limits.open());
  }

  void forget(OpencodeThread thread) {
    threads.remove(thread);
  }

  @Override
  public void kill() {
    ending = true;
    child.kill();
    child.close();
  }

  @Override
  public void close() {
    ending = true;
    child.close();
  }

  /// Why a request broke. Waits a moment for the process's own last word.
  AgentUnavailable gone() throws InterruptedException {
    var _ = gone.await(END_MILLIS, TimeUnit.MILLISECONDS);
    return why();
  }

  AgentUnavailable silent(String step, Duration limit) {
    return Problems.silent(agent, step, limit, child.stderrTail());
  }

  /// Every turn in this process ends with it.
  private void ended(Exit exit) {
    gone.countDown();
    var why = why();
    threads.forEach(thread -> thread.gone(why));
    server.close();
  }

  private AgentUnavailable why() {
    if (ending || child.endAskedFor()) {
      return Problems.replaced(agent);
    }
    var how = child.exit().map(OpencodeProcess::reason).orElse("it broke off the connection");
    return Problems.crashed(agent, how, child.stderrTail());
  }

  private AgentThread adopt(Conversation conversation, ThreadSettings settings)
      throws InterruptedException {
    give(settings);
    var catalog = catalog(settings.directory());
    var mode = agent.setup().mode(readOnly || settings.readOnly());
    var thread =
        new OpencodeThread(
            this,
            conversation,
            settings,
            new Choices(agent, catalog, mode != null && catalog.hasMode(mode) ? mode : null),
            listener -> new EventStream(server, settings.directory(), listener));
    threads.add(thread);
    if (!thread.listen(limits.open())) {
      thread.close();
      throw alive() ? silent("GET /event", limits.open()) : gone();
    }
    if (child.exit().isPresent()) {
      thread.gone(why()); // it ended while the thread was made
    }
    return thread;
  }

  /// Servers of tools belong to a folder there, not to a conversation. One that does not start is
  /// no reason not to talk.
  private void give(ThreadSettings settings) throws InterruptedException {
    for (var tools : children.filledIn(settings.servers())) {
      var body = Requests.server(tools);
      var answer = server.post("/mcp", settings.directory(), body, limits.open());
      if (!(answer instanceof Answer.Ok)) {
        log.warn("event=opencode.mcp server={} answer={}", tools.name(), answer);
      }
    }
  }

  private Catalog catalog(Path directory) throws InterruptedException {
    return Catalog.of(
        told("/config/providers", directory),
        told("/agent", directory),
        told("/config", directory),
        told("/command", directory));
  }

  /// What can be chosen is worth having, but no reason to fail.
  private JsonNode told(String path, Path directory) throws InterruptedException {
    return server.get(path, directory, limits.open()) instanceof Answer.Ok(var body)
        ? body
        : MissingNode.getInstance();
  }

  private Conversation begun(String path, ObjectNode body, ThreadSettings settings, Duration limit)
      throws InterruptedException {
    var told = require(path, server.post(path, settings.directory(), body, limit));
    var id = Json.text(told, "id", "");
    if (id.isEmpty()) {
      throw unavailable(agent.title() + " began a conversation but gave no id of it.");
    }
    return conversation(id, settings);
  }

  private Conversation conversation(String id, ThreadSettings settings) {
    return new Conversation(server, id, settings.directory(), limits);
  }

  private JsonNode require(String step, Answer answer) throws InterruptedException {
    return switch (answer) {
      case Answer.Ok(var body) -> body;
      case Answer.Refused(var status, var said) ->
          throw new AgentUnavailable(Problems.told(agent, status, said, null));
      case Answer.Silent(var limit) -> throw silent(step, limit);
      case Answer.Broken _ -> throw gone();
    };
  }

  private static @Nullable String version(
      Agent agent, Child child, OpencodeServer server, Duration limit) throws InterruptedException {
    return switch (server.get("/global/health", null, limit)) {
      case Answer.Ok(var body) -> Json.text(body, "version");
      case Answer.Refused(var status, var said) ->
          throw new AgentUnavailable(Problems.told(agent, status, said, null));
      case Answer.Silent _, Answer.Broken _ -> throw notListening(agent, child, limit);
    };
  }

  /// Its output may end a moment before it does.
  private static AgentUnavailable notListening(Agent agent, Child child, Duration limit)
      throws InterruptedException {
    var gone = new CountDownLatch(1);
    child.onExit(exit -> gone.countDown());
    var _ = gone.await(Math.min(END_MILLIS, limit.toMillis()), TimeUnit.MILLISECONDS);
    return child
        .exit()
        .map(exit -> Problems.crashed(agent, reason(exit), child.stderrTail()))
        .orElseGet(() -> Problems.silent(agent, "serve", limit, child.stderrTail()));
  }

  private AgentUnavailable unavailable(String detail) {
    return new AgentUnavailable(new Problem("agent-unavailable", detail, null, null, null));
  }

  private static String reason(Exit exit) {
    return exit.signal() != null ? "signal " + exit.signal() : "exit code " + exit.code();
  }
}
