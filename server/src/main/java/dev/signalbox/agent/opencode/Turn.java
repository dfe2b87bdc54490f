package dev.signalbox.agent.opencode;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.signalbox.agent.Agent;
import dev.signalbox.agent.AgentEvent;
import dev.signalbox.agent.AgentEvents;
import dev.signalbox.agent.AgentUnavailable;
import dev.signalbox.agent.TurnResult;
import dev.signalbox.agent.wire.Json;
import dev.signalbox.event.Item;
import dev.signalbox.event.Problem;
import dev.signalbox.id.TurnId;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/// One prompt under way. The reader thread feeds it; the prompting thread waits for what becomes of
/// it; the rest says what other threads do.
///
/// `session.idle` carries no turn, and after an abort comes twice. So it ends a turn only when the
/// turn's own last message says the same, or when the server, asked, says that the session rests.
final class Turn {
  /// What the prompting thread is to do next.
  enum Next {
    /// The turn is over.
    END,
    /// The session was said to be idle, but the messages do not tell: ask the server.
    ASK,
    /// Nothing happened in the time it waited.
    TICK
  }

  private final TurnId id;
  private final String floor;
  private final AgentEvents out;
  private volatile TurnMapping mapping;
  private final List<Ask> asks = new CopyOnWriteArrayList<>();
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private volatile boolean cancelled;
  private volatile boolean over;
  private volatile long heard = System.nanoTime();

  /// The newest message of the user that must have been seen before an idle can end the turn.
  @GuardedBy("lock")
  private String awaitedUser;

  @GuardedBy("lock")
  private boolean userSeen;

  @GuardedBy("lock")
  private boolean busySeen;

  @GuardedBy("lock")
  private @Nullable JsonNode last;

  @GuardedBy("lock")
  private @Nullable JsonNode error;

  @GuardedBy("lock")
  private @Nullable Problem refused;

  @GuardedBy("lock")
  private @Nullable AgentUnavailable broken;

  @GuardedBy("lock")
  private int idles;

  @GuardedBy("lock")
  private boolean asking;

  @GuardedBy("lock")
  private boolean ended;

  /// @param floor the id of the prompt's message
  Turn(TurnId id, TurnMapping mapping, AgentEvents out, String floor) {
    this.id = id;
    this.floor = floor;
    this.awaitedUser = floor;
    this.mapping = mapping;
    this.out = out;
  }

  TurnId id() {
    return id;
  }

  String floor() {
    return floor;
  }

  TurnMapping mapping() {
    return mapping;
  }

  /// On the reader thread.
  void event(JsonNode event, boolean own) throws InterruptedException {
    heard = System.nanoTime();
    tell(mapping.event(event));
    if (own) {
      note(Json.text(event, "type", ""), event.path("properties"));
    }
  }

  /// On the reader thread: messages as they are now.
  void snapshot(JsonNode messages) throws InterruptedException {
    tell(mapping.snapshot(messages));
    note("", messages);
  }

  void tell(List<AgentEvent> events) throws InterruptedException {
    for (var event : events) {
      tell(event);
    }
  }

  void tell(AgentEvent event) throws InterruptedException {
    out.accept(event);
  }

  /// On the reader thread. Shows the call it is about, then the ask itself. An ask that comes after
  /// the interrupt is refused at once; one that is known already is left alone.
  void ask(Ask ask) throws InterruptedException {
    if (asks.stream().anyMatch(known -> known.id().equals(ask.id()))) {
      return;
    }
    var key = ask.callKey();
    if (ask instanceof PermissionAsk permission && key != null) {
      tell(shown(permission, key));
    }
    asks.add(ask);
    if (cancelled) { // set before the asks are walked through, so that one of the two sees it
      ask.cancel();
    } else {
      tell(ask.event(key == null ? null : mapping.call(key)));
    }
  }

  /// On the reader thread: an ask was answered, by us or by somebody else.
  void answered(String askId) throws InterruptedException {
    for (var ask : asks) {
      if (ask.id().equals(askId) && ask.settle()) {
        tell(new AgentEvent.AskWithdrawn(askId));
      }
    }
  }

  /// On the reader thread: only these are still open.
  void stillOpen(List<String> open) throws InterruptedException {
    for (var ask : asks) {
      if (!open.contains(ask.id())) {
        answered(ask.id());
      }
    }
  }

  /// From here on the turn is cancelled, whatever the server says. Any thread.
  void cancel() {
    cancelled = true;
    signal();
  }

  boolean cancelled() {
    return cancelled;
  }

  /// Refuses what is open. Any thread.
  void cancelAsks() {
    asks.forEach(Ask::cancel);
  }

  boolean waitsForUser() {
    return asks.stream().anyMatch(Ask::open);
  }

  /// Says something.
  interface Saying {
    boolean said() throws InterruptedException;
  }

  /// The user says more: from before it is said, the turn is not over until that was heard. Any
  /// thread.
  ///
  /// @return false when the turn was over, and nothing was said, or it was not taken
  boolean more(String message, Saying saying) throws InterruptedException {
    String before;
    boolean seen;
    lock.lock();
    try {
      if (ended || saysItAllLocked()) {
        return false;
      }
      before = awaitedUser;
      seen = userSeen;
      awaitedUser = message;
      userSeen = false;
    } finally {
      lock.unlock();
    }
    boolean said = saying.said();
    if (!said) {
      takeBack(before, seen);
    }
    return said;
  }

  private void takeBack(String before, boolean seen) {
    lock.lock();
    try {
      awaitedUser = before;
      userSeen = seen;
      asking = true;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /// The conversation goes on as another session. Before anything was heard of it.
  void moved(String session) {
    mapping = new TurnMapping(session, floor);
  }

  /// Events may have been missed: whether the turn is over is to be asked.
  void doubt() {
    signal();
  }

  /// The server did not take the prompt. Any thread.
  void refuse(Problem problem) {
    lock.lock();
    try {
      refused = problem;
      ended = true;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /// The server is gone or the conversation closed. Any thread.
  void breakOff(AgentUnavailable why) {
    lock.lock();
    try {
      broken = broken == null ? why : broken;
      ended = true;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /// Waits until something is to be done, at most for `limit`.
  Next next(Duration limit) throws InterruptedException {
    lock.lock();
    try {
      long left = limit.toNanos();
      while (!ended && !asking && left > 0) {
        left = changed.awaitNanos(left);
      }
      if (ended) {
        return Next.END;
      }
      var next = asking ? Next.ASK : Next.TICK;
      asking = false;
      return next;
    } finally {
      lock.unlock();
    }
  }

  /// The server, asked, said that the session rests: whether that can be about this turn.
  boolean begun() {
    lock.lock();
    try {
      return begunLocked();
    } finally {
      lock.unlock();
    }
  }

  /// Whether an error was told although nothing of the turn began.
  boolean failedToBegin() {
    lock.lock();
    try {
      return error != null && !begunLocked();
    } finally {
      lock.unlock();
    }
  }

  /// Whether the server told of the prompt's message.
  boolean userSeen() {
    lock.lock();
    try {
      return userSeen;
    } finally {
      lock.unlock();
    }
  }

  /// On the reader thread, when the turn is over: the second word of an abort.
  void lateIdle() {
    lock.lock();
    try {
      idles++;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /// Waits until the session was told to be idle twice, as it is after an abort, or the limit is
  /// over.
  void awaitSecondIdle(Duration limit) throws InterruptedException {
    lock.lock();
    try {
      long left = limit.toNanos();
      while (idles < 2 && broken == null && left > 0) {
        left = changed.awaitNanos(left);
      }
    } finally {
      lock.unlock();
    }
  }

  /// How long nothing of this turn was heard.
  Duration silence() {
    return Duration.ofNanos(System.nanoTime() - heard);
  }

  /// Nothing that comes later belongs to this turn.
  void over() {
    over = true;
  }

  boolean isOver() {
    return over;
  }

  /// What is left to say at the end: asks nobody waits for any more are withdrawn.
  void end() throws InterruptedException {
    for (var ask : asks) {
      if (ask.open()) {
        ask.cancel();
        tell(new AgentEvent.AskWithdrawn(ask.id()));
      }
    }
  }

  /// @throws AgentUnavailable when it was broken off
  TurnResult result(Agent agent) {
    lock.lock();
    try {
      if (broken != null) {
        throw broken;
      }
      if (refused != null && !cancelled) {
        return new TurnResult.Failed(refused, null);
      }
      return TurnEnd.of(agent, last, error, cancelled);
    } finally {
      lock.unlock();
    }
  }

  private AgentEvent.ToolCall shown(PermissionAsk ask, String key) {
    var diff = ask.diff();
    if (diff != null) {
      mapping.asked(key, diff);
    }
    var known = mapping.call(key);
    return known == null
        ? new AgentEvent.ToolCall(key, ask.tool(), Item.Status.OPEN, null, diff)
        : new AgentEvent.ToolCall(
            key,
            known.tool(),
            known.status(),
            known.output(),
            known.diff() != null ? known.diff() : diff,
            known.parent());
  }

  /// What an event of the conversation itself means for the turn's end.
  private void note(String type, JsonNode properties) {
    lock.lock();
    try {
      learnLocked();
      switch (type) {
        case "session.status" -> statusLocked(Json.text(properties.path("status"), "type", ""));
        case "session.idle" -> idleLocked();
        case "session.error" -> errorLocked(properties.path("error"));
        default -> {}
      }
    } finally {
      lock.unlock();
    }
  }

  @GuardedBy("lock")
  private void learnLocked() {
    last = mapping.last();
    userSeen = userSeen || mapping.newestUser().compareTo(awaitedUser) >= 0;
  }

  @GuardedBy("lock")
  private void statusLocked(String status) {
    if (status.equals("busy") && userSeen && !busySeen) {
      busySeen = true;
      error = null; // what came before it began was not about this turn
    }
  }

  @GuardedBy("lock")
  private void idleLocked() {
    idles++;
    if (saysItAllLocked()) {
      ended = true;
      changed.signalAll();
    } else if (begunLocked() || cancelled || error != null) {
      asking = true;
      changed.signalAll();
    }
  }

  /// Of two errors the first is the one in plain words. One that comes before anything of this turn
  /// may be an earlier turn's; whether it is, the server is asked.
  @GuardedBy("lock")
  private void errorLocked(JsonNode told) {
    if (error == null && !Json.text(told, "name", "").equals("MessageAbortedError")) {
      error = told;
      asking = true;
      changed.signalAll();
    }
  }

  @GuardedBy("lock")
  private boolean saysItAllLocked() {
    return userSeen
        && TurnEnd.last(last)
        && last != null
        && Json.text(last, "id", "").compareTo(awaitedUser) > 0;
  }

  @GuardedBy("lock")
  private boolean begunLocked() {
    boolean answers = last != null && Json.text(last, "id", "").compareTo(awaitedUser) > 0;
    return userSeen && (busySeen || answers);
  }

  private void signal() {
    lock.lock();
    try {
      asking = true;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }
}
