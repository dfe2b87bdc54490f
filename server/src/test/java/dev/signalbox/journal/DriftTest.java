package dev.signalbox.journal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.signalbox.event.Fact;
import dev.signalbox.event.Item;
import dev.signalbox.event.LaneState;
import dev.signalbox.id.LaneId;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.POJONode;

/// What cannot be read or written is shown as it is, and stops nothing.
class DriftTest {
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

  /// A value that no serialiser takes.
  public static final class Unwritable {
    public String getTrouble() {
      throw new IllegalStateException("no");
    }
  }

  @Test
  void R_EVT_7_aFactThatCannotBeWrittenIsStoredWithoutWhatTheAgentPutIntoIt() throws Exception {
    var trouble = new POJONode(new Unwritable());
    Item item =
        desk.item(lane, Item.Kind.TOOL, null)
            .withTool(new Item.Tool("run", "execute", "Run it", trouble, List.of("a"), 0))
            .withNotice(new Item.Notice("x", "info", "y", trouble));
    try (Desk.Follower follower = desk.replay(lane)) {
      desk.append(lane, IDLE, new Fact.ItemStarted(item), new Fact.ItemUpdated(item));
      desk.journal.grow(lane, item.id(), Item.Field.OUTPUT, "out");
      desk.append(lane, Desk.done(item), IDLE);
      List<String> live = follower.all();
      assertThat(types(live))
          .containsExactly(
              "lane.changed", "item.started", "item.updated", "item.completed", "lane.changed");
      assertThat(desk.journal.events(lane, 0, 10).events()).isEqualTo(live);
      Item stored = desk.journal.item(item.id()).orElseThrow();
      assertThat(stored.tool().title()).isEqualTo("Run it");
      assertThat(stored.tool().input()).isNull();
      assertThat(stored.output()).isEqualTo("out");
    }
  }

  @Test
  void R_EVT_7_rowsThatCannotBeReadAreShownAsTheyAre() throws Exception {
    Item item = desk.item(lane, Item.Kind.TEXT, null);
    desk.append(lane, IDLE, new Fact.ItemStarted(item), Desk.done(item, "a"), IDLE, IDLE);
    sql("UPDATE event SET body = '{\"half\":' WHERE seq = 1");
    sql("UPDATE item SET body = 'nonsense' WHERE id = '" + item.id() + "'");
    sql("UPDATE event SET type = 999, body = '{\"new\":1}' WHERE seq = 4");
    sql("UPDATE event SET body = NULL WHERE seq = 5");

    List<String> events = desk.journal.events(lane, 0, 10).events();
    assertThat(types(events))
        .containsExactly("unknown", "item.started", "unknown", "unknown", "unknown");
    assertThat(JSON.readTree(events.getFirst()).get("raw").asString()).isEqualTo("{\"half\":");
    assertThat(JSON.readTree(events.get(3)).get("new").asInt()).isEqualTo(1);
    assertThat(events.stream().map(e -> JSON.readTree(e).get("seq").asInt()))
        .containsExactly(1, 2, 3, 4, 5);
    Item shown = desk.journal.items(lane, null, 10).items().getFirst();
    assertThat(shown.id()).isEqualTo(item.id());
    assertThat(shown.notice().code()).isEqualTo("unknown");
    assertThat(shown.text()).isEqualTo("a");
    desk.append(lane, IDLE);
  }

  @Test
  void turnsAndAsksThatCannotBeReadDoNotHideTheOthers() throws Exception {
    var turn = desk.turn(lane, "a");
    var bad = desk.turn(lane, "bad one");
    var ask = desk.ask(lane, turn.id(), desk.ids.item());
    var badAsk = desk.ask(lane, turn.id(), desk.ids.item());
    desk.append(
        lane,
        new Fact.TurnQueued(turn),
        new Fact.TurnQueued(bad),
        new Fact.AskOpened(badAsk),
        new Fact.AskOpened(ask));
    sql("UPDATE turn SET body = 'nonsense' WHERE id = '" + bad.id() + "'");
    sql("UPDATE ask SET body = 'nonsense' WHERE id = '" + badAsk.id() + "'");

    Journal.Unfinished left = desk.journal.unfinished(lane);
    assertThat(left.openAsks()).containsExactly(ask);
    assertThat(left.queued()).hasSize(2);
    assertThat(left.queued().get(1).id()).isEqualTo(bad.id());
    assertThat(left.queued().get(1).text()).isEqualTo("bad one");
    assertThat(types(desk.journal.events(lane, 0, 10).events()))
        .containsExactly("turn.queued", "turn.queued", "unknown", "ask.opened");
  }

  private void sql(String sql) {
    int changed = desk.db.writeNow(handle -> handle.execute(sql));
    assertThat(changed).isEqualTo(1);
  }

  private static List<String> types(List<String> events) {
    return events.stream()
        .map(event -> JSON.readTree(event))
        .map((JsonNode event) -> event.get("type").asString())
        .toList();
  }
}
