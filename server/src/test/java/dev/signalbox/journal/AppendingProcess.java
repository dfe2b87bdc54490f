package dev.signalbox.journal;

import dev.signalbox.event.Fact;
import dev.signalbox.event.Item;
import dev.signalbox.id.LaneId;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/// A process that appends as fast as it can until it is killed, and says of each fact that it was
/// told to be stored: `lane seq clientId`, a line each.
final class AppendingProcess {
  private static final int WRITERS_PER_LANE = 3;

  private AppendingProcess() {}

  /// @param args the database, then the lanes, which are there already
  public static void main(String[] args) throws InterruptedException {
    var desk = new Desk(Path.of(args[0]));
    List<LaneId> lanes = Arrays.stream(args).skip(1).map(LaneId::new).toList();
    for (LaneId lane : lanes) {
      for (int i = 0; i < WRITERS_PER_LANE; i++) {
        Thread.ofVirtual().start(() -> write(desk, lane));
      }
    }
    Thread.currentThread().join();
  }

  private static void write(Desk desk, LaneId lane) {
    while (true) {
      String clientId = desk.ids.next("c_");
      Item item = desk.item(lane, Item.Kind.TEXT, null);
      var queued = new Fact.TurnQueued(desk.turn(lane, "prompt of " + clientId, clientId));
      List<Journal.Entry> entries =
          List.of(
              new Journal.Entry(lane, clientId, queued),
              Desk.entry(lane, new Fact.ItemStarted(item)));
      var told = new Desk.Told();
      desk.journal.append(entries, null, told);
      try {
        for (int i = 0; i < 20; i++) {
          desk.journal.grow(lane, item.id(), Item.Field.TEXT, clientId);
        }
        Journal.Stored stored = told.await().getFirst();
        // One write of one line, so that a kill leaves no half of one.
        System.out.print(lane + " " + stored.seq() + " " + clientId + "\n");
        System.out.flush();
        desk.append(lane, Desk.done(item));
      } catch (Exception e) {
        throw new IllegalStateException(e);
      }
    }
  }
}
