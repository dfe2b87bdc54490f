package dev.signalbox.session;

import dev.signalbox.event.Fact;
import dev.signalbox.event.Item;
import dev.signalbox.id.ItemId;
import dev.signalbox.id.LaneId;
import dev.signalbox.journal.Journal;
import dev.signalbox.store.Database;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// A lane's way into the journal. At most one append is under way; what comes meanwhile is kept in
/// order and goes together, so a lane never waits for the disk and its facts are never reordered.
///
/// What a person asked for may fail ([#request]): they are told, and nothing has happened. What
/// already happened ([#record]) is tried again until the disk has room, and so is the text that
/// grew in items whose start is tried again. All methods run on the lane's thread.
final class LaneJournal {
  /// Above this many letters not yet stored the lane takes in nothing more from its agent.
  private static final int FULL = 2_000;

  private static final int MOST_AT_ONCE = 256;

  private sealed interface Letter {}

  private record Facts(
      List<Journal.Entry> entries,
      Database.@Nullable Write also,
      boolean insist,
      Consumer<List<Journal.Stored>> stored,
      Consumer<RuntimeException> failed)
      implements Letter {}

  private record Growth(ItemId item, Item.Field field, String text) implements Letter {}

  private final LaneId lane;
  private final Journal journal;
  private final Journal.Outcome outcome;
  private final Runnable retryLater;
  private final Deque<Letter> waiting = new ArrayDeque<>();
  private final List<Facts> underWay = new ArrayList<>();
  private final Set<ItemId> beginning = new HashSet<>();
  private final List<Growth> grownMeanwhile = new ArrayList<>();
  private boolean stalled;

  /// @param outcome told by the journal how an append ended; must come back as [#stored] or
  ///   [#failed]
  /// @param retryLater must come back as [#retry] after a short while
  LaneJournal(LaneId lane, Journal journal, Journal.Outcome outcome, Runnable retryLater) {
    this.lane = lane;
    this.journal = journal;
    this.outcome = outcome;
    this.retryLater = retryLater;
  }

  boolean full() {
    return waiting.size() >= FULL || grownMeanwhile.size() >= 10 * FULL;
  }

  boolean idle() {
    return waiting.isEmpty() && underWay.isEmpty();
  }

  Journal.Entry entry(@Nullable String clientId, Fact fact) {
    return new Journal.Entry(lane, clientId, fact);
  }

  void record(Fact fact) {
    record(List.of(entry(null, fact)), stored -> {});
  }

  /// Facts that have happened already.
  void record(List<Journal.Entry> entries, Consumer<List<Journal.Stored>> stored) {
    add(new Facts(List.copyOf(entries), null, true, stored, cause -> {}));
  }

  /// Facts that someone waits to make; exactly one of the two is called.
  void request(
      List<Journal.Entry> entries,
      Database.@Nullable Write also,
      Consumer<List<Journal.Stored>> stored,
      Consumer<RuntimeException> failed) {
    add(new Facts(List.copyOf(entries), also, false, stored, failed));
  }

  /// More text of an item that was started.
  void grow(ItemId item, Item.Field field, String text) {
    var growth = new Growth(item, field, text);
    if (waiting.isEmpty()) {
      grow(growth);
    } else {
      waiting.add(growth);
    }
  }

  private void grow(Growth growth) {
    if (beginning.contains(growth.item)) {
      grownMeanwhile.add(growth);
    }
    journal.grow(lane, growth.item, growth.field, growth.text);
  }

  /// The append under way was stored.
  void stored(List<Journal.Stored> facts) {
    var units = List.copyOf(underWay);
    landed();
    int from = 0;
    for (var unit : units) {
      int to = from + unit.entries.size();
      unit.stored.accept(facts.subList(from, to));
      from = to;
    }
    send();
  }

  /// The append under way was not stored.
  void failed(RuntimeException cause) {
    var units = List.copyOf(underWay);
    var again = new ArrayList<Letter>(units);
    again.addAll(grownMeanwhile);
    landed();
    if (units.getFirst().insist) {
      again.reversed().forEach(waiting::addFirst);
      stalled = true;
      retryLater.run();
    } else {
      units.getFirst().failed.accept(cause);
      send();
    }
  }

  void retry() {
    stalled = false;
    send();
  }

  private void landed() {
    underWay.clear();
    beginning.clear();
    grownMeanwhile.clear();
  }

  private void add(Facts facts) {
    waiting.add(facts);
    send();
  }

  private void send() {
    if (stalled || !underWay.isEmpty() || waiting.isEmpty()) {
      return;
    }
    flushGrowth(); // of items that were started with an earlier append
    if (waiting.isEmpty()) {
      return;
    }
    var entries = new ArrayList<Journal.Entry>();
    while (waiting.peekFirst() instanceof Facts next && mayJoin(next, entries.size())) {
      waiting.removeFirst();
      underWay.add(next);
      entries.addAll(next.entries);
    }
    for (var entry : entries) {
      if (entry.fact() instanceof Fact.ItemStarted(Item item)) {
        beginning.add(item.id());
      }
    }
    journal.append(entries, underWay.getFirst().also, outcome);
    flushGrowth();
  }

  private void flushGrowth() {
    while (waiting.peekFirst() instanceof Growth growth) {
      waiting.removeFirst();
      grow(growth);
    }
  }

  private boolean mayJoin(Facts next, int entries) {
    // A request stands alone, because its failure must be its own.
    return underWay.isEmpty()
        || (next.insist && underWay.getLast().insist && entries < MOST_AT_ONCE);
  }
}
