package dev.signalbox.journal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.signalbox.event.Fact;
import dev.signalbox.event.Item;
import dev.signalbox.event.LaneState;
import dev.signalbox.id.LaneId;
import dev.signalbox.refusal.Refused;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class AppendTest {
  private static final JsonMapper JSON = JsonMapper.builder().build();
  private static final Fact IDLE = new Fact.LaneChanged(LaneState.IDLE, null);

  @TempDir Path dir;
  private Desk desk;

  @BeforeEach
  void open() {
    desk = new Desk(dir.resolve("runtime.db"));
  }

  @AfterEach
  void close() {
    desk.close();
  }

  @Test
  void R_EVT_3_numbersAreDensePerLaneFromOneHoweverManyAppendAtOnce() throws Exception {
    List<LaneId> lanes = IntStream.range(0, 4).mapToObj(_ -> desk.lane()).toList();
    var told = new ArrayList<Desk.Told>();
    var threads = new ArrayList<Thread>();
    for (LaneId lane : lanes) {
      for (int i = 0; i < 2; i++) {
        threads.add(
            Thread.ofVirtual()
                .start(() -> {
                  for (int j = 0; j < 250; j++) {
                    Desk.Told one = desk.begin(lane, IDLE, IDLE);
                    synchronized (told) {
                      told.add(one);
                    }
                  }
                }));
      }
    }
    for (Thread thread : threads) {
      thread.join();
    }
    var given = new ArrayList<Journal.Stored>();
    for (Desk.Told one : told) {
      given.addAll(one.await());
    }

    for (LaneId lane : lanes) {
      assertThat(
              given.stream().filter(s -> s.lane().equals(lane)).map(Journal.Stored::seq).sorted())
          .containsExactlyElementsOf(LongStream.rangeClosed(1, 1_000).boxed().toList());
      assertThat(desk.journal.head(lane).seq()).isEqualTo(1_000);
      assertThat(desk.journal.events(lane, 0, 5_000).events()).hasSize(1_000);
    }
  }

  @Test
  void oneAppendMayCarryFactsOfSeveralLanes() throws Exception {
    LaneId a = desk.lane();
    LaneId b = desk.lane();
    List<Journal.Stored> stored =
        desk.append(null, List.of(Desk.entry(a, IDLE), Desk.entry(b, IDLE), Desk.entry(a, IDLE)));

    assertThat(stored.stream().map(Journal.Stored::lane)).containsExactly(a, b, a);
    assertThat(stored.stream().map(Journal.Stored::seq)).containsExactly(1L, 1L, 2L);
  }

  @Test
  void anAppendIsAllOrNothing() throws Exception {
    LaneId lane = desk.lane();
    LaneId nowhere = new LaneId("l_nowhere");
    assertThatThrownBy(() ->
            desk.append(
                handle -> handle.execute("INSERT INTO audit (at, who, what) VALUES (0, 'a', 'b')"),
                List.of(Desk.entry(lane, IDLE), Desk.entry(nowhere, IDLE))))
        .isInstanceOfSatisfying(Refused.class, e -> assertThat(e.code()).isEqualTo("lane_unknown"));

    assertThat(desk.journal.head(lane).seq()).isZero();
    assertThat(desk.journal.events(lane, 0, 10).events()).isEmpty();
    int notes =
        desk.db.read(h -> h.createQuery("SELECT count(*) FROM audit").mapTo(int.class).one());
    assertThat(notes).isZero();
    assertThat(desk.append(lane, IDLE).getFirst().seq()).isEqualTo(1);
    assertThat(desk.journal.lanesInMemory()).isZero();
  }

  @Test
  void whatTheCallerAddsIsInTheSameTransactionAndMayMakeTheLane() throws Exception {
    LaneId first = desk.lane();
    LaneId lane = desk.ids.lane();
    desk.append(
        handle ->
            handle.execute(
                """
                INSERT INTO lane (id, session, name, role, policy, epoch, created_at)
                VALUES (?, 's_1', 'x', 'worker', 'read-only', 'e_x', 0)\
                """,
                lane.value()),
        List.of(Desk.entry(lane, IDLE)));
    assertThat(desk.journal.head(lane)).isEqualTo(new Journal.Head("e_x", 1));

    assertThatThrownBy(() ->
            desk.append(
                handle -> {
                  throw new IllegalStateException("no");
                },
                List.of(Desk.entry(first, IDLE))))
        .hasMessage("no");
    assertThat(desk.journal.head(first).seq()).isZero();
  }

  @Test
  void framesAreFlatAndCarryLaneNumberTimeTypeAndTheClientsId() throws Exception {
    LaneId lane = desk.lane();
    long before = System.currentTimeMillis();
    desk.append(
        null,
        List.of(new Journal.Entry(lane, "c\"1", new Fact.TurnStarted(desk.ids.turn(), "goose"))));
    desk.append(lane, IDLE);

    List<JsonNode> events = events(lane);
    JsonNode first = events.getFirst();
    assertThat(first.get("lane").asString()).isEqualTo(lane.value());
    assertThat(first.get("seq").asLong()).isEqualTo(1);
    assertThat(java.time.Instant.parse(first.get("at").asString()).toEpochMilli())
        .isGreaterThanOrEqualTo(before);
    assertThat(first.get("type").asString()).isEqualTo("turn.started");
    assertThat(first.get("clientId").asString()).isEqualTo("c\"1");
    assertThat(first.get("agent").asString()).isEqualTo("goose");
    assertThat(events.get(1).propertyNames())
        .containsExactlyInAnyOrder("lane", "seq", "at", "type", "state");
  }

  @Test
  void aFactIsShownOnlyAfterItsCommitAndBeforeItsCallerIsTold() throws Exception {
    LaneId lane = desk.lane();
    try (Desk.Follower follower = desk.replay(lane)) {
      var gate = desk.held();
      var seen = new ArrayList<String>();
      var told = new java.util.concurrent.CompletableFuture<Void>();
      desk.journal.append(
          List.of(Desk.entry(lane, IDLE)),
          null,
          new Journal.Outcome() {
            @Override
            public void stored(List<Journal.Stored> facts) {
              seen.addAll(follower.cursor().poll(1 << 20));
              told.complete(null);
            }

            @Override
            public void failed(RuntimeException cause) {
              told.completeExceptionally(cause);
            }
          });
      assertThat(follower.all()).isEmpty();
      assertThat(desk.journal.head(lane).seq()).isZero();

      gate.countDown();
      told.get(20, java.util.concurrent.TimeUnit.SECONDS);
      assertThat(seen).hasSize(1);
    }
  }

  @Test
  void appendingDoesNotWaitForTheDisk() throws Exception {
    LaneId lane = desk.lane();
    var gate = desk.held();
    Desk.Told told = desk.begin(lane, IDLE);
    assertThat(told.isTold()).isFalse();
    gate.countDown();
    told.await();
  }

  @Test
  void R_LANE_4_R_LANE_6_eachLaneHasExactlyItsOwnHistoryAlsoAfterARestart() throws Exception {
    LaneId worker = desk.lane();
    LaneId planner = desk.lane();
    for (int i = 0; i < 20; i++) {
      for (LaneId lane : List.of(worker, planner)) {
        String mark = lane.equals(worker) ? "WORKER" : "PLANNER";
        Item item = desk.item(lane, Item.Kind.TEXT, null);
        desk.append(
            lane, new Fact.TurnQueued(desk.turn(lane, mark + i)), new Fact.ItemStarted(item));
        desk.journal.grow(lane, item.id(), Item.Field.TEXT, mark + i);
        desk.append(lane, Desk.done(item));
      }
    }
    List<String> before = desk.journal.events(worker, 0, 5_000).events();
    desk.restart();

    assertThat(desk.journal.events(worker, 0, 5_000).events())
        .isEqualTo(before)
        .hasSize(60)
        .noneMatch(e -> e.contains("PLANNER"));
    assertThat(desk.journal.items(planner, null, 200).items().stream().map(Item::text))
        .containsExactlyElementsOf(IntStream.range(0, 20).mapToObj(i -> "PLANNER" + i).toList());
    assertThat(desk.journal.turns(worker, null, 200)).allMatch(t -> t.text().startsWith("WORKER"));
  }

  @Test
  void theEpochStaysOverARestartAndNumbersGoOn() throws Exception {
    LaneId lane = desk.lane();
    desk.append(lane, IDLE);
    Journal.Head before = desk.journal.head(lane);
    desk.restart();
    assertThat(desk.journal.head(lane)).isEqualTo(before);
    assertThat(desk.append(lane, IDLE).getFirst().seq()).isEqualTo(2);
  }

  @Test
  void pagesOfEventsGoOnWhereTheLastEnded() throws Exception {
    LaneId lane = desk.lane();
    for (int i = 0; i < 25; i++) {
      desk.append(lane, IDLE);
    }
    var all = new ArrayList<String>();
    Journal.EventPage page;
    do {
      page = desk.journal.events(lane, all.size(), 10);
      all.addAll(page.events());
      assertThat(page.seq()).isEqualTo(25);
    } while (page.more());
    assertThat(all).hasSize(25).isEqualTo(desk.journal.events(lane, 0, 5_000).events());
    assertThat(desk.journal.events(lane, 25, 10).events()).isEmpty();
    assertThat(desk.journal.events(lane, 1_000, 10).events()).isEmpty();
  }

  @Test
  void manyLanesAreNotHeldInMemory() throws Exception {
    for (int i = 0; i < 50; i++) {
      LaneId lane = desk.lane();
      Item item = desk.item(lane, Item.Kind.TEXT, null);
      desk.append(lane, new Fact.ItemStarted(item));
      desk.journal.grow(lane, item.id(), Item.Field.TEXT, "x");
      desk.append(lane, Desk.done(item));
      desk.replay(lane).close();
      desk.journal.items(lane, null, 10);
    }
    assertThat(desk.journal.lanesInMemory()).isZero();
  }

  private List<JsonNode> events(LaneId lane) {
    return desk.journal.events(lane, 0, 5_000).events().stream()
        .map(e -> JSON.readTree(e))
        .toList();
  }
}
