package dev.signalbox.journal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.signalbox.id.LaneId;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A long history costs no more than a short one, because every question finds its rows by an
/// index.
class PlansTest {
  @TempDir Path dir;
  private Desk desk;
  private LaneId lane;

  @BeforeEach
  void aLongHistory() {
    desk = new Desk(dir.resolve("runtime.db"));
    lane = desk.lane();
    desk.db.writeNow(handle ->
        handle.execute(
            """
            WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 100000)
            INSERT INTO item (id, lane, open, bytes, body, text)
            SELECT 'i_' || i, 1, 0, 5,
              '{"id":"i_' || i || '","lane":"' || ? || '","kind":"text","status":"done",'
              || '"at":"2026-11-20T12:00:00Z"}', 'hello'
            FROM n\
            """,
            lane.value()));
  }

  @AfterEach
  void close() {
    desk.close();
  }

  @Test
  void theLastPageOfAHundredThousandItemsIsFoundByTheIndex() {
    Journal.ItemPage page = desk.journal.items(lane, null, 200);
    assertThat(page.items()).hasSize(200);
    assertThat(page.items().getLast().id().value()).isEqualTo("i_100000");
    assertThat(page.more()).isTrue();

    assertThat(plan(ItemReads.PAGE, 1, Long.MAX_VALUE, 200))
        .anyMatch(step -> step.contains("SEARCH i USING INDEX item_lane (lane=? AND rowid<?)"))
        .noneMatch(step -> step.contains("SCAN") || step.contains("TEMP B-TREE"));
  }

  @Test
  void factsAfterANumberAreFoundByTheirKey() {
    assertThat(plan(EventReads.PAGE, 1L << 40, 2L << 40, 5_000))
        .anyMatch(step -> step.contains("SEARCH e USING INTEGER PRIMARY KEY (rowid>? AND rowid<?)"))
        .noneMatch(step -> step.contains("SCAN") || step.contains("TEMP B-TREE"));
  }

  @Test
  void whatIsUnfinishedIsFoundWithoutLookingAtWhatIsFinished() {
    assertThat(plan(Unfinishing.LANES))
        .anyMatch(step -> step.contains("turn_live"))
        .anyMatch(step -> step.contains("item_open"))
        .anyMatch(step -> step.contains("ask_open"))
        .noneMatch(step -> step.matches("SCAN (turn|item|ask)"));
  }

  @Test
  void aPieceOfALongTextIsFoundByItsKey() {
    assertThat(plan(Chunks.SLICE, 0, 10, 20))
        .anyMatch(step -> step.contains("SEARCH item_chunk USING INTEGER PRIMARY KEY"))
        .noneMatch(step -> step.contains("SCAN item_chunk"));
  }

  private List<String> plan(String sql, Object... values) {
    return desk.db.read(handle -> {
      var query = handle.createQuery("EXPLAIN QUERY PLAN " + sql);
      for (int i = 0; i < values.length; i++) {
        query.bind(i, values[i]);
      }
      return query.map((row, _) -> row.getString("detail")).list();
    });
  }
}
