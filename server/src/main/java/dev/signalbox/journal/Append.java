package dev.signalbox.journal;

import dev.signalbox.event.Fact;
import dev.signalbox.event.Item;
import dev.signalbox.id.LaneId;
import dev.signalbox.store.Database;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/// One append on its way: made by its caller, run by the writer's thread, told by the publisher's.
final class Append implements Database.Write, Database.Outcome {
  /// What the parts of a journal share.
  record House(Lanes lanes, Statements statements, Saver saver, InstantSource clock) {}

  /// One lane's share of this append.
  private static final class Share {
    private final LiveLane lane;
    private final List<Draft> drafts = new ArrayList<>();
    private long no;
    private String epoch = "";
    private long seq;

    Share(LiveLane lane) {
      this.lane = lane;
    }
  }

  private final House house;
  private final Database.@Nullable Write also;
  private final Journal.Outcome done;
  private final Map<LaneId, Share> shares = new LinkedHashMap<>();
  private final List<Draft> drafts = new ArrayList<>();

  Append(
      House house,
      List<Journal.Entry> entries,
      Database.@Nullable Write also,
      Journal.Outcome done) {
    this.house = house;
    this.also = also;
    this.done = done;
    for (Journal.Entry entry : entries) {
      add(entry);
    }
  }

  private void add(Journal.Entry entry) {
    Share share = shares.computeIfAbsent(entry.lane(), id -> new Share(house.lanes().use(id)));
    Draft draft;
    if (entry.fact() instanceof Fact.ItemStarted(Item item)) {
      draft = begin(share, entry, item);
    } else if (entry.fact() instanceof Fact.ItemCompleted(Item item)) {
      draft = Drafting.draft(entry, share.lane.withOpen(open -> open.end(item)));
    } else {
      draft = Drafting.draft(entry, null);
    }
    share.drafts.add(draft);
    drafts.add(draft);
  }

  private Draft begin(Share share, Journal.Entry entry, Item item) {
    boolean begun = share.lane.withOpen(open -> open.begin(item.id()));
    if (begun) {
      house.lanes().use(entry.lane()); // until it is completed
    }
    for (Item.Field field : Item.Field.values()) {
      String text = Fields.in(item, field);
      if (text != null) {
        house.saver().add(share.lane, share.lane.grow(item.id(), field, text));
      }
    }
    return Drafting.draft(entry, null).begun(begun);
  }

  @Override
  public void run(Handle handle) throws Exception {
    if (also != null) {
      also.run(handle);
    }
    Connection connection = handle.getConnection();
    Statements statements = house.statements();
    statements.on(connection);
    try {
      for (Share share : shares.values()) {
        allocate(statements, share);
      }
      long now = house.clock().millis();
      var rows = new FactRows(statements);
      for (Draft draft : drafts) {
        Share share = shares.get(draft.lane());
        if (share != null) {
          draft.numbered(++share.seq, now);
          rows.write(connection, share.no, draft);
        }
      }
    } catch (Exception e) {
      statements.forget();
      throw e;
    }
  }

  private static void allocate(Statements statements, Share share) throws SQLException {
    int count = share.drafts.size();
    String lane = share.lane.id().value();
    try (ResultSet rows =
        statements
            .bound(
                "UPDATE lane SET seq = seq + ? WHERE id = ? RETURNING no, epoch, seq", count, lane)
            .executeQuery()) {
      if (!rows.next()) {
        throw LaneRow.unknown(share.lane.id());
      }
      share.no = rows.getLong(1);
      share.epoch = rows.getString(2);
      share.seq = rows.getLong(3) - count;
    }
  }

  @Override
  public void committed() {
    for (Share share : shares.values()) {
      int closed = share.lane.publish(share.epoch, share.drafts);
      house.lanes().release(share.lane.id(), closed + 1);
    }
    done.stored(drafts.stream().map(Draft::asStored).toList());
  }

  @Override
  public void failed(Exception cause) {
    undo();
    done.failed(cause instanceof RuntimeException e ? e : new IllegalStateException(cause));
  }

  /// Takes back what the making of this changed in memory.
  void undo() {
    for (Share share : shares.values()) {
      int closed = share.lane.undo(share.drafts);
      house.lanes().release(share.lane.id(), closed + 1);
    }
  }
}
