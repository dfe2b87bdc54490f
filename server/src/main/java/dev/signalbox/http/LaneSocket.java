package dev.signalbox.http;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.signalbox.event.AgentCommands;
import dev.signalbox.event.Fact;
import dev.signalbox.id.ItemId;
import dev.signalbox.id.LaneId;
import dev.signalbox.id.SessionId;
import dev.signalbox.journal.Cursor;
import dev.signalbox.journal.Cursor.Opening;
import dev.signalbox.refusal.Refused;
import dev.signalbox.session.Lane;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.SequencedSet;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/// A client that watches one lane: a cursor in its journal. Replay and live are the same loop.
final class LaneSocket extends Connection {
  private static final int PIECE = 256 << 10;
  private static final int MOST_ITEMS_ASKED = 1_000;

  /// What the client has.
  ///
  /// @param replay `all` for everything, however far behind
  record Hello(@Nullable Long after, @Nullable String epoch, @Nullable String replay) {}

  private final Open rooms;
  private final SocketHub hub;
  private final LaneCommands commands;
  private final @Nullable String session;
  private final String laneName;
  private final ReentrantLock lock = new ReentrantLock();

  @GuardedBy("lock")
  private @Nullable Hello hello;

  @GuardedBy("lock")
  private final SequencedSet<ItemId> wanted = new LinkedHashSet<>();

  private volatile @Nullable Lane lane;

  // The writer's own.
  private @Nullable Cursor cursor;
  private @Nullable LaneId seat;

  /// @param session id as the client named it; null when it named only a lane by its id
  /// @param laneName name or id
  LaneSocket(
      Principal principal,
      SocketTimes times,
      Open rooms,
      SocketHub hub,
      boolean control,
      @Nullable String session,
      String laneName) {
    super(principal, times);
    this.rooms = rooms;
    this.hub = hub;
    this.commands = new LaneCommands(rooms, principal, control);
    this.session = session;
    this.laneName = laneName;
  }

  @Override
  void begin() throws InterruptedException {
    var found = find();
    hub.take(found.id());
    seat = found.id();
    lane = found;
    var first = hello();
    var follow = rooms.journal().follow(found.id(), this::wake);
    cursor = follow;
    var opening = follow.open(first.after(), first.epoch(), "all".equals(first.replay()));
    sendNow(welcome(found, opening));
    switch (opening) {
      case Opening.Replay _ -> {}
      case Opening.Afresh afresh -> sendNow(afresh.frame());
      case Opening.Reset reset -> sendNow(reset.frame());
    }
  }

  private Lane find() {
    return session == null
        ? rooms.sessions().lane(Call.id(laneName, "lane", LaneId::new))
        : rooms.sessions().lane(Call.id(session, "session", SessionId::new), laneName);
  }

  private Hello hello() throws InterruptedException {
    var until = System.nanoTime() + times.hello().toNanos();
    while (true) {
      lock.lock();
      try {
        if (hello != null) {
          return hello;
        }
      } finally {
        lock.unlock();
      }
      if (System.nanoTime() - until >= 0) {
        throw new Hangup(
            CloseCode.POLICY, "no hello within %d s".formatted(times.hello().toSeconds()));
      }
      pause(until);
    }
  }

  // Read after the cursor was placed: whatever it lacks comes as a fact.
  private String welcome(Lane lane, Opening opening) {
    return Wire.text(
        new Frames.LaneWelcome(
            "welcome",
            lane.session(),
            lane.id(),
            opening.epoch(),
            opening.seq(),
            lane.running().orElse(null),
            lane.openAsks(),
            List.of(),
            lane.queued(),
            lane.view(),
            lane.threads(),
            offered(lane)));
  }

  @Override
  List<String> next() {
    var follow = cursor;
    if (follow == null) {
      return List.of();
    }
    var frames = new ArrayList<String>();
    int room = PIECE;
    for (var item = nextWanted(); item != null; item = room > 0 ? nextWanted() : null) {
      var frame = itemFrame(follow, item);
      frames.add(frame);
      room -= frame.length();
    }
    if (room > 0) {
      frames.addAll(follow.poll(room));
    }
    return frames;
  }

  private static String itemFrame(Cursor cursor, ItemId item) {
    try {
      return cursor.itemFrame(item);
    } catch (Refused e) {
      return Frames.error("item", null, ProblemBody.of(e));
    }
  }

  private @Nullable ItemId nextWanted() {
    lock.lock();
    try {
      return wanted.isEmpty() ? null : wanted.removeFirst();
    } finally {
      lock.unlock();
    }
  }

  @Override
  @Nullable String obey(String type, ObjectNode message) throws Exception {
    switch (type) {
      case "hello" -> {
        return greet(Wire.JSON.treeToValue(message, Hello.class));
      }
      case "item" -> {
        return want(message);
      }
      default -> {}
    }
    var here = lane;
    if (here == null || !isGreeted()) {
      throw Refused.conflict("no_hello", "Say hello first.");
    }
    return commands.obey(here, type, message);
  }

  private boolean isGreeted() {
    lock.lock();
    try {
      return hello != null;
    } finally {
      lock.unlock();
    }
  }

  private @Nullable String greet(Hello said) {
    lock.lock();
    try {
      if (hello != null) {
        throw Refused.conflict("second_hello", "Hello was said already; open another socket.");
      }
      hello = said;
    } finally {
      lock.unlock();
    }
    wake();
    return null;
  }

  private @Nullable String want(ObjectNode message) {
    var item = Call.id(message.path("item").asString(""), "item", ItemId::new);
    lock.lock();
    try {
      if (wanted.size() >= MOST_ITEMS_ASKED) {
        throw Refused.conflict("too_many_items", "Wait for the items asked for before.");
      }
      wanted.add(item);
    } finally {
      lock.unlock();
    }
    wake();
    return null;
  }

  @Override
  void release() {
    if (cursor != null) {
      cursor.close();
    }
    if (seat != null) {
      hub.give(seat);
    }
  }

  /// What the agents of the lane offer, and what others offered elsewhere or are known to.
  private List<AgentCommands> offered(Lane lane) {
    var here = rooms.journal().commands(lane.id());
    var all = new ArrayList<>(here);
    for (var agent : rooms.registry().all()) {
      boolean told = here.stream().anyMatch(offered -> offered.agent().equals(agent.id()));
      if (!told && !agent.commands().isEmpty()) {
        all.add(
            new AgentCommands(
                agent.id(),
                agent.commands().stream()
                    .map(c -> new Fact.CommandsChanged.Command(c.name(), c.description(), c.hint()))
                    .toList()));
      }
    }
    return all;
  }
}
