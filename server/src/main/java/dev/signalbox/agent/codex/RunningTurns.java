package dev.signalbox.agent.codex;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.signalbox.agent.wire.Json;
import dev.signalbox.jsonrpc.Reply;
import java.time.Duration;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/// Which of Codex's turns runs in a conversation, ours or not, and how it is brought to its end. To
/// begin a turn while one runs would add to that one instead. Safe for any thread.
final class RunningTurns {
  private static final Duration AGAIN = Duration.ofMillis(200);
  private static final int TRIES = 25;

  private final CodexProcess process;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition ended = lock.newCondition();

  /// Codex's id of it.
  @GuardedBy("lock")
  private @Nullable String turn;

  /// It said of the conversation that it is at work, without saying at which turn.
  @GuardedBy("lock")
  private boolean unknown;

  /// @param active whether something runs in it already
  RunningTurns(CodexProcess process, boolean active) {
    this.process = process;
    this.unknown = active;
  }

  void started(String id) {
    lock.lock();
    try {
      turn = id;
    } finally {
      lock.unlock();
    }
  }

  void completed(String id) {
    lock.lock();
    try {
      if (id.equals(turn) || unknown) {
        turn = null;
        unknown = false;
        ended.signalAll();
      }
    } finally {
      lock.unlock();
    }
  }

  /// Ends whatever runs. Blocks, for a few seconds at most.
  ///
  /// @return whether nothing runs now
  boolean quiet(String thread) throws InterruptedException {
    var left = left(thread);
    if (left == null) {
      return true;
    }
    process.ask("turn/interrupt", Requests.interrupt(thread, left));
    return awaitEnd(process.limits().small());
  }

  /// Asks for the end of our turn until it ends: Codex refuses while a turn is only about to begin.
  /// Blocks, for a few seconds at most.
  void interrupt(String thread, Round round) {
    try {
      for (int tries = 0; tries < TRIES && !round.over() && process.alive(); tries++) {
        var id = round.id();
        if (id != null) {
          process.ask("turn/interrupt", Requests.interrupt(thread, id));
        }
        if (round.await(AGAIN)) {
          return;
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /// Ends the commands that an interrupted turn left running, and no others: what an earlier turn
  /// left in the background on purpose stays. Blocks for a moment.
  void endCommands(String thread, CodexTurn run) throws InterruptedException {
    if (process.ask("thread/backgroundTerminals/list", Requests.ofThread(thread))
        instanceof Reply.Result(var told)) {
      for (var terminal : Json.list(told.path("data"))) {
        if (run.has(Json.text(terminal, "itemId", ""))) {
          process.ask(
              "thread/backgroundTerminals/terminate",
              Requests.terminate(thread, Json.text(terminal, "processId", "")));
        }
      }
    }
  }

  /// Leaves the conversation: ends what runs in it, and takes no more news of it. Blocks.
  void leave(String thread, @Nullable Round ours) {
    try {
      var id = ours == null ? null : ours.id();
      if (id != null) {
        process.ask("turn/interrupt", Requests.interrupt(thread, id));
      }
      process.ask("thread/backgroundTerminals/clean", Requests.ofThread(thread));
      process.ask("thread/unsubscribe", Requests.ofThread(thread));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private @Nullable String left(String thread) throws InterruptedException {
    boolean search;
    lock.lock();
    try {
      search = turn == null && unknown;
      if (!search) {
        return turn;
      }
    } finally {
      lock.unlock();
    }
    if (process.ask("thread/turns/list", Requests.lastTurn(thread))
        instanceof Reply.Result(var told)) {
      for (var last : Json.list(told.path("data"))) {
        if (Json.text(last, "status", "").equals("inProgress")) {
          return Json.text(last, "id");
        }
      }
    }
    lock.lock();
    try {
      unknown = false; // it ended meanwhile
      return turn;
    } finally {
      lock.unlock();
    }
  }

  private boolean awaitEnd(Duration limit) throws InterruptedException {
    long left = limit.toNanos();
    lock.lock();
    try {
      while ((turn != null || unknown) && left > 0) {
        left = ended.awaitNanos(left);
      }
      return turn == null && !unknown;
    } finally {
      lock.unlock();
    }
  }
}
