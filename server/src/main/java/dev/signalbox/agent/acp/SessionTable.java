package dev.signalbox.agent.acp;

import dev.signalbox.agent.AgentEvent;
import dev.signalbox.agent.wire.Json;
import dev.signalbox.jsonrpc.Call;
import dev.signalbox.jsonrpc.PeerHandler;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.JsonNode;

/// Sends what comes from an agent process to the conversation it belongs to. Its methods run on the
/// reader thread of the process, but for the table itself.
final class SessionTable implements PeerHandler {
  private static final Logger log = LoggerFactory.getLogger(SessionTable.class);
  private static final int LOGGED_ODDITIES = 20;

  private final ConcurrentHashMap<String, Inbox> inboxes = new ConcurrentHashMap<>();
  private final EarlyUpdates early = new EarlyUpdates();
  private final Runnable onEnd;
  private int oddities;

  SessionTable(Runnable onEnd) {
    this.onEnd = onEnd;
  }

  /// What came before the session was known is handed over first. The reader may be handing over
  /// something newer at the same moment; of states, which this is about, both are true.
  void put(String session, Inbox inbox) {
    inboxes.put(session, inbox);
    early.take(session).forEach(inbox::early);
  }

  void remove(String session) {
    inboxes.remove(session);
  }

  @Override
  public void notification(String method, JsonNode params) throws InterruptedException {
    var session = Json.text(params, "sessionId", "");
    var inbox = inboxes.get(session);
    boolean update = method.equals("session/update");
    if (inbox != null && update) {
      inbox.update(params.path("update"));
    } else if (inbox != null) {
      inbox.extension(new AgentEvent.Unknown(method, Json.bounded(params)));
    } else if (update && !session.isEmpty()) {
      early.keep(session, params.path("update"));
    }
  }

  /// Nothing but permissions and forms is offered, so everything else is refused, above all files
  /// and terminals.
  @Override
  public void request(Call call) throws InterruptedException {
    var inbox = inboxes.get(Json.text(call.params(), "sessionId", ""));
    switch (call.method()) {
      case "session/request_permission" -> {
        if (inbox == null) {
          call.answer(Requests.permission(null)); // nobody to ask
        } else {
          inbox.permission(call);
        }
      }
      case "elicitation/create" -> {
        if (!AcpQuestion.isForm(call.params())) {
          call.refuse(Call.INVALID_PARAMS, "Only forms can be asked here.");
        } else if (inbox == null) {
          call.answer(Requests.elicitation("cancel", null));
        } else {
          inbox.question(call);
        }
      }
      default -> call.refuse(Call.METHOD_NOT_FOUND, "Method not found: " + call.method());
    }
  }

  @Override
  public void oddity(Oddity oddity) {
    oddities++;
    if (oddities <= LOGGED_ODDITIES) {
      log.warn("event=acp.oddity kind={} bytes={}", oddity.kind(), oddity.bytes());
    }
  }

  @Override
  public void ended() {
    onEnd.run();
  }
}
