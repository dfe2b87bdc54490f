package dev.signalbox.agent.opencode;

import dev.signalbox.agent.AgentEvent;
import dev.signalbox.agent.wire.Json;
import dev.signalbox.agent.wire.Outside;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/// Sends the events of a folder where they belong in one conversation: to its turn, to whoever
/// listens outside of turns, or, when they are another conversation's, nowhere. Its methods run on
/// the stream's reader thread.
final class EventRouting implements EventStream.Listener {
  /// Of our session, and of no use to anybody here.
  private static final Set<String> QUIET =
      Set.of(
          "session.diff",
          "session.deleted",
          "session.idle",
          "session.error",
          "message.removed",
          "message.part.removed",
          "command.executed");

  private static final String NEW_TITLE = "New session - ";
  private static final String CHILD_TITLE = "Child session - ";

  private final OpencodeThread thread;
  private final Outside outside;
  private String title = "";

  EventRouting(OpencodeThread thread, Outside outside) {
    this.thread = thread;
    this.outside = outside;
  }

  @Override
  public void event(JsonNode event) throws InterruptedException {
    var type = Json.text(event, "type", "");
    var properties = event.path("properties");
    var session = session(properties);
    boolean own = session.equals(thread.conversation().session());
    if (own && type.equals("session.updated")) {
      titled(Json.text(properties.path("info"), "title", ""));
    }
    var turn = thread.current();
    if (turn == null) {
      unexpected(type, properties, own);
    } else if (own || turn.mapping().covers(session) || type.equals("session.created")) {
      toTurn(turn, event, type, properties, own);
    }
  }

  private void toTurn(Turn turn, JsonNode event, String type, JsonNode properties, boolean own)
      throws InterruptedException {
    switch (type) {
      case "permission.asked", "question.asked" -> turn.ask(ask(type, properties));
      case "permission.replied", "question.replied", "question.rejected" ->
          turn.answered(Json.text(properties, "requestID", ""));
      case "session.created",
          "session.updated",
          "session.status",
          "session.compacted",
          "message.updated",
          "message.part.updated",
          "message.part.delta",
          "todo.updated" ->
          turn.event(event, own);
      default -> {
        if (own && QUIET.contains(type)) {
          turn.event(event, true);
        } else if (own && !type.startsWith("session.next.")) { // those tell the same once more
          turn.tell(new AgentEvent.Unknown(type, Json.bounded(properties)));
        }
      }
    }
  }

  /// With no turn there is nobody to ask, and the answer is never a yes; and nothing is to work: an
  /// abort may have come too early.
  private void unexpected(String type, JsonNode properties, boolean own) {
    var last = thread.cancelled();
    switch (type) {
      case "permission.asked", "question.asked" -> {
        if (own || (last != null && last.mapping().covers(session(properties)))) {
          ask(type, properties).cancel();
        }
      }
      case "session.idle" -> {
        if (own && last != null) {
          last.lateIdle();
        }
      }
      case "session.status" -> {
        var status = Json.text(properties.path("status"), "type", "");
        if (own && last != null && status.equals("busy")) {
          thread.conversation().abort();
        }
      }
      default -> {}
    }
  }

  /// Reads again what may have been missed: messages, asks, the list of things to do, and whether
  /// the session rests.
  @Override
  public boolean missed() throws InterruptedException {
    var turn = thread.current();
    if (turn == null) {
      return true;
    }
    turn.mapping().gap();
    var conversation = thread.conversation();
    if (!reread(turn, conversation.messages(conversation.session()))) {
      return false;
    }
    for (var child : turn.mapping().children().keySet()) {
      reread(turn, conversation.messages(child));
    }
    var asks = conversation.asks();
    var open = new ArrayList<String>();
    for (var kind : List.of("permission", "question")) {
      for (var request : Json.list(asks.getOrDefault(kind, Json.object()))) {
        if (turn.mapping().covers(Json.text(request, "sessionID", ""))) {
          open.add(Json.text(request, "id", ""));
          turn.ask(ask(kind + ".asked", request));
        }
      }
    }
    if (asks.values().stream().allMatch(JsonNode::isArray)) {
      turn.stillOpen(open);
    }
    turn.tell(turn.mapping().todos(conversation.todos()));
    turn.doubt();
    return true;
  }

  private static boolean reread(Turn turn, JsonNode messages) throws InterruptedException {
    turn.snapshot(messages);
    return messages.isArray();
  }

  private Ask ask(String type, JsonNode request) {
    Ask.Replies replies = thread.conversation()::reply;
    return type.startsWith("permission")
        ? new PermissionAsk(request, replies)
        : new QuestionAsk(request, replies);
  }

  private void titled(String now) {
    if (!now.isBlank()
        && !now.equals(title)
        && !now.startsWith(NEW_TITLE)
        && !now.startsWith(CHILD_TITLE)) {
      title = now;
      outside.tell(new AgentEvent.TitleChanged(now));
    }
  }

  /// Wherever this kind of event has the session it is about.
  private static String session(JsonNode properties) {
    for (var place : List.of(properties, properties.path("info"), properties.path("part"))) {
      @Nullable String session = Json.text(place, "sessionID");
      if (session != null) {
        return session;
      }
    }
    return Json.text(properties.path("info"), "id", "");
  }
}
