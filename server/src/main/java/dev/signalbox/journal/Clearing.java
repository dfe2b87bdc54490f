package dev.signalbox.journal;

import dev.signalbox.id.LaneId;
import dev.signalbox.refusal.Refused;
import dev.signalbox.store.Database;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/// The end of a lane's history: it begins anew, or is removed for good. Between the appends before
/// and after it, in their order, in the store and for cursors.
final class Clearing implements Database.Write, Database.Outcome {
  private final Append.House house;
  private final LaneId lane;
  private final String epoch;
  private final boolean forGood;
  private final Database.@Nullable Write also;
  private final CountDownLatch ended = new CountDownLatch(1);
  private volatile @Nullable Exception failure;

  Clearing(
      Append.House house,
      LaneId lane,
      String epoch,
      boolean forGood,
      Database.@Nullable Write also) {
    this.house = house;
    this.lane = lane;
    this.epoch = epoch;
    this.forGood = forGood;
    this.also = also;
  }

  /// Waits for the commit.
  void in(Database db) {
    db.write(this, this);
    try {
      ended.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw Refused.unavailable("closing", "Interrupted while waiting for the database");
    }
    Exception cause = failure;
    if (cause != null) {
      throw cause instanceof RuntimeException e ? e : new IllegalStateException(cause);
    }
  }

  @Override
  public void run(Handle handle) throws Exception {
    long no = LaneRow.of(handle, lane).no();
    List<Long> withPieces =
        handle
            .createQuery("SELECT no FROM item WHERE lane = ? AND (open = 1 OR long <> 0)")
            .bind(0, no)
            .mapTo(Long.class)
            .list();
    for (long item : withPieces) {
      handle.execute(
          "DELETE FROM item_chunk WHERE key >= ? AND key < ?", item << 33, (item + 1) << 33);
    }
    handle.execute("DELETE FROM event WHERE key >= ? AND key < ?", no << 40, (no + 1) << 40);
    handle.execute("DELETE FROM item WHERE lane = ?", no);
    handle.execute("DELETE FROM turn WHERE lane = ?", no);
    handle.execute("DELETE FROM ask WHERE lane = ?", no);
    handle.execute(
        "UPDATE lane SET epoch = ?, seq = 0, held = 0, held_reason = NULL WHERE no = ?", epoch, no);
    if (also != null) {
      also.run(handle);
    }
  }

  @Override
  public void committed() {
    LiveLane live = house.lanes().find(lane);
    if (live != null) {
      house.lanes().release(lane, live.reset(epoch, forGood));
    }
    ended.countDown();
  }

  @Override
  public void failed(Exception cause) {
    failure = cause;
    ended.countDown();
  }
}
