package dev.signalbox.journal;

import dev.signalbox.event.Fact;

/// The kinds of facts: `code` is what the column `event.type` holds and never changes its meaning.
enum FactType {
  /// Something that this Signalbox cannot read or write.
  UNKNOWN(0, "unknown"),
  TURN_QUEUED(1, "turn.queued"),
  TURN_CHANGED(2, "turn.changed"),
  TURN_WITHDRAWN(3, "turn.withdrawn"),
  TURN_STARTED(4, "turn.started"),
  TURN_ENDED(5, "turn.ended"),
  ITEM_STARTED(6, "item.started"),
  ITEM_UPDATED(7, "item.updated"),
  ITEM_COMPLETED(8, "item.completed"),
  ASK_OPENED(9, "ask.opened"),
  ASK_CLOSED(10, "ask.closed"),
  THREAD_CHANGED(11, "thread.changed"),
  LANE_CHANGED(12, "lane.changed"),
  COMMANDS_CHANGED(13, "commands.changed"),
  USAGE_CHANGED(14, "usage.changed"),
  QUEUE_CHANGED(15, "queue.changed");

  private static final FactType[] BY_CODE = values();

  private final int code;
  private final String wire;

  FactType(int code, String wire) {
    this.code = code;
    this.wire = wire;
  }

  int code() {
    return code;
  }

  String wire() {
    return wire;
  }

  static FactType of(int code) {
    return code > 0 && code < BY_CODE.length ? BY_CODE[code] : UNKNOWN;
  }

  static FactType of(Fact fact) {
    return switch (fact) {
      case Fact.TurnQueued _ -> TURN_QUEUED;
      case Fact.TurnChanged _ -> TURN_CHANGED;
      case Fact.TurnWithdrawn _ -> TURN_WITHDRAWN;
      case Fact.TurnStarted _ -> TURN_STARTED;
      case Fact.TurnEnded _ -> TURN_ENDED;
      case Fact.ItemStarted _ -> ITEM_STARTED;
      case Fact.ItemUpdated _ -> ITEM_UPDATED;
      case Fact.ItemCompleted _ -> ITEM_COMPLETED;
      case Fact.AskOpened _ -> ASK_OPENED;
      case Fact.AskClosed _ -> ASK_CLOSED;
      case Fact.ThreadChanged _ -> THREAD_CHANGED;
      case Fact.LaneChanged _ -> LANE_CHANGED;
      case Fact.CommandsChanged _ -> COMMANDS_CHANGED;
      case Fact.UsageChanged _ -> USAGE_CHANGED;
      case Fact.QueueChanged _ -> QUEUE_CHANGED;
    };
  }
}
