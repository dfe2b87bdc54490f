package dev.signalbox.journal;

import dev.signalbox.event.Ask;
import dev.signalbox.event.Fact;
import dev.signalbox.event.Item;
import dev.signalbox.event.Turn;
import dev.signalbox.id.Ids;
import dev.signalbox.id.ItemId;
import dev.signalbox.id.LaneId;
import dev.signalbox.id.SessionId;
import dev.signalbox.id.TurnId;
import dev.signalbox.store.Database;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;

/// A journal on a real database, with lanes to write in.
final class Desk implements AutoCloseable {
  static final Instant NOON = Instant.parse("2026-11-20T12:00:00Z");
  static final InstantSource CLOCK = () -> Instant.ofEpochMilli(System.currentTimeMillis());

  final Path file;
  final Ids ids = new Ids(CLOCK);
  final SessionId session = new SessionId("s_1");
  Database db;
  Journal journal;

  Desk(Path file) {
    this.file = file;
    open();
  }

  private void open() {
    db = Database.open(file, Database.Kind.RUNTIME);
    journal = Journal.open(db, CLOCK);
  }

  /// As a server that ends and starts again.
  void restart() {
    close();
    open();
  }

  @Override
  public void close() {
    journal.close();
    db.close();
  }

  LaneId lane() {
    LaneId lane = ids.lane();
    insert(lane);
    return lane;
  }

  void insert(LaneId lane) {
    db.writeNow(handle -> {
      handle.execute("INSERT OR IGNORE INTO project VALUES ('p_1', 'p', '/p', 0, 0)");
      handle.execute(
          "INSERT OR IGNORE INTO session VALUES (?, 'p_1', 't', 'in-place', NULL, 0, 0, NULL)",
          session.value());
      return handle.execute(
          """
          INSERT INTO lane (id, session, name, role, policy, epoch, created_at)
          VALUES (?, ?, ?, 'worker', 'workspace-write', ?, 0)\
          """,
          lane.value(),
          session.value(),
          lane.value(),
          journal.freshEpoch());
    });
  }

  // Facts ----------------------------------------------------------------------------------------

  Turn turn(LaneId lane, String text) {
    return turn(lane, text, ids.next("c_"));
  }

  Turn turn(LaneId lane, String text, String clientId) {
    return new Turn(
        ids.turn(),
        lane,
        Turn.State.QUEUED,
        text,
        text.getBytes(StandardCharsets.UTF_8).length,
        "practice",
        null,
        null,
        null,
        List.of(),
        clientId,
        NOON,
        null,
        null,
        null,
        null,
        null,
        null);
  }

  Item item(LaneId lane, Item.Kind kind, @Nullable TurnId turn) {
    return Item.open(ids.item(), lane, turn, "practice", kind, NOON);
  }

  static Fact done(Item item) {
    return new Fact.ItemCompleted(item.withStatus(Item.Status.DONE, NOON));
  }

  static Fact done(Item item, @Nullable String text) {
    return new Fact.ItemCompleted(
        item.withStatus(Item.Status.DONE, NOON).withGrown(text, null, null, null, null, null));
  }

  Ask ask(LaneId lane, TurnId turn, ItemId item) {
    return new Ask(
        ids.ask(),
        session,
        lane,
        turn,
        item,
        "practice",
        "hash",
        Ask.Kind.PERMISSION,
        Ask.State.OPEN,
        "Run it?",
        new Item.Tool("run", "execute", "run ls", null, List.of("a"), null),
        null,
        "-a\n+b\n",
        List.of(new Ask.Option("y", "allow", "Yes"), new Ask.Option("n", "reject", "No")),
        null,
        NOON,
        null);
  }

  // Appending ------------------------------------------------------------------------------------

  static Journal.Entry entry(LaneId lane, Fact fact) {
    return new Journal.Entry(lane, null, fact);
  }

  List<Journal.Stored> append(LaneId lane, Fact... facts) throws Exception {
    return append(null, Arrays.stream(facts).map(fact -> entry(lane, fact)).toList());
  }

  List<Journal.Stored> append(Database.@Nullable Write also, List<Journal.Entry> entries)
      throws Exception {
    var told = new Told();
    journal.append(entries, also, told);
    return told.await();
  }

  /// Appends without waiting.
  Told begin(LaneId lane, Fact... facts) {
    var told = new Told();
    journal.append(Arrays.stream(facts).map(fact -> entry(lane, fact)).toList(), null, told);
    return told;
  }

  static final class Told implements Journal.Outcome {
    private final CompletableFuture<List<Journal.Stored>> end = new CompletableFuture<>();

    @Override
    public void stored(List<Journal.Stored> facts) {
      end.complete(facts);
    }

    @Override
    public void failed(RuntimeException cause) {
      end.completeExceptionally(cause);
    }

    boolean isTold() {
      return end.isDone();
    }

    List<Journal.Stored> await() throws Exception {
      try {
        return end.get(30, TimeUnit.SECONDS);
      } catch (ExecutionException e) {
        throw e.getCause() instanceof Exception cause ? cause : e;
      }
    }
  }

  /// Keeps the writer busy until the latch is counted down.
  CountDownLatch held() throws InterruptedException {
    var busy = new CountDownLatch(1);
    var gate = new CountDownLatch(1);
    db.write(
        handle -> {
          busy.countDown();
          gate.await();
        },
        new Database.Outcome() {
          @Override
          public void committed() {}

          @Override
          public void failed(Exception cause) {}
        });
    busy.await();
    return gate;
  }

  /// Keeps the publisher busy until the latch is counted down: what is committed meanwhile is in
  /// the store and not shown yet.
  CountDownLatch unpublished() throws InterruptedException {
    var busy = new CountDownLatch(1);
    var gate = new CountDownLatch(1);
    db.write(
        _ -> {},
        new Database.Outcome() {
          @Override
          public void committed() {
            busy.countDown();
            try {
              gate.await();
            } catch (InterruptedException e) {
              Thread.currentThread().interrupt();
            }
          }

          @Override
          public void failed(Exception cause) {
            busy.countDown();
          }
        });
    busy.await();
    return gate;
  }

  /// Waits until the lane's row has this epoch and number in the store, published or not.
  void awaitStored(LaneId lane, long seq) {
    Awaitility.await().until(() -> db.<Long>read(handle -> LaneRow.of(handle, lane).seq()) == seq);
  }

  // Following ------------------------------------------------------------------------------------

  /// A cursor and how often it was woken.
  record Follower(Cursor cursor, AtomicInteger wakes) implements AutoCloseable {
    @Override
    public void close() {
      cursor.close();
    }

    List<String> all() {
      return all(64 << 10);
    }

    List<String> all(int bytes) {
      var all = new ArrayList<String>();
      for (var some = cursor.poll(bytes); !some.isEmpty(); some = cursor.poll(bytes)) {
        all.addAll(some);
      }
      return all;
    }
  }

  Follower follow(LaneId lane) {
    var wakes = new AtomicInteger();
    return new Follower(journal.follow(lane, wakes::incrementAndGet), wakes);
  }

  /// A follower that has asked for everything from the beginning.
  Follower replay(LaneId lane) {
    Follower follower = follow(lane);
    follower.cursor().open(null, null, true);
    return follower;
  }
}
