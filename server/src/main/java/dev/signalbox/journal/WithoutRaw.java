package dev.signalbox.journal;

import dev.signalbox.event.Ask;
import dev.signalbox.event.Fact;
import dev.signalbox.event.Item;
import org.jspecify.annotations.Nullable;

/// Facts without the JSON that agents put into them, for when it cannot be written: what happened
/// is worth more than how it looked.
final class WithoutRaw {
  private WithoutRaw() {}

  static Fact of(Fact fact) {
    return switch (fact) {
      case Fact.ItemStarted(Item item) -> new Fact.ItemStarted(of(item));
      case Fact.ItemUpdated(Item item) -> new Fact.ItemUpdated(of(item));
      case Fact.ItemCompleted(Item item) -> new Fact.ItemCompleted(of(item));
      case Fact.AskOpened(Ask ask) -> new Fact.AskOpened(of(ask));
      case Fact.AskClosed(Ask ask, var answer, var by) -> new Fact.AskClosed(of(ask), answer, by);
      case Fact.TurnQueued _,
          Fact.TurnChanged _,
          Fact.TurnWithdrawn _,
          Fact.TurnStarted _,
          Fact.TurnEnded _,
          Fact.ThreadChanged _,
          Fact.LaneChanged _,
          Fact.CommandsChanged _,
          Fact.UsageChanged _,
          Fact.QueueChanged _ ->
          fact;
    };
  }

  private static Item of(Item item) {
    Item plain = item;
    Item.Tool tool = of(item.tool());
    if (tool != null) {
      plain = plain.withTool(tool);
    }
    Item.Notice notice = item.notice();
    return notice == null
        ? plain
        : plain.withNotice(new Item.Notice(notice.code(), notice.level(), notice.detail(), null));
  }

  private static Item.@Nullable Tool of(Item.@Nullable Tool tool) {
    return tool == null
        ? null
        : new Item.Tool(
            tool.name(), tool.kind(), tool.title(), null, tool.paths(), tool.exitCode());
  }

  private static Ask of(Ask ask) {
    return new Ask(
        ask.id(),
        ask.session(),
        ask.lane(),
        ask.turn(),
        ask.item(),
        ask.agent(),
        ask.hash(),
        ask.kind(),
        ask.state(),
        ask.title(),
        of(ask.tool()),
        null,
        ask.diff(),
        ask.options(),
        null,
        ask.at(),
        ask.expires());
  }
}
