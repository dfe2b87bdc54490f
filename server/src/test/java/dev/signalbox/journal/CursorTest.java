package dev.signalbox.journal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import dev.signalbox.event.AgentCommands;
import dev.signalbox.event.Fact;
import dev.signalbox.event.Item;
import dev.signalbox.event.LaneState;
import dev.signalbox.id.LaneId;
import dev.signalbox.refusal.Refused;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class CursorTest {
  private static final JsonMapper JSON = JsonMapper.builder().build();
  private static final Fact IDLE = new Fact.LaneChanged(LaneState.IDLE, null);

  @TempDir Path dir;
  private Desk desk;
  private LaneId lane;

  @BeforeEach
  void open() {
    desk = new Desk(dir.resolve("runtime.db"));
    lane = desk.lane();
  }

  @AfterEach
  void close() {
    desk.close();
  }

  // Placing --------------------------------------------------------------------------------------

  @Test
  void R_EVT_3_reattachingFromANumberBringsExactlyWhatIsMissing() throws Exception {
    facts(30);
    String epoch = desk.journal.head(lane).epoch();
    for (long after : List.of(0L, 1L, 29L, 30L)) {
      try (Desk.Follower follower = desk.follow(lane)) {
        assertThat(follower.cursor().open(after, epoch, false))
            .isEqualTo(new Cursor.Opening.Replay(epoch, 30));
        assertThat(seqs(follower.all()))
            .containsExactlyElementsOf(
                IntStream.rangeClosed((int) after + 1, 30).mapToObj(i -> (long) i).toList());
      }
    }
  }

  @Test
  void anotherEpochOrANumberThatIsNotThereYetIsAReset() throws Exception {
    Item item = desk.item(lane, Item.Kind.TEXT, null);
    desk.append(lane, new Fact.ItemStarted(item), Desk.done(item, "hello"));
    Journal.Head head = desk.journal.head(lane);
    reset(1L, "e_other", head);
    reset(3L, head.epoch(), head);
    reset(3L, null, head);
  }

  @Test
  void whoWantsAllAndHasAnotherHistoryForgetsItAndGetsThisOneFromItsBeginning() throws Exception {
    facts(3);
    Journal.Head head = desk.journal.head(lane);
    for (String epoch : List.of("e_other", head.epoch())) {
      try (Desk.Follower follower = desk.follow(lane)) {
        var client = new Client();
        Cursor.Opening opening = follower.cursor().open(4L, epoch, true);
        assertThat(opening).isInstanceOf(Cursor.Opening.Afresh.class);
        assertThat(opening.seq()).isEqualTo(3);
        client.welcome(opening);
        client.apply(follower.all());
        assertThat(client.seq).isEqualTo(3);
        assertThat(client.facts).hasSize(3);
      }
    }
  }

  @Test
  void theCommandsOfALaneAreThoseThatEachAgentAnnouncedLast() throws Exception {
    desk.append(lane, offer("a", "old"), offer("b", "other"), offer("a", "new", "newer"));
    desk.append(desk.lane(), offer("c", "elsewhere"));
    assertThat(desk.journal.commands(lane))
        .extracting(
            AgentCommands::agent,
            offered -> offered.commands().stream().map(Fact.CommandsChanged.Command::name).toList())
        .containsExactlyInAnyOrder(
            tuple("a", List.of("new", "newer")), tuple("b", List.of("other")));
    desk.restart();
    assertThat(desk.journal.commands(lane)).hasSize(2);
    desk.journal.reset(lane, null);
    assertThat(desk.journal.commands(lane)).isEmpty();
  }

  private static Fact offer(String agent, String... names) {
    return new Fact.CommandsChanged(
        agent,
        Stream.of(names)
            .map(name -> new Fact.CommandsChanged.Command(name, "what it does", null))
            .toList());
  }

  private void reset(Long after, String epoch, Journal.Head head) throws Exception {
    try (Desk.Follower follower = desk.follow(lane)) {
      Cursor.Opening opening = follower.cursor().open(after, epoch, false);
      assertThat(opening)
          .isInstanceOfSatisfying(
              Cursor.Opening.Reset.class,
              reset -> {
                assertThat(reset.epoch()).isEqualTo(head.epoch());
                assertThat(reset.seq()).isEqualTo(2);
                assertThat(reset.items()).extracting(Item::text).containsExactly("hello");
                assertThat(reset.more()).isFalse();
                JsonNode frame = JSON.readTree(reset.frame());
                assertThat(frame.propertyNames())
                    .containsExactlyInAnyOrder("type", "epoch", "seq", "items", "more");
                assertThat(frame.at("/items/0/text").asString()).isEqualTo("hello");
              });
      assertThat(follower.all()).isEmpty();
    }
  }

  @Test
  void whoIsTooFarBehindIsResetUnlessItWantsAll() throws Exception {
    facts(5_001);
    try (Desk.Follower follower = desk.follow(lane)) {
      assertThat(follower.cursor().open(0L, null, false)).isInstanceOf(Cursor.Opening.Reset.class);
    }
    try (Desk.Follower follower = desk.follow(lane)) {
      assertThat(follower.cursor().open(1L, null, false)).isInstanceOf(Cursor.Opening.Replay.class);
      assertThat(follower.all()).hasSize(5_000);
    }
    try (Desk.Follower follower = desk.follow(lane)) {
      assertThat(follower.cursor().open(0L, null, true)).isInstanceOf(Cursor.Opening.Replay.class);
      assertThat(seqs(follower.all())).hasSize(5_001).isSorted();
    }
  }

  @Test
  void aLaneThatIsNotThereIsRefused() {
    assertThatThrownBy(() -> desk.follow(new LaneId("l_none")))
        .isInstanceOfSatisfying(
            Refused.class, e -> assertThat(e.kind()).isEqualTo(Refused.Kind.NOT_FOUND));
    assertThat(desk.journal.lanesInMemory()).isZero();
  }

  // Text that grows ------------------------------------------------------------------------------

  @Test
  void R_EVT_4_whoAttachesInMidStreamGetsOneDeltaWithAllTextSoFarAndThenWhatIsNew()
      throws Exception {
    Item item = desk.item(lane, Item.Kind.TEXT, null);
    desk.append(lane, new Fact.ItemStarted(item));
    desk.journal.grow(lane, item.id(), Item.Field.TEXT, "x".repeat(100_000));
    desk.journal.grow(lane, item.id(), Item.Field.OUTPUT, "out");
    try (Desk.Follower follower = desk.follow(lane)) {
      follower.cursor().open(1L, null, false);
      List<JsonNode> first = frames(follower.cursor().poll(1 << 20));
      assertThat(first).hasSize(2);
      assertThat(first).allMatch(frame -> frame.get("at").asInt() == 0);
      assertThat(first.getFirst().get("text").asString()).hasSize(100_000);
      assertThat(first.getFirst().propertyNames())
          .containsExactlyInAnyOrder("type", "item", "field", "at", "text");

      desk.journal.grow(lane, item.id(), Item.Field.TEXT, "new");
      JsonNode next = frames(follower.all()).getFirst();
      assertThat(next.get("at").asInt()).isEqualTo(100_000);
      assertThat(next.get("text").asString()).isEqualTo("new");
      assertThat(follower.all()).isEmpty();
    }
  }

  @Test
  void aVeryLongOpenTextBeginsWhereItsLast256KBegin() throws Exception {
    Item item = desk.item(lane, Item.Kind.TEXT, null);
    desk.append(lane, new Fact.ItemStarted(item));
    desk.journal.grow(lane, item.id(), Item.Field.TEXT, "x".repeat(1_000_000));
    try (Desk.Follower follower = desk.replay(lane)) {
      List<JsonNode> frames = frames(follower.all());
      assertThat(frames.getLast().get("at").asInt()).isEqualTo(1_000_000 - (256 << 10));
      assertThat(frames.getLast().get("text").asString()).hasSize(256 << 10);
    }
  }

  @Test
  void deltasAreHeldUntilTheItemHasBegunForTheClient() throws Exception {
    try (Desk.Follower follower = desk.replay(lane)) {
      var gate = desk.held();
      Item item = desk.item(lane, Item.Kind.TEXT, null);
      Desk.Told told = desk.begin(lane, new Fact.ItemStarted(item));
      desk.journal.grow(lane, item.id(), Item.Field.TEXT, "early");
      assertThat(follower.all()).isEmpty();
      gate.countDown();
      told.await();

      assertThat(types(follower.all())).containsExactly("item.started", "delta");
    }
  }

  @Test
  void whoReadsTheEndFromTheStoreBeforeItIsPublishedGetsNoMoreDeltas() throws Exception {
    Item item = desk.item(lane, Item.Kind.TEXT, null);
    desk.append(lane, new Fact.ItemStarted(item));
    desk.journal.grow(lane, item.id(), Item.Field.TEXT, "text");
    try (Desk.Follower follower = desk.replay(lane)) {
      var gate = desk.unpublished();
      Desk.Told told = desk.begin(lane, Desk.done(item));
      desk.awaitStored(lane, 2);
      assertThat(types(follower.all())).containsExactly("item.started", "item.completed");
      gate.countDown();
      told.await();
      desk.append(lane, IDLE);
      assertThat(types(follower.all())).containsExactly("lane.changed");
    }
  }

  @Test
  void R_EVT_4_factsComeBeforeTheTextOfOpenItems() throws Exception {
    Item item = desk.item(lane, Item.Kind.TEXT, null);
    desk.append(lane, new Fact.ItemStarted(item));
    desk.journal.grow(lane, item.id(), Item.Field.TEXT, "text");
    try (Desk.Follower follower = desk.replay(lane)) {
      follower.cursor().poll(1);
      facts(50);
      List<String> types = types(follower.all(500));
      assertThat(types.indexOf("delta")).isEqualTo(types.size() - 1).isEqualTo(50);
    }
  }

  @Test
  void deltasAreDroppedOnceTheItemHasEndedForTheClient() throws Exception {
    try (Desk.Follower follower = desk.replay(lane)) {
      Item item = desk.item(lane, Item.Kind.TEXT, null);
      desk.append(lane, new Fact.ItemStarted(item));
      desk.journal.grow(lane, item.id(), Item.Field.TEXT, "all of it");
      desk.append(lane, Desk.done(item));

      assertThat(types(follower.all())).containsExactly("item.started", "item.completed");
    }
  }

  @Test
  void R_EVT_6_forASlowClientTextIsMergedAndFactsAreKept() throws Exception {
    Item item = desk.item(lane, Item.Kind.TEXT, null);
    desk.append(lane, new Fact.ItemStarted(item));
    try (Desk.Follower follower = desk.replay(lane)) {
      follower.all();
      for (int i = 0; i < 1_000; i++) {
        desk.journal.grow(lane, item.id(), Item.Field.TEXT, "0123456789");
        if (i % 100 == 0) {
          desk.append(lane, IDLE);
        }
      }
      List<String> all = follower.all();
      assertThat(types(all).stream().filter("lane.changed"::equals)).hasSize(10);
      assertThat(types(all).stream().filter("delta"::equals)).hasSize(1);
      assertThat(follower.wakes().get()).isLessThanOrEqualTo(2);
    }
  }

  @Test
  void aDeltaIsAtMost30KAndTheRestFollows() throws Exception {
    Item item = desk.item(lane, Item.Kind.TEXT, null);
    desk.append(lane, new Fact.ItemStarted(item));
    try (Desk.Follower follower = desk.replay(lane)) {
      follower.all();
      desk.journal.grow(lane, item.id(), Item.Field.TEXT, "a");
      follower.all();
      desk.journal.grow(lane, item.id(), Item.Field.TEXT, "b".repeat(100_000));
      List<JsonNode> deltas = frames(follower.all(1 << 20));
      assertThat(deltas).hasSize(4).allMatch(d -> d.get("text").asString().length() <= 30 << 10);
      assertThat(deltas.getFirst().get("at").asInt()).isEqualTo(1);
    }
  }

  @Test
  void theItemFrameIsTheItemAsNowAndDeltasGoOnAfterIt() throws Exception {
    Item item = desk.item(lane, Item.Kind.TEXT, null);
    desk.append(lane, new Fact.ItemStarted(item));
    try (Desk.Follower follower = desk.replay(lane)) {
      follower.all();
      desk.journal.grow(lane, item.id(), Item.Field.TEXT, "abc");
      JsonNode frame = JSON.readTree(follower.cursor().itemFrame(item.id()));
      assertThat(frame.get("type").asString()).isEqualTo("item");
      assertThat(frame.at("/item/text").asString()).isEqualTo("abc");
      assertThat(follower.all()).isEmpty();

      desk.journal.grow(lane, item.id(), Item.Field.TEXT, "d");
      assertThat(frames(follower.all()).getFirst().get("at").asInt()).isEqualTo(3);
      desk.append(lane, Desk.done(item));
      assertThat(JSON.readTree(follower.cursor().itemFrame(item.id())).at("/item/text").asString())
          .isEqualTo("abcd");
      LaneId other = desk.lane();
      try (Desk.Follower stranger = desk.replay(other)) {
        assertThatThrownBy(() -> stranger.cursor().itemFrame(item.id()))
            .isInstanceOf(Refused.class);
      }
    }
  }

  @Test
  void whoFellFarBehindInAnOpenTextSeesTheGapAndAsksForTheItem() throws Exception {
    Item item = desk.item(lane, Item.Kind.TEXT, null);
    desk.append(lane, new Fact.ItemStarted(item));
    var client = new Client();
    try (Desk.Follower follower = desk.follow(lane)) {
      client.welcome(follower.cursor().open(0L, null, false));
      desk.journal.grow(lane, item.id(), Item.Field.TEXT, "begin");
      client.apply(follower.all());
      for (int i = 0; i < 10; i++) {
        desk.journal.grow(lane, item.id(), Item.Field.TEXT, "0123456789".repeat(10_000));
      }
      client.apply(follower.all());
      assertThat(client.gaps).isPositive();
      client.apply(follower.cursor().itemFrame(item.id()));
      assertThat(client.items.get(item.id().value()).get("text")).startsWith("begin0123");
      desk.append(lane, Desk.done(item));
      client.apply(follower.all());
      assertThat(client.items.get(item.id().value()).get("text")).hasSize(64 << 10);
    }
  }

  // Waking ---------------------------------------------------------------------------------------

  @Test
  void aCursorIsWokenOnceUntilItLooks() throws Exception {
    try (Desk.Follower follower = desk.replay(lane)) {
      follower.all();
      facts(20);
      assertThat(follower.wakes()).hasValue(1);
      follower.all();
      facts(20);
      assertThat(follower.wakes()).hasValue(2);
    }
    facts(5);
    assertThat(desk.journal.lanesInMemory()).isZero();
  }

  @Test
  void aWakeThatFailsHarmsNobody() throws Exception {
    try (Cursor bad =
            desk.journal.follow(
                lane,
                () -> {
                  throw new IllegalStateException("wake");
                });
        Desk.Follower good = desk.replay(lane)) {
      bad.open(null, null, false);
      facts(2);
      assertThat(good.wakes()).hasValue(1);
      assertThat(good.all()).hasSize(2);
    }
  }

  @Test
  void framesComeInPortionsOfTheAskedSize() throws Exception {
    facts(2_000);
    try (Desk.Follower follower = desk.replay(lane)) {
      var all = new ArrayList<String>();
      for (var some = follower.cursor().poll(1_000); !some.isEmpty(); ) {
        assertThat(some.stream().mapToInt(String::length).sum()).isLessThan(1_400);
        all.addAll(some);
        some = follower.cursor().poll(1_000);
      }
      assertThat(seqs(all)).hasSize(2_000).isSorted();
      facts(2_000);
      assertThat(follower.all(1_000)).hasSize(2_000);
      assertThat(follower.cursor().poll(1)).isEmpty();
      facts(1);
      assertThat(follower.cursor().poll(1)).hasSize(1);
    }
  }

  // The end of an epoch --------------------------------------------------------------------------

  @Test
  void R_LANE_6_aResetBeginsAtOneAgainAndEveryCursorIsTold() throws Exception {
    Item old = desk.item(lane, Item.Kind.TEXT, null);
    desk.append(lane, new Fact.ItemStarted(old));
    desk.journal.grow(lane, old.id(), Item.Field.TEXT, "old");
    facts(3);
    var client = new Client();
    try (Desk.Follower follower = desk.follow(lane)) {
      client.welcome(follower.cursor().open(0L, null, false));
      client.apply(follower.all());
      String before = desk.journal.head(lane).epoch();
      String epoch = desk.journal.reset(lane, null);

      assertThat(epoch).isNotEqualTo(before);
      assertThat(desk.journal.head(lane)).isEqualTo(new Journal.Head(epoch, 0));
      client.apply(follower.all());
      assertThat(client.resets).isEqualTo(1);
      assertThat(client.epoch).isEqualTo(epoch);
      assertThat(client.items).isEmpty();

      desk.journal.grow(lane, old.id(), Item.Field.TEXT, "late");
      facts(2);
      client.apply(follower.all());
      assertThat(client.seq).isEqualTo(2);
    }
    assertThat(desk.journal.unfinishedLanes()).isEmpty();
    assertThat(desk.journal.item(old.id())).isEmpty();
    assertThat(desk.journal.lanesInMemory()).isZero();
  }

  @Test
  void aResetThatIsStoredAndNotPublishedYetIsWaitedFor() throws Exception {
    facts(3);
    var client = new Client();
    try (Desk.Follower follower = desk.follow(lane)) {
      client.welcome(follower.cursor().open(0L, null, false));
      String old = desk.journal.head(lane).epoch();
      var gate = desk.unpublished();
      Thread resetting = Thread.ofVirtual().start(() -> desk.journal.reset(lane, null));
      desk.awaitStored(lane, 0);
      Desk.Told told = desk.begin(lane, IDLE);
      desk.awaitStored(lane, 1);
      // The store has another history by now; what it has must not be taken for the old one.
      assertThat(follower.all()).isEmpty();
      assertThat(desk.journal.head(lane).epoch()).isEqualTo(old);

      // A second one, so that the first is published while the store is ahead again.
      Thread again = Thread.ofVirtual().start(() -> desk.journal.reset(lane, null));
      desk.awaitStored(lane, 0);
      gate.countDown();
      told.await();
      resetting.join();
      again.join();
      client.apply(follower.all());
      assertThat(client.epoch).isEqualTo(desk.journal.head(lane).epoch());
      assertThat(client.seq).isZero();
      facts(2);
      client.apply(follower.all());
      assertThat(client.seq).isEqualTo(2);
    }
  }

  @Test
  void aResetHappensInItsPlaceBetweenAppendsOfOthers() throws Exception {
    var client = new Client();
    try (Desk.Follower follower = desk.follow(lane)) {
      client.welcome(follower.cursor().open(0L, null, false));
      Thread appending =
          Thread.ofVirtual()
              .start(() -> {
                for (int i = 0; i < 400; i++) {
                  desk.begin(lane, IDLE);
                }
              });
      for (int i = 0; i < 10; i++) {
        desk.journal.reset(lane, null);
        client.apply(follower.all());
      }
      appending.join();
      desk.append(lane, IDLE);
      client.apply(follower.all());
      assertThat(client.epoch).isEqualTo(desk.journal.head(lane).epoch());
      assertThat(client.seq).isEqualTo(desk.journal.head(lane).seq());
    }
  }

  @Test
  void aRemovedLaneLeavesNothingBehind() throws Exception {
    Item item = desk.item(lane, Item.Kind.TEXT, null);
    desk.append(lane, new Fact.TurnQueued(desk.turn(lane, "x")), new Fact.ItemStarted(item));
    desk.journal.grow(lane, item.id(), Item.Field.TEXT, "x".repeat(300_000));
    desk.restart();
    desk.append(lane, Desk.done(item));
    try (Desk.Follower follower = desk.replay(lane)) {
      desk.journal.remove(
          lane, handle -> handle.execute("DELETE FROM lane WHERE id = ?", lane.value()));
      assertThat(follower.all()).isEmpty();
    }
    for (String table : List.of("lane", "event", "item", "item_chunk", "turn", "ask")) {
      long rows =
          desk.db.read(h -> h.createQuery("SELECT count(*) FROM " + table).mapTo(long.class).one());
      assertThat(rows).as(table).isZero();
    }
    assertThatThrownBy(() -> desk.journal.head(lane)).isInstanceOf(Refused.class);
  }

  private void facts(int count) throws Exception {
    Desk.Told last = null;
    for (int i = 0; i < count; i++) {
      last = desk.begin(lane, IDLE);
    }
    last.await();
  }

  private static List<JsonNode> frames(List<String> frames) {
    return frames.stream().map(frame -> JSON.readTree(frame)).toList();
  }

  private static List<String> types(List<String> frames) {
    return frames(frames).stream().map(frame -> frame.get("type").asString()).toList();
  }

  private static List<Long> seqs(List<String> frames) {
    return frames(frames).stream().map(frame -> frame.get("seq").asLong()).toList();
  }
}
