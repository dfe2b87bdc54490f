package dev.signalbox.journal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.signalbox.event.Fact;
import dev.signalbox.event.Item;
import dev.signalbox.id.ItemId;
import dev.signalbox.id.LaneId;
import dev.signalbox.refusal.Refused;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class ItemsTest {
  private static final JsonMapper JSON = JsonMapper.builder().build();

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

  @Test
  void R_TURN_4_textReasoningAndToolsAreTheSameLiveAndReloaded() throws Exception {
    try (Desk.Follower follower = desk.replay(lane)) {
      for (Item.Kind kind : List.of(Item.Kind.TEXT, Item.Kind.REASONING, Item.Kind.TOOL)) {
        Item item =
            desk.item(lane, kind, desk.ids.turn())
                .withTool(
                    new Item.Tool(
                        "edit", "edit", "Edit", JSON.readTree("{\"a\":[1]}"), List.of("a"), 0));
        desk.append(lane, new Fact.ItemStarted(item));
        for (Item.Field field : Item.Field.values()) {
          desk.journal.grow(lane, item.id(), field, field + " \"größer\" 😀\n");
        }
        desk.append(lane, new Fact.ItemUpdated(item));
        desk.append(lane, Desk.done(item));
      }
      List<String> live = follower.all().stream().filter(f -> f.contains("\"seq\"")).toList();

      assertThat(desk.journal.events(lane, 0, 100).events()).isEqualTo(live).hasSize(9);
      desk.restart();
      assertThat(desk.journal.events(lane, 0, 100).events()).isEqualTo(live);
      Item last = desk.journal.items(lane, null, 10).items().getLast();
      assertThat(last.output()).isEqualTo("OUTPUT \"größer\" 😀\n");
      JsonNode completed = JSON.readTree(live.getLast()).get("item");
      assertThat(JSON.readTree(Json.encode(last))).isEqualTo(completed);
      assertThat(last.truncated()).isFalse();
      assertThat(last.bytes()).isEqualTo(21 + 23 + 21);
    }
  }

  @Test
  void growingTextIsNeverInStartedOrUpdated() throws Exception {
    Item item =
        desk.item(lane, Item.Kind.TEXT, null).withGrown("early", null, null, 5L, false, null);
    desk.append(lane, new Fact.ItemStarted(item), new Fact.ItemUpdated(item));

    assertThat(desk.journal.events(lane, 0, 10).events()).noneMatch(e -> e.contains("early"));
    assertThat(desk.journal.item(item.id()).orElseThrow().text()).isEqualTo("early");
    desk.append(lane, Desk.done(item, null));
    assertThat(desk.journal.item(item.id()).orElseThrow().text()).isEqualTo("early");
  }

  @Test
  void R_TURN_5_aLongAnswerIsMarkedAsCutAndTheRestCanBeHad() throws Exception {
    for (int size : List.of(65_536, 65_537, 150_000, 300 << 10, 1_500_000)) {
      String answer = text(size);
      Item item = desk.item(lane, Item.Kind.TEXT, null);
      desk.append(lane, new Fact.ItemStarted(item));
      grow(item, answer);
      desk.append(lane, Desk.done(item));

      cutAndWhole(item.id(), answer);
      desk.restart();
      cutAndWhole(item.id(), answer);
    }
  }

  @Test
  void textThatComesWithTheEndReplacesWhatHadGrown() throws Exception {
    for (int size : List.of(3, 100_000)) {
      Item item = desk.item(lane, Item.Kind.TEXT, null);
      desk.append(lane, new Fact.ItemStarted(item));
      grow(item, text(200_000));
      String last = text(size);
      desk.append(lane, Desk.done(item, last));
      cutAndWhole(item.id(), last);
    }
    assertThat(orphans()).isZero();
  }

  @Test
  void anItemThatOnlyEndsIsWhole() throws Exception {
    Item notice =
        desk.item(lane, Item.Kind.NOTICE, null)
            .withNotice(new Item.Notice("agent-restarted", "info", "Restarted", null));
    desk.append(lane, Desk.done(notice));
    Item user = desk.item(lane, Item.Kind.USER, null);
    desk.append(lane, new Fact.ItemStarted(user), Desk.done(user, "hello\u0000there"));

    assertThat(desk.journal.item(notice.id()).orElseThrow().notice().code())
        .isEqualTo("agent-restarted");
    assertThat(desk.journal.item(notice.id()).orElseThrow().bytes()).isNull();
    assertThat(desk.journal.item(user.id()).orElseThrow().text()).isEqualTo("hello\u0000there");
  }

  @Test
  void openTextIsStoredWithinAMomentAndFoundByTheNextServer() throws Exception {
    String answer = text(300_000);
    Item item = desk.item(lane, Item.Kind.TOOL, null);
    desk.append(lane, new Fact.ItemStarted(item));
    for (int i = 0; i < answer.length(); i += 10_000) {
      desk.journal.grow(
          lane,
          item.id(),
          Item.Field.OUTPUT,
          answer.substring(i, Math.min(answer.length(), i + 10_000)));
    }
    await().until(() -> storedUnits() == answer.length());
    desk.restart();

    Item left = desk.journal.unfinished(lane).openItems().getFirst();
    assertThat(left.id()).isEqualTo(item.id());
    assertThat(left.output()).isEqualTo(Shown.of(answer).text());
    assertThat(desk.journal.unfinishedLanes()).containsExactly(lane);

    desk.append(
        lane,
        new Fact.ItemCompleted(
            left.withStatus(Item.Status.CANCELLED, Desk.NOON)
                .withGrown(null, null, null, null, null, null)));
    assertThat(whole(item.id(), Item.Field.OUTPUT)).isEqualTo(answer);
    assertThat(desk.journal.unfinishedLanes()).isEmpty();
    JsonNode frame = JSON.readTree(desk.journal.events(lane, 0, 10).events().getLast());
    assertThat(frame.at("/item/output").asString()).isEqualTo(Shown.of(answer).text());
    assertThat(frame.at("/item/status").asString()).isEqualTo("cancelled");
  }

  @Test
  void aShortTextThatOnlyTheStoreKnowsMovesIntoItsRow() throws Exception {
    Item item = desk.item(lane, Item.Kind.TEXT, null);
    desk.append(lane, new Fact.ItemStarted(item));
    desk.journal.grow(lane, item.id(), Item.Field.TEXT, "left behind");
    desk.restart();
    try (Desk.Follower follower = desk.replay(lane)) {
      follower.all();
      desk.append(lane, Desk.done(item));
      assertThat(follower.all()).singleElement().asString().contains("left behind");
    }
    assertThat(storedUnits()).isZero();
    assertThat(desk.journal.item(item.id()).orElseThrow().text()).isEqualTo("left behind");
  }

  @Test
  void textThatGrowsAfterTheEndIsIgnored() throws Exception {
    Item item = desk.item(lane, Item.Kind.TEXT, null);
    desk.append(lane, new Fact.ItemStarted(item));
    try (Desk.Follower follower = desk.replay(lane)) {
      desk.journal.grow(lane, item.id(), Item.Field.TEXT, "a");
      var gate = desk.held();
      Desk.Told told = desk.begin(lane, Desk.done(item));
      desk.journal.grow(lane, item.id(), Item.Field.TEXT, "b");
      assertThat(follower.all()).hasSize(2).noneMatch(frame -> frame.contains("\"ab\""));
      gate.countDown();
      told.await();
    }
    desk.journal.grow(lane, item.id(), Item.Field.TEXT, "c");
    desk.journal.grow(lane, new ItemId("i_none"), Item.Field.TEXT, "c");
    desk.journal.grow(new LaneId("l_none"), item.id(), Item.Field.TEXT, "c");

    desk.restart();
    assertThat(desk.journal.item(item.id()).orElseThrow().text()).isEqualTo("a");
    assertThat(orphans()).isZero();
  }

  @Test
  void R_EVT_5_updatesNeverMoveAnItem() throws Exception {
    List<Item> items = new ArrayList<>();
    for (int i = 0; i < 10; i++) {
      items.add(desk.item(lane, Item.Kind.TOOL, null));
      desk.append(lane, new Fact.ItemStarted(items.get(i)));
    }
    var shuffled = new ArrayList<>(items);
    Collections.shuffle(shuffled, new Random(1));
    for (Item item : shuffled) {
      desk.append(lane, new Fact.ItemUpdated(item));
    }
    for (Item item : shuffled.reversed()) {
      desk.append(lane, Desk.done(item));
    }
    assertThat(desk.journal.items(lane, null, 200).items().stream().map(Item::id))
        .containsExactlyElementsOf(items.stream().map(Item::id).toList());
  }

  @Test
  void pagesGoFromTheNewestToTheOldestWithoutGapOrDouble() throws Exception {
    List<ItemId> all = new ArrayList<>();
    LaneId other = desk.lane();
    for (int i = 0; i < 57; i++) {
      Item item = desk.item(lane, Item.Kind.TEXT, null);
      all.add(item.id());
      desk.append(lane, new Fact.ItemStarted(item), Desk.done(item, "n" + i));
      desk.append(other, Desk.done(desk.item(other, Item.Kind.TEXT, null), "other"));
    }
    var seen = new ArrayList<ItemId>();
    Journal.ItemPage page = desk.journal.items(lane, null, 10);
    assertThat(page.seq()).isEqualTo(114);
    while (true) {
      seen.addAll(0, page.items().stream().map(Item::id).toList());
      if (!page.more()) {
        break;
      }
      assertThat(page.items()).hasSize(10);
      page = desk.journal.items(lane, page.items().getFirst().id(), 10);
    }
    assertThat(seen).isEqualTo(all);
    assertThatThrownBy(() -> desk.journal.items(other, all.getFirst(), 10))
        .isInstanceOfSatisfying(Refused.class, e -> assertThat(e.code()).isEqualTo("item_unknown"));
  }

  @Test
  void aPageIsBoundedByBytesToo() throws Exception {
    for (int i = 0; i < 40; i++) {
      Item item = desk.item(lane, Item.Kind.TEXT, null);
      desk.append(lane, new Fact.ItemStarted(item), Desk.done(item, text(200_000)));
    }
    Journal.ItemPage page = desk.journal.items(lane, null, 200);
    assertThat(page.items()).hasSizeBetween(13, 16);
    assertThat(page.more()).isTrue();
    assertThat(Characters.utf8(Json.encode(page.items()))).isLessThan((1 << 20) + 100_000);
  }

  @Test
  void anEndThatWasNotStoredLeavesTheItemOpen() throws Exception {
    Item item = desk.item(lane, Item.Kind.TEXT, null);
    desk.append(lane, new Fact.ItemStarted(item));
    desk.journal.grow(lane, item.id(), Item.Field.TEXT, "a");
    assertThatThrownBy(() ->
            desk.append(
                handle -> {
                  throw new IllegalStateException("no");
                },
                List.of(Desk.entry(lane, Desk.done(item)))))
        .hasMessage("no");
    desk.journal.grow(lane, item.id(), Item.Field.TEXT, "b");
    desk.append(lane, Desk.done(item));
    assertThat(desk.journal.item(item.id()).orElseThrow().text()).isEqualTo("ab");
  }

  @Test
  void aStartThatWasNotStoredLeavesNothingAndCanBeTriedAgain() throws Exception {
    Item item = desk.item(lane, Item.Kind.TEXT, null);
    for (int i = 0; i < 2; i++) {
      assertThatThrownBy(() ->
              desk.append(
                  handle -> {
                    throw new IllegalStateException("no");
                  },
                  List.of(Desk.entry(lane, new Fact.ItemStarted(item)))))
          .hasMessage("no");
      assertThat(desk.journal.lanesInMemory()).isZero();
    }
    desk.append(lane, new Fact.ItemStarted(item));
    assertThatThrownBy(() -> desk.append(lane, new Fact.ItemStarted(item)))
        .hasMessageContaining("UNIQUE");
    desk.journal.grow(lane, item.id(), Item.Field.TEXT, "a");
    desk.append(lane, Desk.done(item));
    assertThat(desk.journal.item(item.id()).orElseThrow().text()).isEqualTo("a");
    assertThat(desk.journal.lanesInMemory()).isZero();
  }

  @Test
  void textThatIsSavedTooLateForItsItemIsNotStored() throws Exception {
    Item item = desk.item(lane, Item.Kind.TEXT, null);
    desk.append(lane, new Fact.ItemStarted(item), Desk.done(item, "whole"));
    var late = new GrowingText();
    late.append("late");
    desk.db.writeNow(handle -> {
      var statements = new Statements();
      statements.on(handle.getConnection());
      new ItemRows(statements)
          .save(1, item.id().value(), new OpenItem.Unsaved(Item.Field.TEXT, late.unsavedPieces()));
      return true;
    });
    assertThat(storedUnits()).isZero();
  }

  @Test
  void slicesAreWholeCharactersOfOpenAndOfCompletedText() throws Exception {
    String answer = "😀é中x".repeat(50_000);
    Item item = desk.item(lane, Item.Kind.TEXT, null);
    desk.append(lane, new Fact.ItemStarted(item));
    grow(item, answer);
    assertThat(whole(item.id(), Item.Field.TEXT)).isEqualTo(answer);
    desk.append(lane, Desk.done(item));
    assertThat(whole(item.id(), Item.Field.TEXT)).isEqualTo(answer);
    for (int from : List.of(0, 1, 4, 65_535, 65_536, 65_537, 131_071, 249_999, 250_000, 300_000)) {
      Journal.FieldSlice slice = desk.journal.field(item.id(), Item.Field.TEXT, from, 3);
      assertThat(answer.startsWith(slice.text(), (int) slice.from())).isTrue();
      assertThat(slice.text()).doesNotContain("?");
      assertThat(slice.total()).isEqualTo(250_000);
    }
    assertThat(desk.journal.field(item.id(), Item.Field.DIFF, 0, 10))
        .isEqualTo(new Journal.FieldSlice("", 0, 0));
    assertThatThrownBy(() -> desk.journal.field(new ItemId("i_none"), Item.Field.TEXT, 0, 1))
        .isInstanceOf(Refused.class);
  }

  @Test
  void openItemsArePagedWithTheirTextSoFar() throws Exception {
    Item item = desk.item(lane, Item.Kind.TEXT, null);
    desk.append(lane, new Fact.ItemStarted(item));
    desk.journal.grow(lane, item.id(), Item.Field.TEXT, "so far");
    assertThat(desk.journal.items(lane, null, 1).items().getFirst().text()).isEqualTo("so far");
    assertThat(desk.journal.item(item.id()).orElseThrow().text()).isEqualTo("so far");
  }

  private void grow(Item item, String text) {
    var random = new Random(text.length());
    for (int i = 0; i < text.length(); ) {
      int end = Math.min(text.length(), i + 1 + random.nextInt(20_000));
      desk.journal.grow(lane, item.id(), Item.Field.TEXT, text.substring(i, end));
      i = end;
    }
  }

  private void cutAndWhole(ItemId item, String answer) {
    Item shown = desk.journal.item(item).orElseThrow();
    boolean cut = Characters.utf8(answer) > 65_536;
    assertThat(shown.truncated()).isEqualTo(cut);
    assertThat(shown.bytes()).isEqualTo(Characters.utf8(answer));
    if (cut) {
      Item.Cut at = shown.cut().get("text");
      assertThat(answer).startsWith(shown.text().substring(0, at.at()));
      assertThat(answer).endsWith(shown.text().substring(at.at()));
      assertThat(at.omitted()).isEqualTo(answer.length() - shown.text().length());
    } else {
      assertThat(shown.text()).isEqualTo(answer);
      assertThat(shown.cut()).isNull();
    }
    assertThat(whole(item, Item.Field.TEXT)).isEqualTo(answer);
  }

  private String whole(ItemId item, Item.Field field) {
    var out = new StringBuilder();
    Journal.FieldSlice slice;
    do {
      slice = desk.journal.field(item, field, out.length(), 50_001);
      assertThat(slice.from()).isEqualTo(out.length());
      out.append(slice.text());
    } while (out.length() < slice.total());
    return out.toString();
  }

  private static String text(int size) {
    var out = new StringBuilder();
    IntStream.range(0, size / 8 + 1).forEach(i -> out.append("%07d\n".formatted(i)));
    return out.substring(0, size);
  }

  private long storedUnits() {
    return desk.db.<Long>read(h ->
        h.createQuery("SELECT coalesce(sum(length(text)), 0) FROM item_chunk")
            .mapTo(long.class)
            .one());
  }

  /// Pieces of text that no item has.
  private long orphans() {
    return desk.db.<Long>read(h ->
        h.createQuery(
                """
                SELECT count(*) FROM item_chunk c LEFT JOIN item i ON i.no = c.item
                WHERE i.no IS NULL OR (i.open = 0 AND i.long & (1 << c.field) = 0)\
                """)
            .mapTo(long.class)
            .one());
  }
}
