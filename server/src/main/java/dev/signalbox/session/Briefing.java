package dev.signalbox.session;

import dev.signalbox.agent.Prompt;
import dev.signalbox.id.LaneId;
import dev.signalbox.id.TurnId;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Puts what an agent has missed before the prompt it gets, and notes in the run whether it did. A
/// prompt that begins with a slash is a command and goes as it is: the account waits for the next
/// one. For one turn, on its own thread.
///
/// @param run learns whether the agent was told all
record Briefing(HandOver handOver, LaneId lane, TurnRun run) {

  /// @param origin `new` when the agent's conversation has just begun
  Prompt prompt(TurnRunner.Start start, List<Prompt.Image> images, String origin) {
    boolean anew = origin.equals("new");
    var text = anew ? whole(start.text()) : told(start);
    return new Prompt(text, images, () -> whole(start.text()));
  }

  private String told(TurnRunner.Start start) {
    var knowledge = start.knowledge();
    return knowledge.all() ? informed(start.text(), "") : with(knowledge.seen(), start.text());
  }

  /// As an agent needs it that knows nothing of the lane.
  private String whole(String text) {
    var told = with(null, text);
    run.handedOver = told.length() != text.length();
    return told;
  }

  private String with(@Nullable TurnId seen, String text) {
    return informed(text, handOver.account(lane, seen, run.turn));
  }

  private String informed(String text, String account) {
    boolean waits = text.startsWith("/") && !account.isEmpty();
    run.informed = !waits;
    return waits ? text : account + text;
  }
}
