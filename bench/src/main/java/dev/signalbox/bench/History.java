package dev.signalbox.bench;

import dev.signalbox.event.Fact;
import dev.signalbox.event.Item;
import dev.signalbox.id.Ids;
import dev.signalbox.id.LaneId;
import dev.signalbox.journal.Journal;
import dev.signalbox.store.Database;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Semaphore;

/// A database with a past: one lane with 100,000 items (200,000 facts), and more lanes until there
/// are a million facts. Made once and kept.
final class History {
  static final int ITEMS = 100_000;
  private static final int LANES = 5;

  private History() {}

  /// @param folder of a [Launched]; made when there is nothing in it
  /// @return the session and the lane with 100,000 items
  static String[] in(Path folder) throws Exception {
    var note = folder.resolve("history");
    if (Files.exists(note)) {
      return Files.readString(note).split(" ", -1);
    }
    var database = folder.resolve("data/contexts/main/runtime.db");
    Files.createDirectories(database.getParent());
    var ids = new Ids(InstantSource.system());
    var session = ids.session();
    LaneId first = null;
    try (var db = Database.open(database, Database.Kind.RUNTIME);
        var journal = Journal.open(db, InstantSource.system())) {
      var project = ids.project();
      db.writeNow(handle ->
          handle.execute(
              "INSERT INTO project (id, name, path, git, created_at) VALUES (?, 'p', ?, 0, 0)",
              project.value(),
              Files.createDirectories(folder.resolve("project")).toRealPath().toString()));
      db.writeNow(handle ->
          handle.execute(
              "INSERT INTO session (id, project, title, isolation, created_at, updated_at)"
                  + " VALUES (?, ?, 'history', 'in-place', 0, 0)",
              session.value(),
              project.value()));
      for (int i = 0; i < LANES; i++) {
        var lane = ids.lane();
        first = first == null ? lane : first;
        var name = i == 0 ? "worker" : "lane-" + i;
        db.writeNow(handle ->
            handle.execute(
                "INSERT INTO lane (id, session, name, role, policy, epoch, seq, created_at)"
                    + " VALUES (?, ?, ?, 'chat', 'read-only', ?, 0, 0)",
                lane.value(),
                session.value(),
                name,
                journal.freshEpoch()));
        fill(journal, ids, lane);
      }
    }
    Files.writeString(note, session.value() + " " + first);
    return Files.readString(note).split(" ", -1);
  }

  private static void fill(Journal journal, Ids ids, LaneId lane) throws InterruptedException {
    var under = new Semaphore(8);
    for (int i = 0; i < ITEMS; i += 250) {
      var entries = new ArrayList<Journal.Entry>();
      for (int j = 0; j < 250; j++) {
        var item = Item.open(ids.item(), lane, null, "bench", Item.Kind.TEXT, Instant.now());
        entries.add(new Journal.Entry(lane, null, new Fact.ItemStarted(item)));
        var text = "Item " + (i + j) + " of a long history, with a sentence of usual length in it.";
        entries.add(
            new Journal.Entry(
                lane,
                null,
                new Fact.ItemCompleted(
                    item.withGrown(text, null, null, null, null, null)
                        .withStatus(Item.Status.DONE, Instant.now()))));
      }
      under.acquire();
      journal.append(
          entries,
          null,
          new Journal.Outcome() {
            @Override
            public void stored(List<Journal.Stored> facts) {
              under.release();
            }

            @Override
            public void failed(RuntimeException cause) {
              throw cause;
            }
          });
    }
    under.acquire(8);
  }
}
