package dev.signalbox.journal;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.signalbox.event.Item;
import dev.signalbox.id.ItemId;
import dev.signalbox.id.LaneId;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// What is held in memory of a lane in which something is going on: what was published, its open
/// items, and who watches. A lane without any of that is not here, see [Lanes].
final class LiveLane {
  /// So much of one field may wait for a disk that takes nothing; then its writer waits, too.
  private static final long MOST_UNSAVED = 4 << 20;

  private static final long MOST_WAIT_NANOS = TimeUnit.SECONDS.toNanos(5);

  /// How a client goes on.
  enum Next {
    /// It has everything for now, or as much as it wanted.
    DONE,
    /// What it needs next is in the store only.
    BEHIND,
    /// Its epoch is over.
    RESET
  }

  private final LaneId id;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition room = lock.newCondition();
  private final CopyOnWriteArrayList<Cursor> cursors = new CopyOnWriteArrayList<>();

  @GuardedBy("lock")
  private final OpenItems open = new OpenItems();

  @GuardedBy("lock")
  private final Ring ring = new Ring();

  /// Null until it was read or written.
  @GuardedBy("lock")
  private @Nullable String epoch;

  /// Number of the last fact that was published.
  @GuardedBy("lock")
  private long seq;

  /// The lane is gone for good.
  @GuardedBy("lock")
  private boolean removed;

  LiveLane(LaneId id) {
    this.id = id;
  }

  LaneId id() {
    return id;
  }

  void watch(Cursor cursor) {
    cursors.add(cursor);
  }

  void unwatch(Cursor cursor) {
    cursors.remove(cursor);
  }

  private void wake() {
    for (Cursor cursor : cursors) {
      cursor.wake();
    }
  }

  /// Null when it is not known yet.
  Journal.@Nullable Head head() {
    lock.lock();
    try {
      return epoch == null ? null : new Journal.Head(epoch, seq);
    } finally {
      lock.unlock();
    }
  }

  /// What the store says, unless something newer was published.
  void learn(Journal.Head head) {
    lock.lock();
    try {
      if (epoch == null) {
        epoch = head.epoch();
        seq = Math.max(seq, head.seq());
      }
    } finally {
      lock.unlock();
    }
  }

  /// Shows facts that were committed.
  ///
  /// @return how many items are not open any more
  int publish(String inEpoch, List<Draft> drafts) {
    lock.lock();
    try {
      epoch = inEpoch;
      if (cursors.isEmpty()) {
        ring.clear();
      } else {
        drafts.forEach(draft -> ring.add(draft.seq(), draft.frame()));
      }
      seq = drafts.getLast().seq();
      return open.stored(drafts);
    } finally {
      room.signalAll();
      lock.unlock();
      wake();
    }
  }

  /// Facts were not stored.
  ///
  /// @return how many items are not open any more
  int undo(List<Draft> drafts) {
    lock.lock();
    try {
      return open.undone(drafts);
    } finally {
      room.signalAll();
      lock.unlock();
    }
  }

  /// Begins anew, or ends for good.
  ///
  /// @return how many items are not open any more
  int reset(String newEpoch, boolean forGood) {
    lock.lock();
    try {
      epoch = newEpoch;
      seq = 0;
      removed = forGood;
      ring.clear();
      return open.clear();
    } finally {
      room.signalAll();
      lock.unlock();
      wake();
    }
  }

  /// Does something to the open items, or looks at them; memory only.
  <T extends @Nullable Object> T withOpen(Function<OpenItems, T> work) {
    lock.lock();
    try {
      return work.apply(open);
    } finally {
      lock.unlock();
    }
  }

  /// @return the item when the saver has to learn of it
  @Nullable OpenItem grow(ItemId item, Item.Field field, String text) {
    lock.lock();
    try {
      OpenItem there = growableLocked(item, field);
      if (there == null || !there.append(field, text)) {
        return null;
      }
      boolean known = there.isDirty();
      there.dirty(true);
      return known ? null : there;
    } finally {
      lock.unlock();
      wake();
    }
  }

  /// The open item once there is room for more of its text. After some seconds there is, whatever
  /// the disk does: too slow is better than stuck or lost.
  @GuardedBy("lock")
  private @Nullable OpenItem growableLocked(ItemId item, Item.Field field) {
    long left = MOST_WAIT_NANOS;
    while (true) {
      OpenItem there = open.get(item);
      if (there == null || there.isCompleting()) {
        return null;
      }
      GrowingText text = there.field(field);
      if (text == null || text.unsaved() < MOST_UNSAVED || left <= 0) {
        return there;
      }
      try {
        left = room.awaitNanos(left);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        left = 0;
      }
    }
  }

  /// What of an item is to be stored now; null when that cannot be said just now, because its start
  /// or its end is on its way into the store.
  @Nullable List<OpenItem.Unsaved> unsaved(OpenItem item) {
    lock.lock();
    try {
      if (!item.equals(open.get(item.id()))) {
        return List.of(); // it was completed, and its text stored with it
      }
      if (item.no() == 0 || item.isCompleting()) {
        return null;
      }
      item.dirty(false);
      return item.unsaved();
    } finally {
      lock.unlock();
    }
  }

  void saved(OpenItem item, List<OpenItem.Unsaved> stored) {
    lock.lock();
    try {
      item.saved(stored);
      room.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /// The next frames for a client: facts that are here, and when it has all of them, the text that
  /// has grown.
  Next take(Position position, int most, List<String> out) {
    lock.lock();
    try {
      if (removed || epoch == null) {
        return Next.DONE;
      }
      if (!epoch.equals(position.epoch())) {
        return Next.RESET;
      }
      if (position.seq() < seq) {
        if (position.seq() + 1 < ring.first() || ring.isEmpty()) {
          return Next.BEHIND;
        }
        position.reached(ring.copyAfter(position.seq(), most, out));
      }
      // Ahead of what was published, it may have ends of items that are still open here.
      if (position.seq() == seq) {
        new Deltas(position, most, out).add(open);
      }
      return Next.DONE;
    } finally {
      lock.unlock();
    }
  }
}
