package dev.signalbox.http;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.signalbox.refusal.Refused;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.node.ObjectNode;

/// One client's socket. Its own virtual thread is the only one that writes; Jetty's thread reads,
/// carries a command out and waits for it, so that a client has one command at a time in work and
/// the network stops it when it is faster. Waking and closing come from any thread and never wait.
abstract class Connection {
  private static final Logger LOG = LoggerFactory.getLogger(Connection.class);
  private static final Duration LAST_WORDS = Duration.ofSeconds(5);
  private static final int REPLIES = 64;
  private static final String PING = "{\"type\":\"ping\"}";
  private static final String PONG = "{\"type\":\"pong\"}";

  final Principal principal;
  final SocketTimes times;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();

  @GuardedBy("lock")
  private boolean woken;

  @GuardedBy("lock")
  private final ArrayDeque<String> replies = new ArrayDeque<>();

  @GuardedBy("lock")
  private @Nullable Hangup hangup;

  @GuardedBy("lock")
  private @Nullable Outbox outbox;

  private volatile long heardAt = System.nanoTime();
  private volatile boolean obeying;

  Connection(Principal principal, SocketTimes times) {
    this.principal = principal;
    this.times = times;
  }

  /// On the writer's thread, first: everything up to the welcome.
  abstract void begin() throws InterruptedException;

  /// On the writer's thread: what is waiting now; empty when nothing is.
  abstract List<String> next();

  /// On the reader's thread: a command that is neither `ping` nor `pong`. Its answer, or null.
  abstract @Nullable String obey(String type, ObjectNode message) throws Exception;

  /// On the writer's thread, last, whatever happened.
  abstract void release();

  /// The socket is open: the writer begins.
  final void opened(Outbox outbox) {
    lock.lock();
    try {
      this.outbox = outbox;
    } finally {
      lock.unlock();
    }
    Thread.ofVirtual().name("socket-" + principal.id()).start(() -> write(outbox));
  }

  private void write(Outbox outbox) {
    var end = new Hangup(CloseCode.BROKEN, "something went wrong");
    try {
      begin();
      var pingAt = System.nanoTime() + times.ping().toNanos();
      while (true) {
        var frames = waiting();
        outbox.send(frames);
        if (System.nanoTime() - pingAt >= 0) {
          pingAt = System.nanoTime() + times.ping().toNanos();
          outbox.send(List.of(PING));
          outbox.ping();
        }
        if (frames.isEmpty()) {
          sleep(Math.min(pingAt, silentAt()));
        }
      }
    } catch (Hangup e) {
      end = asked(e);
    } catch (Refused e) {
      end = refused(outbox, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (RuntimeException e) {
      LOG.error("a connection's writer failed", e);
    } finally {
      release();
      last(outbox, end);
    }
  }

  private List<String> waiting() {
    var frames = drain();
    frames.addAll(next());
    return frames;
  }

  private List<String> drain() {
    lock.lock();
    try {
      checkLocked();
      woken = false;
      var frames = new ArrayList<>(replies);
      replies.clear();
      changed.signalAll();
      return frames;
    } finally {
      lock.unlock();
    }
  }

  @GuardedBy("lock")
  private void checkLocked() {
    if (hangup != null) {
      throw hangup;
    }
    if (System.nanoTime() - silentAt() >= 0) {
      throw new Hangup(
          CloseCode.GOING_AWAY, "no sign of life for %d s".formatted(times.silence().toSeconds()));
    }
  }

  private long silentAt() {
    return (obeying ? System.nanoTime() : heardAt) + times.silence().toNanos();
  }

  /// Sleeps until woken, a reply waits, or the time has come.
  final void sleep(long until) throws InterruptedException {
    lock.lockInterruptibly();
    try {
      var left = until - System.nanoTime();
      while (!woken && replies.isEmpty() && hangup == null && left > 0) {
        left = changed.awaitNanos(left);
      }
    } finally {
      lock.unlock();
    }
  }

  /// From within [#begin]: waits as [#sleep] does, and says what is to be answered meanwhile.
  final void pause(long until) throws InterruptedException {
    sleep(until);
    var frames = drain();
    var out = outbox();
    if (out != null) {
      out.send(frames);
    }
  }

  /// From within [#begin]: sends at once.
  final void sendNow(String frame) throws InterruptedException {
    var out = outbox();
    if (out != null) {
      out.send(List.of(frame));
    }
  }

  private @Nullable Outbox outbox() {
    lock.lock();
    try {
      checkLocked();
      return outbox;
    } finally {
      lock.unlock();
    }
  }

  /// Whoever closed it from outside said why; that the writer lost its client is what follows.
  private Hangup asked(Hangup seen) {
    lock.lock();
    try {
      return hangup == null ? seen : hangup;
    } finally {
      lock.unlock();
    }
  }

  private static Hangup refused(Outbox outbox, Refused e) {
    try {
      outbox.send(List.of(Frames.error(null, null, ProblemBody.of(e))));
    } catch (Hangup | InterruptedException gone) {
      LOG.debug("last words not heard: {}", gone.toString());
    }
    var code = e.kind() == Refused.Kind.NOT_FOUND ? CloseCode.UNKNOWN : CloseCode.TOO_SLOW;
    return new Hangup(code, e.code());
  }

  private static void last(Outbox outbox, Hangup end) {
    try {
      outbox.close(end.code(), end.reason(), LAST_WORDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /// There may be something new. Any thread; never waits.
  final void wake() {
    lock.lock();
    try {
      woken = true;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /// Closes soon, from any thread; the writer does it.
  final void close(CloseCode code, String reason) {
    Outbox out;
    lock.lock();
    try {
      if (hangup == null) {
        hangup = new Hangup(code, reason);
      }
      out = outbox;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
    if (out != null) {
      out.abandon(); // should it be waiting for a client that takes nothing
    }
  }

  /// The other side lives.
  final void heard() {
    heardAt = System.nanoTime();
  }

  /// On the reader's thread: one message of the client.
  final void receive(String text) throws InterruptedException {
    heard();
    obeying = true;
    try {
      var reply = reply(text);
      if (reply != null) {
        say(reply);
      }
    } finally {
      obeying = false;
      heard();
    }
  }

  private @Nullable String reply(String text) throws InterruptedException {
    String type = null;
    String clientId = null;
    try {
      if (!(Wire.JSON.readTree(text) instanceof ObjectNode message)) {
        throw Refused.invalid("wrong_message", "A message is a JSON object with a \"type\".");
      }
      type = message.path("type").asString("");
      clientId = message.path("clientId").asStringOpt().orElse(null);
      return switch (type) {
        case "ping" -> PONG;
        case "pong" -> null;
        default -> obey(type, message);
      };
    } catch (JacksonException e) {
      return Frames.error(type, clientId, Body.problem(e));
    } catch (InterruptedException e) {
      throw e;
    } catch (Exception e) {
      return Frames.error(type, clientId, Router.problem(e));
    }
  }

  private void say(String reply) throws InterruptedException {
    lock.lockInterruptibly();
    try {
      while (replies.size() >= REPLIES && hangup == null) {
        changed.await();
      }
      replies.add(reply);
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }
}
