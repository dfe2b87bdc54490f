package dev.signalbox.journal;

import dev.signalbox.event.Answer;
import dev.signalbox.event.Ask;
import dev.signalbox.event.Fact;
import dev.signalbox.event.Item;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Encodes facts, each once: for the event row, for the row it is about, and for the wire.
final class Drafting {
  private static final Logger log = LoggerFactory.getLogger(Drafting.class);

  /// What is stored of `ask.closed`; the ask itself is in its row.
  private record Closing(@Nullable Answer answer, String by) {}

  private Drafting() {}

  /// @param completion of `item.completed`, without the item's JSON; null for all others
  static Draft draft(Journal.Entry entry, OpenItems.@Nullable Ended completion) {
    FactType type = FactType.of(entry.fact());
    try {
      return encoded(entry, type, completion);
    } catch (RuntimeException e) {
      log.error("event=fact_not_encoded lane={} type={}", entry.lane(), type.wire(), e);
      return plainer(entry, type, completion);
    }
  }

  /// Without what agents put into it, or, should that not help, as a mark that something was here.
  private static Draft plainer(
      Journal.Entry entry, FactType type, OpenItems.@Nullable Ended completion) {
    try {
      Fact fact = WithoutRaw.of(entry.fact());
      return encoded(new Journal.Entry(entry.lane(), entry.clientId(), fact), type, completion);
    } catch (RuntimeException e) {
      log.error("event=fact_lost lane={} type={}", entry.lane(), type.wire(), e);
      String fields = Frames.unknown(type.wire());
      return new Draft(
          entry.lane(), entry.clientId(), FactType.UNKNOWN, null, null, fields, fields);
    }
  }

  private static Draft encoded(
      Journal.Entry entry, FactType type, OpenItems.@Nullable Ended completion) {
    return switch (entry.fact()) {
      case Fact.TurnQueued(var turn) ->
          plain(entry, type, new Fact.TurnQueued(Prompts.shortened(turn)));
      case Fact.TurnChanged(var turn) ->
          plain(entry, type, new Fact.TurnChanged(Prompts.shortened(turn)));
      case Fact.ItemStarted(var item) ->
          withRow(entry, type, new Fact.ItemStarted(Fields.bare(item)), "item");
      case Fact.ItemUpdated(var item) ->
          withRow(entry, type, new Fact.ItemUpdated(Fields.bare(item)), "item");
      case Fact.ItemCompleted(var item) -> completed(entry, type, item, completion);
      case Fact.AskOpened(Ask ask) -> {
        String row = Json.encode(ask);
        yield new Draft(
            entry.lane(), entry.clientId(), type, entry.fact(), row, null, Frames.ask(row));
      }
      case Fact.AskClosed closed ->
          new Draft(
              entry.lane(),
              entry.clientId(),
              type,
              closed,
              null,
              Json.encode(new Closing(closed.answer(), closed.by())),
              Json.fields(closed, type));
      case Fact.TurnWithdrawn fact -> plain(entry, type, fact);
      case Fact.TurnStarted fact -> plain(entry, type, fact);
      case Fact.TurnEnded fact -> plain(entry, type, fact);
      case Fact.ThreadChanged fact -> plain(entry, type, fact);
      case Fact.LaneChanged fact -> plain(entry, type, fact);
      case Fact.CommandsChanged fact -> plain(entry, type, fact);
      case Fact.UsageChanged fact -> plain(entry, type, fact);
      case Fact.QueueChanged fact -> plain(entry, type, fact);
    };
  }

  /// @param shown the fact as clients see it; the rows are made from the entry's own
  private static Draft plain(Journal.Entry entry, FactType type, Fact shown) {
    String fields = Json.fields(shown, type);
    return new Draft(entry.lane(), entry.clientId(), type, entry.fact(), null, fields, fields);
  }

  /// @param name of the one field, which is the row
  private static Draft withRow(Journal.Entry entry, FactType type, Fact shown, String name) {
    String fields = Json.fields(shown, type);
    String row = fields.substring(name.length() + 4, fields.length() - 1);
    return new Draft(entry.lane(), entry.clientId(), type, entry.fact(), row, fields, fields);
  }

  private static Draft completed(
      Journal.Entry entry, FactType type, Item item, OpenItems.@Nullable Ended ended) {
    if (ended == null) {
      throw new IllegalStateException("the end of an item's text is missing");
    }
    String row = Json.encode(Fields.bare(item));
    Grown grown = ended.grown();
    String fields = Frames.item(grown == null ? row : grown.in(row));
    return new Draft(entry.lane(), entry.clientId(), type, entry.fact(), row, null, fields)
        .completing(new Draft.Completion(row, ended.endings(), grown));
  }
}
