package dev.signalbox.journal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.signalbox.event.Fact;
import dev.signalbox.event.Item;
import dev.signalbox.id.LaneId;
import dev.signalbox.refusal.Refused;
import dev.signalbox.store.Database;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FullDiskTest {
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
  void nothingIsToldToBeStoredAndEverythingGoesOnWhenThereIsRoom() throws Exception {
    Item item = desk.item(lane, Item.Kind.TEXT, null);
    desk.append(lane, new Fact.ItemStarted(item));
    try (Desk.Follower follower = desk.replay(lane)) {
      follower.all();
      fill();
      long seq = desk.journal.head(lane).seq();
      String text = "0123456789".repeat(5_000);
      desk.journal.grow(lane, item.id(), Item.Field.TEXT, text);
      assertThat(follower.all()).hasSize(1);
      assertThatThrownBy(() -> desk.append(lane, Desk.done(item)))
          .isInstanceOfSatisfying(Refused.class, e -> assertThat(e.code()).isEqualTo("disk_full"));
      assertThat(follower.all()).isEmpty();
      assertThat(desk.journal.head(lane).seq()).isEqualTo(seq);

      desk.db.writeNow(handle -> handle.execute("PRAGMA max_page_count = 1000000"));
      await()
          .atMost(Duration.ofSeconds(10))
          .until(() -> desk.db.health() instanceof Database.Health.Ok);
      desk.journal.grow(lane, item.id(), Item.Field.TEXT, "!");
      assertThat(follower.all()).hasSize(1);
      await().until(() -> storedUnits() == text.length() + 1);
      assertThat(desk.append(lane, Desk.done(item)).getFirst().seq()).isEqualTo(seq + 1);
      assertThat(desk.journal.item(item.id()).orElseThrow().text()).isEqualTo(text + "!");
    }
  }

  /// Until not one page is left.
  private void fill() {
    desk.db.writeNow(handle -> handle.execute("PRAGMA max_page_count = 1"));
    assertThatThrownBy(
            () -> {
              while (true) {
                desk.append(
                    lane, Desk.done(desk.item(lane, Item.Kind.TEXT, null), "x".repeat(800)));
              }
            })
        .isInstanceOf(Refused.class);
  }

  private long storedUnits() {
    return desk.db.<Long>read(h ->
        h.createQuery("SELECT coalesce(sum(length(text)), 0) FROM item_chunk")
            .mapTo(long.class)
            .one());
  }
}
