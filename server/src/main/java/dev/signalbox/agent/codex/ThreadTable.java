package dev.signalbox.agent.codex;

import dev.signalbox.agent.wire.Json;
import dev.signalbox.jsonrpc.Call;
import dev.signalbox.jsonrpc.PeerHandler;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.JsonNode;

/// Sends what comes from a Codex process to the conversation it belongs to. Its methods run on the
/// reader thread of the process, but for the table itself.
final class ThreadTable implements PeerHandler {
  private static final Logger log = LoggerFactory.getLogger(ThreadTable.class);
  private static final int LOGGED_ODDITIES = 20;

  private final ConcurrentHashMap<String, CodexThread> threads = new ConcurrentHashMap<>();
  private final UseLimits limits;
  private final Runnable onEnd;
  private int oddities;

  ThreadTable(UseLimits limits, Runnable onEnd) {
    this.limits = limits;
    this.onEnd = onEnd;
  }

  void put(String id, CodexThread thread) {
    threads.put(id, thread);
  }

  /// Also the conversations of its subagents.
  void remove(String id) {
    var gone = threads.remove(id);
    if (gone != null) {
      threads.values().removeIf(thread -> thread == gone);
    }
  }

  @Override
  public void notification(String method, JsonNode params) throws InterruptedException {
    switch (method) {
      case "account/rateLimits/updated" -> limits.learn(params);
      case "thread/started" -> adopt(params.path("thread"));
      default -> {
        var thread = threads.get(Json.text(params, "threadId", ""));
        if (thread != null) {
          thread.notified(method, params);
        }
      }
    }
  }

  /// Nothing but questions to the user is served; everything else is refused.
  @Override
  public void request(Call call) throws InterruptedException {
    var question = AskMapping.question(call.method(), call.params(), AskMapping.Items.NONE);
    if (question.isEmpty()) {
      call.refuse(Call.METHOD_NOT_FOUND, "Method not found: " + call.method());
      return;
    }
    var thread = threads.get(Json.text(call.params(), "threadId", ""));
    if (thread == null) {
      call.answer(question.get().answers().decline()); // nobody to ask
    } else {
      thread.asked(call);
    }
  }

  @Override
  public void oddity(Oddity oddity) {
    oddities++;
    if (oddities <= LOGGED_ODDITIES) {
      log.warn("event=codex.oddity kind={} bytes={}", oddity.kind(), oddity.bytes());
    }
  }

  @Override
  public void ended() {
    onEnd.run();
    threads.values().forEach(CodexThread::lineEnded);
  }

  /// A subagent works in a conversation of its own; what is told of it is for the one that began
  /// it.
  private void adopt(JsonNode told) {
    var parent = threads.get(Json.text(told, "parentThreadId", ""));
    var id = Json.text(told, "id", "");
    if (parent != null && !id.isEmpty()) {
      threads.putIfAbsent(id, parent);
      parent.subagent(id);
    }
  }
}
