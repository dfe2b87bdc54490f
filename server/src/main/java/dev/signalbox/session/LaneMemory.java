package dev.signalbox.session;

import dev.signalbox.event.Ask;
import dev.signalbox.event.Fact;
import dev.signalbox.event.Item;
import dev.signalbox.event.Turn;
import dev.signalbox.id.LaneId;
import dev.signalbox.journal.Journal;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What a lane finds of its past when it is taken up: queued turns to go on with, and whatever a
/// dead server left open, to be settled as interrupted.
record LaneMemory(
    List<ThreadRows.Stored> threads, Journal.Unfinished unfinished, LaneGlance.Chosen chosen) {

  static LaneMemory recall(Surroundings around, Catalogue.LaneEntry entry) {
    LaneId lane = entry.row().id();
    var threads = around.database().read(handle -> ThreadRows.load(handle, lane));
    return new LaneMemory(threads, around.journal().unfinished(lane), entry.chosen());
  }

  /// In the order they will run, with their exact texts.
  List<Turn> queued() {
    return unfinished.queued();
  }

  /// Nothing starts by itself after a restart.
  @Nullable String heldReason() {
    return unfinished.queued().isEmpty() ? null : "restart";
  }

  /// Ends what was running, in the order every end has: asks, items, the turn.
  void settle(LaneJournal journal, InstantSource clock) {
    var facts = new ArrayList<Fact>();
    Instant now = clock.instant();
    for (var ask : unfinished.openAsks()) {
      facts.add(new Fact.AskClosed(ask.withState(Ask.State.WITHDRAWN), null, "restart"));
    }
    for (var item : unfinished.openItems()) {
      facts.add(
          new Fact.ItemCompleted(
              // The journal has what they grew to.
              item.withGrown(null, null, null, null, null, null)
                  .withStatus(Item.Status.CANCELLED, now)));
    }
    for (var turn : unfinished.running()) {
      facts.add(
          new Fact.TurnEnded(turn.id(), Turn.State.INTERRUPTED, "restart", null, turn.usage()));
    }
    if (!facts.isEmpty()) {
      facts.forEach(journal::record);
    }
  }
}
