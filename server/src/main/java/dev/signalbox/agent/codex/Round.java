package dev.signalbox.agent.codex;

import dev.signalbox.jsonrpc.Pending;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/// One turn of Codex's: from the request that begins it to its one end. (A turn of ours has a
/// second one when a plan is approved.) Safe for any thread, but for what is early.
final class Round {
  private static final int EARLY = 64;

  /// How a turn of Codex's ended.
  sealed interface End {
    /// @param turn as Codex told it last
    record Told(JsonNode turn) implements End {}

    /// The process ended first.
    record Gone() implements End {}

    /// We closed the conversation.
    record Closed() implements End {}
  }

  /// What came with the id of a turn before the answer that tells us ours.
  record Early(String method, JsonNode params) {}

  private final CountDownLatch over = new CountDownLatch(1);
  private final AtomicReference<@Nullable End> end = new AtomicReference<>();
  private final List<Early> early = new ArrayList<>();
  private volatile @Nullable String id;
  private volatile @Nullable Pending request;

  /// Codex's id of the turn; null until it answered.
  @Nullable String id() {
    return id;
  }

  /// On the reader thread.
  ///
  /// @return what came of it before its id was known
  List<Early> startedAs(String turn) {
    id = turn;
    var waiting = List.copyOf(early);
    early.clear();
    return waiting;
  }

  /// On the reader thread; at most 64, more is dropped.
  void keep(String method, JsonNode params) {
    if (early.size() < EARLY) {
      early.add(new Early(method, params));
    }
  }

  /// Kept so that an end also ends the wait for the answer to the request that begins the turn.
  void sent(Pending pending) {
    request = pending;
    if (over()) {
      pending.abandon();
    }
  }

  /// The first end counts.
  void end(End how) {
    if (end.compareAndSet(null, how)) {
      over.countDown();
      var pending = request;
      if (pending != null) {
        pending.abandon();
      }
    }
  }

  boolean over() {
    return over.getCount() == 0;
  }

  End await() throws InterruptedException {
    over.await();
    return Objects.requireNonNull(end.get(), "over without an end");
  }

  /// Waits a while for the end.
  ///
  /// @return whether it came
  boolean await(Duration limit) throws InterruptedException {
    return over.await(limit.toNanos(), TimeUnit.NANOSECONDS);
  }
}
