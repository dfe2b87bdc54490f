package dev.signalbox.http;

import dev.signalbox.event.Fact;
import dev.signalbox.event.Item;
import dev.signalbox.event.LaneState;
import dev.signalbox.id.Ids;
import dev.signalbox.id.LaneId;
import dev.signalbox.id.SessionId;
import dev.signalbox.journal.Journal;
import dev.signalbox.testkit.server.Client;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/// Puts facts into a lane's journal as the lane's own actor would, where an agent would be too slow
/// or too free. Each call returns when they are stored.
final class Facts {
  private static final Instant NOON = Instant.parse("2026-11-20T12:00:00Z");
  private static final int AT_ONCE = 1_000;

  private final Journal journal;
  private final LaneId lane;
  private final Ids ids = new Ids(InstantSource.system());

  Facts(Edge edge, Client.Lane lane) {
    this.journal = edge.journal;
    // A lane that is taken up ends what a dead server left open, so that comes first.
    this.lane = edge.sessions.lane(new SessionId(lane.session()), lane.id()).id();
  }

  /// So many small facts.
  void small(int count) throws Exception {
    var facts = new ArrayList<Fact>();
    for (int i = 0; i < count; i++) {
      facts.add(new Fact.LaneChanged(LaneState.IDLE, null));
    }
    append(facts);
  }

  /// So many items, each done at once with this text.
  void items(int count, String text) throws Exception {
    var facts = new ArrayList<Fact>();
    for (int i = 0; i < count; i++) {
      var item = Item.open(ids.item(), lane, null, "practice", Item.Kind.TEXT, NOON);
      facts.add(new Fact.ItemStarted(item));
      facts.add(completed(item, text));
    }
    append(facts);
  }

  /// An item that is open.
  Item open() throws Exception {
    var item = Item.open(ids.item(), lane, null, "practice", Item.Kind.TEXT, NOON);
    append(List.of(new Fact.ItemStarted(item)));
    return item;
  }

  void grow(Item item, String text) {
    journal.grow(lane, item.id(), Item.Field.TEXT, text);
  }

  void complete(Item item, String text) throws Exception {
    append(List.of(completed(item, text)));
  }

  void commands(String agent, String... names) throws Exception {
    var commands = new ArrayList<Fact.CommandsChanged.Command>();
    for (var name : names) {
      commands.add(new Fact.CommandsChanged.Command(name, "what it does", null));
    }
    append(List.of(new Fact.CommandsChanged(agent, commands)));
  }

  String epoch() {
    return journal.head(lane).epoch();
  }

  long seq() {
    return journal.head(lane).seq();
  }

  private static Fact completed(Item item, String text) {
    return new Fact.ItemCompleted(
        item.withStatus(Item.Status.DONE, NOON).withGrown(text, null, null, null, null, null));
  }

  private void append(List<Fact> facts) throws Exception {
    for (int from = 0; from < facts.size(); from += AT_ONCE) {
      var some = facts.subList(from, Math.min(facts.size(), from + AT_ONCE));
      var done = new CompletableFuture<Boolean>();
      journal.append(
          some.stream().map(fact -> new Journal.Entry(lane, null, fact)).toList(),
          null,
          new Journal.Outcome() {
            @Override
            public void stored(List<Journal.Stored> stored) {
              done.complete(true);
            }

            @Override
            public void failed(RuntimeException cause) {
              done.completeExceptionally(cause);
            }
          });
      done.get(30, TimeUnit.SECONDS);
    }
  }
}
