package dev.signalbox.agent.acp;

import dev.signalbox.agent.AgentProcess.NativeThread;
import dev.signalbox.agent.AgentUnavailable;
import dev.signalbox.agent.McpServer;
import dev.signalbox.agent.ThreadSettings;
import dev.signalbox.agent.launch.AgentChildren;
import dev.signalbox.agent.wire.Json;
import dev.signalbox.event.Problem;
import dev.signalbox.jsonrpc.Reply;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/// How the conversations of one process begin: anew, taken up or copied; and which there are. Any
/// thread may call; everything blocks.
final class Openings {
  private static final int MOST_LISTED = 100;

  private final AcpProcess process;
  private final AgentChildren children;

  Openings(AcpProcess process, AgentChildren children) {
    this.process = process;
    this.children = children;
  }

  AcpThread open(ThreadSettings settings) throws InterruptedException {
    var told = newSession(settings);
    return adopt(Json.text(told, "sessionId", ""), settings, told, false);
  }

  /// Begins a session and gives what the agent told of it.
  JsonNode newSession(ThreadSettings settings) throws InterruptedException {
    var params = Requests.newSession(settings.directory(), reachable(settings));
    var told = process.require("session/new", params, process.limits().open());
    if (Json.text(told, "sessionId", "").isEmpty()) {
      throw unavailable("agent-error", " began a conversation but gave no id of it.");
    }
    return told;
  }

  /// Prefers `session/resume`, which replays nothing. The replay of `session/load` is dropped,
  /// since whatever comes while no turn runs is; gemini begins it after its answer and marks no
  /// end.
  AcpThread resume(String nativeId, ThreadSettings settings) throws InterruptedException {
    var can = process.capabilities();
    var method = can.resume() ? "session/resume" : can.load() ? "session/load" : null;
    if (method == null) {
      throw unavailable("agent-unavailable", " cannot take up an earlier conversation.");
    }
    var told = require(method, nativeId, settings);
    var other = Json.text(told, "sessionId");
    if (other != null && !other.equals(nativeId)) {
      throw unavailable(
          "agent-unavailable", " took up another conversation than the one it was asked for.");
    }
    var thread = adopt(nativeId, settings, told, true);
    if (!can.resume()) {
      thread.settle();
    }
    return thread;
  }

  AcpThread fork(String nativeId, ThreadSettings settings) throws InterruptedException {
    if (!process.capabilities().fork()) {
      throw unavailable("agent-unavailable", " cannot copy a conversation.");
    }
    var told = require("session/fork", nativeId, settings);
    var copy = Json.text(told, "sessionId", "");
    if (copy.isEmpty() || copy.equals(nativeId)) {
      throw unavailable("agent-error", " copied a conversation but gave no id of the copy.");
    }
    return adopt(copy, settings, told, false);
  }

  /// At most 100, newest first, those of unknown time last; none when the agent cannot tell,
  /// refuses or takes too long.
  List<NativeThread> list(Path directory) throws InterruptedException {
    if (!process.capabilities().list()) {
      return List.of();
    }
    var all = new ArrayList<NativeThread>();
    long deadline = System.nanoTime() + process.limits().open().toNanos();
    @Nullable String cursor = null;
    do {
      var left = Duration.ofNanos(Math.max(1, deadline - System.nanoTime()));
      var reply = process.peer().request("session/list", Requests.list(directory, cursor), left);
      if (!(reply instanceof Reply.Result(var page))) {
        break;
      }
      Json.list(page.path("sessions")).forEach(told -> add(told, directory, all));
      cursor = Json.text(page, "nextCursor");
    } while (cursor != null && all.size() < MOST_LISTED);
    var newest =
        Comparator.comparing(
            NativeThread::updatedAt, Comparator.nullsLast(Comparator.reverseOrder()));
    return all.stream().sorted(newest).limit(MOST_LISTED).toList();
  }

  /// Some agents list the conversations of other folders, too.
  private static void add(JsonNode told, Path directory, List<NativeThread> into) {
    var id = Json.text(told, "sessionId", "");
    if (!id.isEmpty()
        && Json.text(told, "cwd", directory.toString()).equals(directory.toString())) {
      var title = Json.text(told, "title");
      into.add(new NativeThread(id, title, time(Json.text(told, "updatedAt"))));
    }
  }

  private static @Nullable Instant time(@Nullable String told) {
    try {
      return told == null ? null : OffsetDateTime.parse(told).toInstant();
    } catch (DateTimeParseException e) {
      return null;
    }
  }

  private JsonNode require(String method, String nativeId, ThreadSettings settings)
      throws InterruptedException {
    var params = Requests.existingSession(nativeId, settings.directory(), reachable(settings));
    return process.require(method, params, process.limits().resume());
  }

  /// Every agent takes servers by their standard streams, some by HTTP.
  private List<McpServer> reachable(ThreadSettings settings) {
    return children.filledIn(settings.servers()).stream()
        .filter(server -> process.takesHttpServers() || !(server instanceof McpServer.Http))
        .toList();
  }

  private AcpThread adopt(String session, ThreadSettings settings, JsonNode told, boolean resumed)
      throws InterruptedException {
    var thread = new AcpThread(process, session, settings, told, resumed);
    process.register(session, thread.inbox());
    boolean prepared = false;
    try {
      thread.prepare();
      prepared = true;
      return thread;
    } finally {
      if (!prepared) {
        thread.close();
      }
    }
  }

  private AgentUnavailable unavailable(String code, String what) {
    var action = code.equals("agent-error") ? "retry" : null;
    return new AgentUnavailable(
        new Problem(code, process.agent().title() + what, null, action, null));
  }
}
