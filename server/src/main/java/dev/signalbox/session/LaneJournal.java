package dev.signalbox.session;

import dev.signalbox.event.Fact;
import dev.signalbox.event.Item;
import dev.signalbox.id.ItemId;
import dev.signalbox.id.LaneId;
import dev.signalbox.journal.Entry;
import dev.signalbox.journal.Journal;
import dev.signalbox.journal.Outcome;
import dev.signalbox.journal.Stored;
import dev.signalbox.store.Write;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// A lane's way into the journal. At most one append is under way; what comes meanwhile is kept in
/// order and goes together, so a lane never waits for the disk and its facts are never reordered.
///
/// What a person asked for may fail ([#request]): they are told, and nothing has happened. What
/// already happened ([#record]) is tried again until the disk has room. All methods run on the lane's
/// thread.
final class LaneJournal {
  /// Above this many facts not yet stored the lane takes in nothing more from its agent.
  private static final int FULL = 2_000;

  private record Unit(
      List<Entry> entries,
      @Nullable Write also,
      boolean insist,
      Consumer<List<Stored>> stored,
      Consumer<RuntimeException> failed) {}

  private final LaneId lane;
  private final Journal journal;
  private final Outcome outcome;
  private final Runnable retryLater;
  private final Deque<Unit> waiting = new ArrayDeque<>();
  private final List<Unit> underWay = new ArrayList<>();
  private int size;

  /// @param outcome told by the journal how an append ended; must come back as [#stored] or [#failed]
  /// @param retryLater must come back as [#retry] after a short while
  LaneJournal(LaneId lane, Journal journal, Outcome outcome, Runnable retryLater) {
    this.lane = lane;
    this.journal = journal;
    this.outcome = outcome;
    this.retryLater = retryLater;
  }

  boolean full() {
    return size >= FULL;
  }

  boolean idle() {
    return waiting.isEmpty() && underWay.isEmpty();
  }

  Entry entry(@Nullable String clientId, Fact fact) {
    return new Entry(lane, clientId, fact);
  }

  void record(Fact fact) {
    record(List.of(entry(null, fact)), null, stored -> {});
  }

  /// Facts that have happened already.
  void record(List<Entry> entries, @Nullable Write also, Consumer<List<Stored>> stored) {
    add(new Unit(entries, also, true, stored, cause -> {}));
  }

  /// Facts that someone waits to make; exactly one of the two is called.
  void request(
      List<Entry> entries,
      @Nullable Write also,
      Consumer<List<Stored>> stored,
      Consumer<RuntimeException> failed) {
    add(new Unit(entries, also, false, stored, failed));
  }

  void grow(ItemId item, Item.Field field, String text) {
    journal.grow(lane, item, field, text);
  }

  /// The append under way was stored.
  void stored(List<Stored> facts) {
    var units = List.copyOf(underWay);
    underWay.clear();
    int from = 0;
    for (var unit : units) {
      size -= unit.entries.size();
      int to = from + unit.entries.size();
      unit.stored.accept(facts.subList(from, to));
      from = to;
    }
    send();
  }

  /// The append under way was not stored.
  void failed(RuntimeException cause) {
    var units = List.copyOf(underWay);
    underWay.clear();
    if (units.getFirst().insist) {
      for (var unit : units.reversed()) {
        waiting.addFirst(unit);
      }
      retryLater.run();
    } else {
      var unit = units.getFirst();
      size -= unit.entries.size();
      unit.failed.accept(cause);
      send();
    }
  }

  void retry() {
    send();
  }

  private void add(Unit unit) {
    size += unit.entries.size();
    waiting.add(unit);
    send();
  }

  private void send() {
    if (!underWay.isEmpty() || waiting.isEmpty()) {
      return;
    }
    var entries = new ArrayList<Entry>();
    var also = new ArrayList<Write>();
    do {
      var unit = waiting.removeFirst();
      underWay.add(unit);
      entries.addAll(unit.entries);
      if (unit.also != null) {
        also.add(unit.also);
      }
    } while (mayJoin(waiting.peekFirst(), entries.size()));
    journal.append(entries, also.isEmpty() ? null : allOf(also), outcome);
  }

  private boolean mayJoin(@Nullable Unit next, int entries) {
    // A request stands alone, because its failure must be its own.
    return next != null && next.insist && underWay.getLast().insist && entries < 256;
  }

  private static Write allOf(List<Write> writes) {
    return handle -> {
      for (var write : writes) {
        write.run(handle);
      }
    };
  }
}
