package dev.signalbox.testkit.model;

import dev.signalbox.testkit.model.Conversation.CallId;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/// Plays one turn: its pace, its faults, its pieces.
final class Playing {

  private final Dialect dialect;
  private final Reply reply;
  private final long number;
  private final Conversation conversation;
  private final int place;
  private final ModelTurn turn;
  private int sent;

  /// @param place which turn of its script it is
  Playing(
      Dialect dialect,
      Reply reply,
      long number,
      Conversation conversation,
      int place,
      ModelTurn turn) {
    this.dialect = dialect;
    this.reply = reply;
    this.number = number;
    this.conversation = conversation;
    this.place = place;
    this.turn = turn;
  }

  void play() throws IOException {
    reply.pause(turn.firstMs());
    if (turn.status() != 0) {
      reply.json(turn.status(), dialect.error(turn.status(), "scripted error " + turn.status()));
      return;
    }
    fault();
    var calls = calls();
    String usual = calls.isEmpty() ? "stop" : "tool_calls";
    String finish = turn.finish().isEmpty() ? usual : turn.finish();
    if (conversation.streaming()) {
      stream(calls, finish);
    } else {
      reply.json(200, dialect.whole(number, conversation, turn, calls, finish));
    }
  }

  private void stream(List<Dialect.Call> calls, String finish) throws IOException {
    var stream = dialect.stream(number, conversation, reply);
    stream.begin();
    for (String piece : turn.thoughts()) {
      stream.think(piece);
      pieceSent();
    }
    for (String piece : turn.pieces()) {
      stream.text(piece);
      pieceSent();
    }
    for (int index = 0; index < calls.size(); index++) {
      stream.call(index, calls.get(index));
    }
    stream.end(finish);
    reply.end();
  }

  private void pieceSent() throws IOException {
    sent++;
    fault();
    reply.pause(turn.delayMs());
  }

  private void fault() throws IOException {
    if (turn.cutAfter() == sent) {
      throw new Reply.Cut();
    }
    if (turn.stallAfter() == sent) {
      reply.stall();
    }
  }

  private List<Dialect.Call> calls() {
    var mapping = new ToolMapping(conversation.tools());
    var calls = new ArrayList<Dialect.Call>();
    for (var use : turn.tools()) {
      String id = CallId.of(place, number, calls.size());
      // Agents answer a call of an unknown tool with an error that names it, so the test sees what
      // was missing.
      var unknown =
          new Dialect.Call(id, "no_tool_for_" + use.getClass().getSimpleName(), use.toJson());
      calls.add(mapping.call(id, use).orElse(unknown));
    }
    return calls;
  }
}
