package dev.signalbox.agent.conformance;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.signalbox.agent.AgentEvent;
import dev.signalbox.agent.AgentEvents;
import dev.signalbox.agent.AgentThread;
import dev.signalbox.agent.AgentUnavailable;
import dev.signalbox.agent.Prompt;
import dev.signalbox.agent.TurnResult;
import dev.signalbox.agent.TurnSettings;
import dev.signalbox.event.Problem;
import dev.signalbox.id.TurnId;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/// One prompt on a thread of its own, and what came of it so far.
final class Talk implements AgentEvents {
  /// What is done with an ask.
  enum Asks {
    ALLOW,
    DENY,
    /// Nothing: it stays open.
    LEAVE
  }

  /// What can be waited for; the end of the turn ends every waiting.
  private enum Sign {
    TEXT,
    ASK,
    END
  }

  private final AgentThread thread;
  private final TurnId turn;
  private final Asks policy;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition news = lock.newCondition();

  @GuardedBy("lock")
  private final StringBuilder text = new StringBuilder();

  @GuardedBy("lock")
  private int pieces;

  @GuardedBy("lock")
  private int asks;

  @GuardedBy("lock")
  private @Nullable TurnResult result;

  @GuardedBy("lock")
  private @Nullable Problem broken;

  private Talk(AgentThread thread, TurnId turn, Asks policy) {
    this.thread = thread;
    this.turn = turn;
    this.policy = policy;
  }

  static Talk begin(AgentThread thread, TurnId turn, String prompt, Asks policy) {
    var talk = new Talk(thread, turn, policy);
    Thread.ofVirtual().name("conformance-" + turn).start(() -> talk.run(prompt));
    return talk;
  }

  private void run(String prompt) {
    try {
      var settings = new TurnSettings(null, null, null);
      over(thread.prompt(turn, new Prompt(prompt, List.of()), settings, this), null);
    } catch (AgentUnavailable e) {
      over(null, e.problem());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (RuntimeException e) {
      over(null, new Problem("internal", "The driver failed: " + e, null, null, null));
    }
  }

  private void over(@Nullable TurnResult ended, @Nullable Problem problem) {
    lock.lock();
    try {
      result = ended;
      broken = problem;
      news.signalAll();
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void accept(AgentEvent event) {
    if (event instanceof AgentEvent.AskOpened ask) {
      answer(ask);
    }
    lock.lock();
    try {
      if (event instanceof AgentEvent.Text said && said.parent() == null) {
        text.append(said.text());
        pieces++;
      }
      if (event instanceof AgentEvent.AskOpened) {
        asks++;
      }
      news.signalAll();
    } finally {
      lock.unlock();
    }
  }

  private void answer(AgentEvent.AskOpened ask) {
    if (policy == Asks.LEAVE) {
      return;
    }
    for (var option : ask.options()) {
      if (option.allows() == (policy == Asks.ALLOW) && !option.lasting()) {
        ask.pending().choose(option.id(), null);
        return;
      }
    }
    ask.pending().cancel();
  }

  void interrupt() {
    thread.interrupt(turn);
  }

  /// @return false when the turn ended before, or nothing was said in that time
  boolean saysSomething(Duration most) throws InterruptedException {
    return await(most, Sign.TEXT) && !ended();
  }

  /// @return false when the turn ended before, or nothing was asked in that time
  boolean asksSomething(Duration most) throws InterruptedException {
    return await(most, Sign.ASK) && !ended();
  }

  /// @return false when it still runs then
  boolean ends(Duration most) throws InterruptedException {
    return await(most, Sign.END) && ended();
  }

  /// Until it holds or the turn has ended.
  private boolean await(Duration most, Sign sign) throws InterruptedException {
    long left = most.toNanos();
    lock.lockInterruptibly();
    try {
      while (!seenLocked(sign) && result == null && broken == null) {
        if (left <= 0) {
          return false;
        }
        left = news.awaitNanos(left);
      }
      return true;
    } finally {
      lock.unlock();
    }
  }

  @GuardedBy("lock")
  private boolean seenLocked(Sign sign) {
    return switch (sign) {
      case TEXT -> pieces > 0;
      case ASK -> asks > 0;
      case END -> false;
    };
  }

  private boolean ended() {
    lock.lock();
    try {
      return result != null || broken != null;
    } finally {
      lock.unlock();
    }
  }

  @Nullable TurnResult result() {
    lock.lock();
    try {
      return result;
    } finally {
      lock.unlock();
    }
  }

  /// Why the process could not go on, or null.
  @Nullable Problem broken() {
    lock.lock();
    try {
      return broken;
    } finally {
      lock.unlock();
    }
  }

  String text() {
    lock.lock();
    try {
      return text.toString();
    } finally {
      lock.unlock();
    }
  }

  int pieces() {
    lock.lock();
    try {
      return pieces;
    } finally {
      lock.unlock();
    }
  }

  int asks() {
    lock.lock();
    try {
      return asks;
    } finally {
      lock.unlock();
    }
  }
}
