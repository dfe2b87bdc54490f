package dev.signalbox.journal;

import dev.signalbox.event.Item;
import dev.signalbox.id.ItemId;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Where one client connection is in a lane's journal. Used by one thread (the connection's
/// writer): [#open] once, then [#poll] until it is empty, again after each wake.
public final class Cursor implements AutoCloseable {

  /// What a client gets first.
  public sealed interface Opening {
    /// Of the lane's journal now.
    String epoch();

    /// The lane's last number now.
    long seq();

    /// [#poll] goes on after what the client has.
    record Replay(String epoch, long seq) implements Opening {}

    /// The client must forget what it has, and wanted everything: [#poll] begins at number 1.
    ///
    /// @param frame the `reset` frame as it goes to the client: nothing up to number 0
    record Afresh(String epoch, long seq, String frame) implements Opening {}

    /// The client must forget what it has; [#poll] goes on after `seq`.
    ///
    /// @param items the newest, in order
    /// @param more whether there are older items
    /// @param frame the `reset` frame as it goes to the client
    record Reset(String epoch, long seq, List<Item> items, boolean more, String frame)
        implements Opening {
      public Reset {
        items = List.copyOf(items);
      }
    }
  }

  private static final Logger log = LoggerFactory.getLogger(Cursor.class);
  private static final int MOST_BEHIND = 5_000;
  private static final int FACTS_PER_READ = 1_000;
  private static final int NEWEST_ITEMS = 200;

  private final Lanes lanes;
  private final LiveLane lane;
  private final EventReads events;
  private final ItemReads items;
  private final Runnable wake;
  private final Position position = new Position();
  private final AtomicBoolean woken = new AtomicBoolean();
  private final AtomicBoolean closed = new AtomicBoolean();

  /// @param lane used once, which ends when this is closed
  Cursor(Lanes lanes, LiveLane lane, EventReads events, ItemReads items, Runnable wake) {
    this.lanes = lanes;
    this.lane = lane;
    this.events = events;
    this.items = items;
    this.wake = wake;
  }

  /// Places the cursor. May read the store.
  ///
  /// @param after the last number the client has; null means 0
  /// @param epoch the one it has it from; null means unknown
  /// @param all replay everything, however far behind the client is; what it has of another epoch
  ///   counts as nothing
  public Opening open(@Nullable Long after, @Nullable String epoch, boolean all) {
    Journal.Head head = head();
    long from = after == null ? 0 : Math.max(0, after);
    boolean wrong = from > head.seq() || (epoch != null && !epoch.equals(head.epoch()));
    if (wrong && all) {
      position.at(head.epoch(), 0);
      var nothing = new Journal.ItemPage(head.epoch(), List.of(), 0, false);
      return new Opening.Afresh(head.epoch(), head.seq(), Frames.reset(nothing));
    }
    if (wrong || (!all && head.seq() - from > MOST_BEHIND)) {
      Journal.ItemPage page = items.page(lane.id(), null, NEWEST_ITEMS);
      position.at(page.epoch(), page.seq());
      return new Opening.Reset(
          page.epoch(), page.seq(), page.items(), page.more(), Frames.reset(page));
    }
    position.at(head.epoch(), from);
    return new Opening.Replay(head.epoch(), head.seq());
  }

  private Journal.Head head() {
    Journal.Head head = lane.head();
    if (head == null) {
      head = events.head(lane.id());
      lane.learn(head);
    }
    return head;
  }

  /// The next frames in the order the client must get them; empty when nothing is waiting. Each is
  /// one JSON object. May read the store. A wake that comes from now on is about something newer.
  ///
  /// @param maxBytes about how much at most (a single longer frame is given alone)
  public List<String> poll(int maxBytes) {
    woken.set(false);
    var frames = new ArrayList<String>();
    switch (lane.take(position, maxBytes, frames)) {
      case DONE -> {}
      case BEHIND -> replay(maxBytes, frames);
      case RESET -> reset(frames);
    }
    return frames;
  }

  private void replay(int maxBytes, List<String> frames) {
    Journal.EventPage page =
        events.page(lane.id(), position.seq(), FACTS_PER_READ, Math.max(1, maxBytes));
    // Another epoch is published in a moment, and wakes.
    if (page.epoch().equals(position.epoch())) {
      frames.addAll(page.events());
      position.reached(position.seq() + page.events().size());
    }
  }

  private void reset(List<String> frames) {
    Journal.ItemPage page = items.page(lane.id(), null, NEWEST_ITEMS);
    Journal.Head published = lane.head();
    // The store may be ahead of what was published; then the next reset wakes in a moment.
    if (published != null && published.epoch().equals(page.epoch())) {
      position.at(page.epoch(), page.seq());
      frames.add(Frames.reset(page));
    }
  }

  /// The frame that answers a client's `{"type":"item"}`: the item as it is now. Deltas of an open
  /// item go on where its text in this frame ends.
  ///
  /// @throws dev.signalbox.refusal.Refused (not found) when the lane has no such item
  public String itemFrame(ItemId item) {
    Item stored =
        items
            .one(item)
            .filter(found -> found.lane().equals(lane.id()))
            .orElseThrow(() -> ItemReads.unknown(item));
    return Frames.itemNow(lane.withOpen(open -> now(open.get(item), stored)));
  }

  private Item now(@Nullable OpenItem open, Item stored) {
    if (open == null) {
      return stored;
    }
    Grown grown = open.shown();
    for (Item.Field field : Item.Field.values()) {
      Shown shown = grown.of(field);
      if (shown != null) {
        position.reached(stored.id(), field, shown.length());
      }
    }
    return grown.in(Fields.bare(stored));
  }

  /// Something is new.
  void wake() {
    if (!closed.get() && woken.compareAndSet(false, true)) {
      try {
        wake.run();
      } catch (RuntimeException e) {
        log.error("event=wake_failed lane={}", lane.id(), e);
      }
    }
  }

  /// Ends it: no wake afterwards. Idempotent, from any thread.
  @Override
  public void close() {
    if (closed.compareAndSet(false, true)) {
      lane.unwatch(this);
      lanes.release(lane.id(), 1);
    }
  }
}
