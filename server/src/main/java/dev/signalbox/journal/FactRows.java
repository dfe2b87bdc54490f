package dev.signalbox.journal;

import dev.signalbox.event.Ask;
import dev.signalbox.event.Fact;
import dev.signalbox.event.Item;
import dev.signalbox.event.Queue;
import dev.signalbox.event.Turn;
import dev.signalbox.id.TurnId;
import java.sql.Connection;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/// Writes facts and brings the rows of turns, items and asks up to date from them. Used by the
/// writer's thread only, within a transaction.
final class FactRows {
  private final Statements statements;
  private final ItemRows items;

  FactRows(Statements statements) {
    this.statements = statements;
    this.items = new ItemRows(statements);
  }

  /// @param lane its number
  void write(Connection connection, long lane, Draft draft) throws SQLException {
    Fact fact = draft.fact();
    if (fact != null) {
      project(connection, lane, draft, fact);
    }
    statements.update(
        "INSERT INTO event (key, at, type, client, ref, body) VALUES (?, ?, ?, ?, ?, ?)",
        lane << 40 | draft.seq(),
        draft.atMillis(),
        draft.type().code(),
        draft.clientId(),
        draft.ref() == 0 ? null : draft.ref(),
        draft.stored());
  }

  private void project(Connection connection, long lane, Draft draft, Fact fact)
      throws SQLException {
    switch (fact) {
      case Fact.TurnQueued(Turn turn) -> queued(lane, draft.seq(), turn);
      case Fact.TurnChanged(Turn turn) -> changed(turn);
      case Fact.TurnWithdrawn(TurnId turn) ->
          statements.update(
              "UPDATE turn SET state = ?, ended_at = ? WHERE id = ?",
              TurnStates.code(Turn.State.WITHDRAWN),
              draft.atMillis(),
              turn.value());
      case Fact.TurnStarted(TurnId turn, String agent) ->
          statements.update(
              "UPDATE turn SET state = ?, started_at = ?, agent = ? WHERE id = ?",
              TurnStates.code(Turn.State.RUNNING),
              draft.atMillis(),
              agent,
              turn.value());
      case Fact.TurnEnded ended -> ended(draft.atMillis(), ended);
      case Fact.ItemStarted(Item item) -> draft.refersTo(items.start(lane, item, json(draft)));
      case Fact.ItemUpdated(Item item) -> items.update(item, json(draft));
      case Fact.ItemCompleted(Item item) -> {
        draft.refersTo(items.complete(connection, lane, item, draft));
        linkPrompt(item, draft.ref());
      }
      case Fact.AskOpened(Ask ask) -> draft.refersTo(opened(lane, ask, json(draft)));
      case Fact.AskClosed closed -> draft.refersTo(closed(lane, draft, closed));
      case Fact.QueueChanged(Queue queue) -> queue(lane, queue);
      case Fact.ThreadChanged _,
          Fact.LaneChanged _,
          Fact.CommandsChanged _,
          Fact.UsageChanged _ -> {
        // Nothing but the event: their rows belong to others.
      }
    }
  }

  private static String json(Draft draft) {
    String json = draft.row();
    if (json == null) {
      throw new IllegalStateException("no row for " + draft.type());
    }
    return json;
  }

  private void queued(long lane, long seq, Turn turn) throws SQLException {
    statements.update(
        """
        INSERT INTO turn (id, lane, client_id, state, pos, agent, body, bytes, prompt, seq)
        VALUES (?1, ?2, ?3, ?4,
          (SELECT coalesce(max(pos), 0) + 1 FROM turn WHERE lane = ?2 AND state < 3),
          ?5, ?6, ?7, ?8, ?9)\
        """,
        turn.id().value(),
        lane,
        turn.clientId(),
        TurnStates.code(Turn.State.QUEUED),
        turn.agent(),
        Json.encode(Prompts.without(turn)),
        turn.bytes(),
        turn.text(),
        seq);
  }

  private void changed(Turn turn) throws SQLException {
    statements.update(
        "UPDATE turn SET agent = ?, body = ?, bytes = ?, prompt = coalesce(?, prompt) WHERE id = ?",
        turn.agent(),
        Json.encode(Prompts.without(turn)),
        turn.bytes(),
        Prompts.isWhole(turn) ? turn.text() : null,
        turn.id().value());
  }

  /// The prompt goes when a user item has it.
  private void ended(long at, Fact.TurnEnded ended) throws SQLException {
    statements.update(
        """
        UPDATE turn SET state = ?, ended_at = ?, reason = ?, error = ?, usage = ?,
          prompt = CASE WHEN item IS NULL THEN prompt END
        WHERE id = ?\
        """,
        TurnStates.code(ended.state()),
        at,
        ended.reason(),
        ended.error() == null ? null : Json.encode(ended.error()),
        ended.usage() == null ? null : Json.encode(ended.usage()),
        ended.turn().value());
  }

  /// Remembers which item has the prompt of a turn, if it is the whole one.
  private void linkPrompt(Item item, long no) throws SQLException {
    TurnId turn = item.turn();
    if (item.kind() == Item.Kind.USER && turn != null) {
      statements.update(
          """
          UPDATE turn SET item = ?1
          WHERE id = ?2 AND item IS NULL AND bytes = (SELECT bytes FROM item WHERE no = ?1)\
          """,
          no,
          turn.value());
    }
  }

  private long opened(long lane, Ask ask, String body) throws SQLException {
    statements.update(
        "UPDATE turn SET state = ? WHERE id = ? AND state = ?",
        TurnStates.code(Turn.State.WAITING),
        ask.turn().value(),
        TurnStates.code(Turn.State.RUNNING));
    return ItemRows.required(
        statements.number(
            "INSERT INTO ask (id, lane, turn, state, body) VALUES (?, ?, ?, 0, ?) RETURNING no",
            ask.id().value(),
            lane,
            ask.turn().value(),
            body));
  }

  private long closed(long lane, Draft draft, Fact.AskClosed closed) throws SQLException {
    Ask ask = closed.ask();
    Long no =
        statements.number(
            """
            UPDATE ask SET state = ?, answer = ?, closed_by = ?, client_id = ?, closed_at = ?
            WHERE id = ? AND state = 0 RETURNING no\
            """,
            AskStates.code(ask.state()),
            closed.answer() == null ? null : Json.encode(closed.answer()),
            closed.by(),
            draft.clientId(),
            draft.atMillis(),
            ask.id().value());
    statements.update(
        """
        UPDATE turn SET state = ?1 WHERE id = ?2 AND state = ?3 AND NOT EXISTS
          (SELECT 1 FROM ask WHERE lane = ?4 AND turn = ?2 AND state = 0)\
        """,
        TurnStates.code(Turn.State.RUNNING),
        ask.turn().value(),
        TurnStates.code(Turn.State.WAITING),
        lane);
    return no != null
        ? no
        : orNone(statements.number("SELECT no FROM ask WHERE id = ?", ask.id().value()));
  }

  private static long orNone(@Nullable Long number) {
    return number == null ? 0 : number;
  }

  private void queue(long lane, Queue queue) throws SQLException {
    statements.update(
        "UPDATE lane SET held = ?, held_reason = ? WHERE no = ?",
        queue.held() ? 1 : 0,
        queue.reason(),
        lane);
    int pos = 0;
    for (TurnId turn : queue.turns()) {
      statements.update("UPDATE turn SET pos = ? WHERE id = ? AND state = 0", ++pos, turn.value());
    }
  }
}
