package dev.signalbox.agent.opencode;

import dev.signalbox.agent.Agent;
import dev.signalbox.agent.launch.Problems;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/// Waits for the end of a turn, on the prompting thread, and asks the server whenever its events
/// alone do not tell it: an idle that may be an earlier turn's, an abort that came before the turn
/// began, an event that was lost.
final class TurnWatch {
  private static final Duration TICK = Duration.ofSeconds(1);

  /// After an abort the second idle came within 60 ms of the first.
  private static final Duration SECOND_IDLE = Duration.ofMillis(300);

  /// What is on its way when the server says that a session rests has arrived when nothing came for
  /// so long.
  private static final Duration QUIET = Duration.ofMillis(150);

  /// How long a session rests before a prompt that never began is given up.
  private static final Duration BEGINNING = Duration.ofSeconds(2);

  /// A turn of which nothing is heard: the server is asked whether it still works.
  private static final Duration LONG_SILENCE = Duration.ofSeconds(10);

  /// Heartbeats come every 10 s; without any for so long the stream is broken.
  private static final Duration DEAD_STREAM = Duration.ofSeconds(35);

  private final Agent agent;
  private final Turn turn;
  private final Conversation conversation;
  private final EventStream stream;
  private final Limits limits;
  private final long sent = System.nanoTime();
  private long aborted = System.nanoTime();
  private boolean renewed;

  TurnWatch(Agent agent, Turn turn, Conversation conversation, EventStream stream, Limits limits) {
    this.agent = agent;
    this.turn = turn;
    this.conversation = conversation;
    this.stream = stream;
    this.limits = limits;
  }

  /// Returns when the turn is over.
  void await() throws InterruptedException {
    while (true) {
      var next = turn.next(turn.cancelled() ? SECOND_IDLE : TICK);
      if (next == Turn.Next.END) {
        return;
      }
      boolean over = turn.cancelled() ? overAfterCancel(next) : over(next);
      if (over) {
        return;
      }
      if (stream.silence().compareTo(DEAD_STREAM) > 0) {
        lost();
      }
    }
  }

  private boolean over(Turn.Next next) throws InterruptedException {
    boolean silent = turn.silence().compareTo(LONG_SILENCE) > 0 && !turn.waitsForUser();
    if (next != Turn.Next.ASK && !silent && !turn.failedToBegin()) {
      return false;
    }
    if (conversation.activity() != Conversation.Activity.RESTS) {
      return false;
    }
    if (turn.begun()) {
      return silent ? reread() : quiet();
    }
    if (turn.failedToBegin()) {
      return sinceSent().compareTo(BEGINNING) > 0;
    }
    return silent && reread();
  }

  /// Something was lost: the messages are read again, once; when they do not tell the end either,
  /// there is none to wait for.
  private boolean reread() {
    if (renewed) {
      return true;
    }
    renewed = true;
    stream.renew();
    return false;
  }

  private boolean overAfterCancel(Turn.Next next) throws InterruptedException {
    if (next == Turn.Next.ASK && turn.next(SECOND_IDLE) == Turn.Next.END) {
      return true;
    }
    return switch (conversation.activity()) {
      case RESTS -> turn.begun() ? quiet() : willNotBegin();
      case WORKS -> {
        abortAgain();
        yield false;
      }
      case UNKNOWN -> false;
    };
  }

  /// An abort that came before the turn began may have come too early.
  private boolean willNotBegin() {
    var since = sinceSent();
    return since.compareTo(turn.userSeen() ? BEGINNING.dividedBy(2) : BEGINNING) > 0;
  }

  /// An abort that came before the turn began had nothing to abort.
  private void abortAgain() {
    long now = System.nanoTime();
    if (now - aborted > SECOND_IDLE.toNanos()) {
      aborted = now;
      conversation.abort();
    }
  }

  private boolean quiet() throws InterruptedException {
    while (turn.silence().compareTo(QUIET) < 0) {
      TimeUnit.NANOSECONDS.sleep(QUIET.minus(turn.silence()).toNanos());
    }
    return true;
  }

  private void lost() {
    if (stream.silence().compareTo(DEAD_STREAM.plus(limits.lost())) > 0) {
      turn.breakOff(Problems.silent(agent, "GET /event", limits.lost(), ""));
    } else {
      stream.renew();
    }
  }

  private Duration sinceSent() {
    return Duration.ofNanos(System.nanoTime() - sent);
  }
}
