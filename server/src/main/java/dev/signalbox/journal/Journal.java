package dev.signalbox.journal;

import dev.signalbox.event.AgentCommands;
import dev.signalbox.event.Answer;
import dev.signalbox.event.Ask;
import dev.signalbox.event.Fact;
import dev.signalbox.event.Item;
import dev.signalbox.event.Turn;
import dev.signalbox.id.AskId;
import dev.signalbox.id.Ids;
import dev.signalbox.id.ItemId;
import dev.signalbox.id.LaneId;
import dev.signalbox.id.TurnId;
import dev.signalbox.store.Database;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/// The journals of all lanes. Any thread may call. A lane exists for the journal when its row is in
/// the table `lane` (`epoch` from [#freshEpoch], `seq` 0); whoever makes the lane inserts the row.
/// A lane that is not there is refused (not found, `lane_unknown`).
public final class Journal implements AutoCloseable {

  /// A fact to store.
  ///
  /// @param clientId of the command that caused it
  public record Entry(LaneId lane, @Nullable String clientId, Fact fact) {}

  /// A fact that was stored.
  public record Stored(LaneId lane, long seq, Instant at) {}

  /// Told once how an append ended, on the journal's publisher thread; must not block.
  public interface Outcome {
    /// All are durable and visible to cursors; one for each entry, in the order of the entries.
    void stored(List<Stored> facts);

    /// None was stored.
    ///
    /// @param cause a `Refused` (unavailable) when the disk does not take it
    void failed(RuntimeException cause);
  }

  /// A prompt that is stored.
  ///
  /// @param turn as it is now; `text` is cut to its head when long
  /// @param seq of its `turn.queued`
  public record Sent(Turn turn, long seq) {}

  /// @param seq of the last fact, 0 when there is none
  public record Head(String epoch, long seq) {}

  /// @param events encoded, as on the wire
  /// @param seq of the lane's last fact
  /// @param more whether there are facts after the last of `events`
  public record EventPage(String epoch, List<String> events, long seq, boolean more) {
    public EventPage {
      events = List.copyOf(events);
    }
  }

  /// @param seq the number the page is true for
  /// @param more whether there are older items
  public record ItemPage(String epoch, List<Item> items, long seq, boolean more) {
    public ItemPage {
      items = List.copyOf(items);
    }
  }

  /// @param from where `text` begins, in UTF-16 units
  /// @param total length of the whole field in UTF-16 units (so far, for an open item)
  public record FieldSlice(String text, long from, long total) {
    /// Without halves of characters at its ends.
    FieldSlice whole() {
      int end = text.length();
      boolean halfEnd =
          end > 0 && from + end < total && Character.isHighSurrogate(text.charAt(end - 1));
      boolean halfBegin = from > 0 && end > 0 && Character.isLowSurrogate(text.charAt(0));
      int begin = halfBegin ? 1 : 0;
      return new FieldSlice(text.substring(begin, halfEnd ? end - 1 : end), from + begin, total);
    }
  }

  /// @param ask with its final state
  /// @param by see [Fact.AskClosed]
  /// @param clientId of the command that answered it
  public record AskClosure(
      Ask ask, @Nullable Answer answer, String by, @Nullable String clientId, Instant at) {}

  /// What a crash left in a lane.
  ///
  /// @param queued in queue order, `text` exact
  /// @param running started and not ended
  /// @param openItems in order, with their text so far
  /// @param held whether the queue was held, and why
  public record Unfinished(
      List<Turn> queued,
      List<Turn> running,
      List<Item> openItems,
      List<Ask> openAsks,
      boolean held,
      @Nullable String heldReason) {
    public Unfinished {
      queued = List.copyOf(queued);
      running = List.copyOf(running);
      openItems = List.copyOf(openItems);
      openAsks = List.copyOf(openAsks);
    }
  }

  private static final int MOST_EVENTS = 5_000;
  private static final long MOST_EVENT_BYTES = 4 << 20;
  private static final int MOST_ITEMS = 200;
  private static final int MOST_SLICE = 1 << 20;

  private final Database db;
  private final Ids ids;
  private final Lanes lanes = new Lanes();
  private final Append.House house;
  private final Saver saver;
  private final EventReads events;
  private final ItemReads items;
  private final TurnReads turns;
  private final AskReads asks;
  private final AtomicBoolean closed = new AtomicBoolean();

  private Journal(Database db, InstantSource clock) {
    var statements = new Statements();
    this.db = db;
    this.ids = new Ids(clock);
    this.saver = new Saver(db, statements);
    this.house = new Append.House(lanes, statements, saver, clock);
    this.events = new EventReads(db);
    this.items = new ItemReads(db, lanes);
    this.turns = new TurnReads(db);
    this.asks = new AskReads(db);
  }

  /// The journals in a runtime database.
  public static Journal open(Database db, InstantSource clock) {
    var journal = new Journal(db, clock);
    journal.saver.start();
    return journal;
  }

  /// An epoch for a new lane's row.
  public String freshEpoch() {
    return ids.next("e_");
  }

  /// Stores facts of one or several lanes, all or nothing, and brings turns, items and asks up to
  /// date. Never waits for the disk; blocks only while the writer's queue is full.
  ///
  /// The text of an item: what [#grow] brought. When `item.completed` carries `text`, `output` or
  /// `diff`, that value is the authority and replaces what had grown; null leaves it. A prompt is
  /// taken from `turn.queued`, and from `turn.changed` when `bytes` is the length of its `text`, so
  /// that a turn with shortened text may be passed when it is only moved.
  ///
  /// @param also further SQL in the same transaction, run first
  public void append(List<Entry> entries, Database.@Nullable Write also, Outcome done) {
    var append = new Append(house, entries, also, done);
    try {
      db.write(append, append);
    } catch (RuntimeException e) {
      append.undo();
      throw e;
    }
  }

  /// Adds text to an open item whose `item.started` was appended before: at once for cursors,
  /// within 250 ms for the store. Ignored for an item that is not open. Blocks only while the disk
  /// takes nothing and very much (4 MB) of this field is waiting for it, and then at most for 5 s.
  public void grow(LaneId lane, ItemId item, Item.Field field, String text) {
    LiveLane live = text.isEmpty() ? null : lanes.find(lane);
    if (live != null) {
      saver.add(live, live.grow(item, field, text));
    }
  }

  public Head head(LaneId lane) {
    LiveLane live = lanes.find(lane);
    Head head = live == null ? null : live.head();
    return head != null ? head : events.head(lane);
  }

  /// Clears the lane's history under a new epoch, which is returned, then runs `also` in the same
  /// transaction; cursors deliver a `reset`. Waits for the commit.
  public String reset(LaneId lane, Database.@Nullable Write also) {
    String epoch = freshEpoch();
    new Clearing(house, lane, epoch, false, also).in(db);
    return epoch;
  }

  /// Deletes the lane's history for good, then runs `also`, which may delete the lane's row. Waits
  /// for the commit.
  public void remove(LaneId lane, Database.@Nullable Write also) {
    new Clearing(house, lane, freshEpoch(), true, also).in(db);
  }

  /// Facts after `after`, oldest first, at most `limit` (1 to 5,000) and about 4 MB.
  public EventPage events(LaneId lane, long after, int limit) {
    return events.page(lane, after, Math.clamp(limit, 1, MOST_EVENTS), MOST_EVENT_BYTES);
  }

  /// The slash commands that each agent announced last, in whatever lane.
  public List<AgentCommands> commands() {
    return events.commands();
  }

  /// The slash commands that each agent of the lane announced last.
  ///
  /// @throws dev.signalbox.refusal.Refused (not found) when there is no such lane
  public List<AgentCommands> commands(LaneId lane) {
    return events.commands(lane);
  }

  /// The newest items older than `before` (null: the newest of all), in order, at most `limit` (1
  /// to 200) and 1 MB (but at least one).
  ///
  /// @throws dev.signalbox.refusal.Refused (not found) when the lane has no item `before`
  public ItemPage items(LaneId lane, @Nullable ItemId before, int limit) {
    return items.page(lane, before, Math.clamp(limit, 1, MOST_ITEMS));
  }

  public Optional<Item> item(ItemId item) {
    return items.one(item);
  }

  /// A part of a growing field of an open or completed item, whole characters only.
  ///
  /// @param from in UTF-16 units
  /// @param len at most this many units, and at most 1 M
  /// @throws dev.signalbox.refusal.Refused (not found) when there is no such item
  public FieldSlice field(ItemId item, Item.Field field, long from, int len) {
    long begin = Math.max(0, from);
    // Two at least, so that whoever asks for one half of a pair gets on.
    return items.field(item, field, begin, begin + Math.clamp(len, 2, MOST_SLICE)).whole();
  }

  /// `text` is cut to its head when long.
  public Optional<Turn> turn(TurnId turn) {
    return turns.one(turn);
  }

  /// The turn that a prompt of this sender's name became, whenever it was sent.
  public Optional<Sent> turnByClientId(LaneId lane, String clientId) {
    return turns.byClientId(lane, clientId);
  }

  /// Newest first, older than `before` when not null, at most `limit` (1 to 200); `text` is cut.
  public List<Turn> turns(LaneId lane, @Nullable TurnId before, int limit) {
    return turns.newest(lane, before, Math.clamp(limit, 1, MOST_ITEMS));
  }

  /// The prompt exactly as it was given.
  ///
  /// @throws dev.signalbox.refusal.Refused (not found) when there is no such turn
  public String prompt(TurnId turn) {
    return turns.prompt(turn);
  }

  public Optional<Ask> ask(AskId ask) {
    return asks.one(ask);
  }

  /// How an ask was closed; empty while it is open or when there is none.
  public Optional<AskClosure> closure(AskId ask) {
    return asks.closure(ask);
  }

  /// Oldest first; of all lanes when `lane` is null.
  public List<Ask> openAsks(@Nullable LaneId lane) {
    return asks.open(lane);
  }

  /// Lanes for which [#unfinished] is not empty: what to look at after a start.
  public List<LaneId> unfinishedLanes() {
    return db.read(Unfinishing::lanes);
  }

  /// What was going on in a lane when the last server ended.
  public Unfinished unfinished(LaneId lane) {
    return db.read(handle -> Unfinishing.of(handle, LaneRow.of(handle, lane)));
  }

  /// A new cursor on a lane.
  ///
  /// @param wake called from any thread when there is something new and none is pending; cheap
  public Cursor follow(LaneId lane, Runnable wake) {
    LiveLane live = lanes.use(lane);
    try {
      live.learn(events.head(lane));
    } catch (RuntimeException e) {
      lanes.release(lane, 1);
      throw e;
    }
    var cursor = new Cursor(lanes, live, events, items, wake);
    live.watch(cursor);
    return cursor;
  }

  /// How many lanes are held in memory.
  int lanesInMemory() {
    return lanes.size();
  }

  /// Stores the text that is still waiting, then ends; the database stays open. Idempotent.
  @Override
  public void close() {
    if (closed.compareAndSet(false, true)) {
      try {
        saver.close();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
