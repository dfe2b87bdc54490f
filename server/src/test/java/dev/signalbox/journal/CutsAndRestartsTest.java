package dev.signalbox.journal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.signalbox.event.Fact;
import dev.signalbox.event.Item;
import dev.signalbox.event.LaneState;
import dev.signalbox.event.Turn;
import dev.signalbox.id.LaneId;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Agents that write at random, clients that are cut off at random, servers that end at random:
/// every client ends with exactly the journal.
class CutsAndRestartsTest {
  private static final int CLIENTS = 6;
  private static final int STEPS = 120;
  private static final List<Item.Field> FIELDS = List.of(Item.Field.values());

  @TempDir Path dir;

  @ParameterizedTest
  @ValueSource(longs = {11, 12, 13})
  @Tag("R-EVT-3")
  @Tag("R-EVT-4")
  @Tag("R-TURN-4")
  void everyClientEndsWithExactlyTheJournal(long seed) throws Exception {
    var random = new Random(seed);
    try (var desk = new Desk(dir.resolve("runtime.db"))) {
      List<LaneId> lanes = List.of(desk.lane(), desk.lane());
      var clients = new ArrayList<Client>();
      for (int i = 0; i < CLIENTS; i++) {
        clients.add(new Client());
      }
      for (int life = 0; life < 3; life++) {
        if (life > 0) {
          desk.restart();
          lanes.forEach(lane -> recover(desk, lane));
        }
        oneLife(desk, lanes, clients, random);
      }
      for (int i = 0; i < CLIENTS; i++) {
        check(desk, lanes.get(i % 2), clients.get(i));
      }
      String check =
          desk.db.read(h -> h.createQuery("PRAGMA integrity_check").mapTo(String.class).one());
      assertThat(check).isEqualTo("ok");
    }
  }

  private static void oneLife(Desk desk, List<LaneId> lanes, List<Client> clients, Random random)
      throws Exception {
    var over = new CountDownLatch(1);
    var failure = new AtomicReference<Throwable>();
    var watching = new ArrayList<Thread>();
    for (int i = 0; i < clients.size(); i++) {
      var watcher =
          new Watcher(desk, lanes.get(i % 2), clients.get(i), over, new Random(random.nextLong()));
      watching.add(
          Thread.ofVirtual().uncaughtExceptionHandler((_, e) -> failure.set(e)).start(watcher));
    }
    var writing = new ArrayList<Thread>();
    for (LaneId lane : lanes) {
      var agent = new Writing(desk, lane, new Random(random.nextLong()));
      writing.add(
          Thread.ofVirtual().uncaughtExceptionHandler((_, e) -> failure.set(e)).start(agent));
    }
    for (Thread thread : writing) {
      thread.join();
    }
    over.countDown();
    for (Thread thread : watching) {
      assertThat(thread.join(java.time.Duration.ofSeconds(60))).isTrue();
    }
    if (failure.get() != null) {
      throw new AssertionError(failure.get());
    }
  }

  /// What the session room does after a start: ends what was open.
  private static void recover(Desk desk, LaneId lane) {
    var facts = new ArrayList<Fact>();
    for (Item item : desk.journal.unfinished(lane).openItems()) {
      facts.add(
          new Fact.ItemCompleted(Fields.bare(item.withStatus(Item.Status.CANCELLED, Desk.NOON))));
    }
    if (!facts.isEmpty()) {
      try {
        desk.append(lane, facts.toArray(Fact[]::new));
      } catch (Exception e) {
        throw new IllegalStateException(e);
      }
    }
  }

  private static void check(Desk desk, LaneId lane, Client client) throws Exception {
    try (Desk.Follower follower = desk.follow(lane)) {
      client.welcome(follower.cursor().open(client.seq, client.epoch, true));
      client.apply(follower.all());
    }
    List<String> journal = desk.journal.events(lane, 0, 5_000).events();
    assertThat(journal).hasSizeLessThan(5_000);
    assertThat(client.resets).isZero();
    assertThat(client.gaps).isZero();
    assertThat(client.facts).isEqualTo(journal);
    List<Item> items = new ArrayList<>();
    Journal.ItemPage page = desk.journal.items(lane, null, 200);
    items.addAll(page.items());
    while (page.more()) {
      page = desk.journal.items(lane, page.items().getFirst().id(), 200);
      items.addAll(0, page.items());
    }
    assertThat(client.items.keySet())
        .containsExactlyElementsOf(items.stream().map(item -> item.id().value()).toList());
    for (Item item : items) {
      Map<String, String> texts = client.items.get(item.id().value());
      for (Item.Field field : Item.Field.values()) {
        assertThat(texts.get(Fields.name(field)))
            .as("%s of %s, %s", field, item.id(), item.status())
            .isEqualTo(Fields.in(item, field));
      }
    }
  }

  /// A client that is cut off again and again and goes on from what it has.
  private record Watcher(Desk desk, LaneId lane, Client client, CountDownLatch over, Random random)
      implements Runnable {
    @Override
    public void run() {
      while (over.getCount() > 0) {
        var woken = new Semaphore(1);
        try (Cursor cursor = desk.journal.follow(lane, woken::release)) {
          client.welcome(cursor.open(client.seq, client.epoch, true));
          int portions = random.nextInt(30);
          for (int i = 0; i < portions && over.getCount() > 0; i++) {
            if (woken.tryAcquire(20, TimeUnit.MILLISECONDS)) {
              drain(cursor);
            }
          }
        } catch (InterruptedException e) {
          return;
        }
      }
    }

    /// Sometimes only in part: what was not taken is there next time.
    private void drain(Cursor cursor) {
      List<String> some = cursor.poll(1 + random.nextInt(20_000));
      while (!some.isEmpty()) {
        client.apply(some);
        if (random.nextInt(10) == 0) {
          return;
        }
        some = cursor.poll(1 + random.nextInt(20_000));
      }
    }
  }

  /// An agent that does everything at once.
  private record Writing(Desk desk, LaneId lane, Random random) implements Runnable {
    @Override
    public void run() {
      var open = new HashMap<Item, Integer>();
      for (int step = 0; step < STEPS; step++) {
        switch (random.nextInt(6)) {
          case 0 -> begin(open);
          case 1 -> end(open);
          case 2 -> desk.begin(lane, new Fact.LaneChanged(LaneState.RUNNING, null));
          case 3 -> desk.begin(lane, new Fact.TurnQueued(turn()));
          default -> grow(open);
        }
        LockSupport.parkNanos(random.nextInt(4_000_000)); // so that writing meets reading
      }
      try {
        desk.append(lane, new Fact.LaneChanged(LaneState.IDLE, null));
      } catch (Exception e) {
        throw new IllegalStateException(e);
      }
    }

    private Turn turn() {
      return desk.turn(lane, "prompt " + random.nextInt());
    }

    private void begin(Map<Item, Integer> open) {
      Item item = desk.item(lane, Item.Kind.TEXT, null);
      desk.begin(lane, new Fact.ItemStarted(item));
      open.put(item, 0);
    }

    private void end(Map<Item, Integer> open) {
      open.keySet().stream()
          .findFirst()
          .ifPresent(item -> {
            open.remove(item);
            desk.begin(lane, random.nextInt(8) == 0 ? Desk.done(item, "short") : Desk.done(item));
          });
    }

    private void grow(Map<Item, Integer> open) {
      for (Item item : open.keySet()) {
        int pieces = random.nextInt(20);
        for (int i = 0; i < pieces; i++) {
          Item.Field field = FIELDS.get(random.nextInt(3));
          String text = "é😀x".repeat(1 + random.nextInt(30));
          int cut = random.nextInt(text.length());
          desk.journal.grow(lane, item.id(), field, text.substring(0, cut));
          desk.journal.grow(lane, item.id(), field, text.substring(cut));
        }
      }
    }
  }
}
