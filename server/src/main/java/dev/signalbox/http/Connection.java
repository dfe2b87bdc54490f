package dev.signalbox.http;

import dev.signalbox.refusal.Refused;
import java.time.Duration;
import java.util.List;
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
  private static final String PING = "{\"type\":\"ping\"}";
  private static final String PONG = "{\"type\":\"pong\"}";

  final Principal principal;
  final SocketTimes times;
  private final Pending pending = new Pending();
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
    pending.opened(outbox);
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
          pending.sleep(Math.min(pingAt, silentAt()));
        }
      }
    } catch (Hangup e) {
      end = pending.reason(e);
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
    var replies = pending.drain();
    if (System.nanoTime() - silentAt() >= 0) {
      throw new Hangup(
          CloseCode.GOING_AWAY, "no sign of life for %d s".formatted(times.silence().toSeconds()));
    }
    return replies;
  }

  private long silentAt() {
    return (obeying ? System.nanoTime() : heardAt) + times.silence().toNanos();
  }

  /// From within [#begin]: waits until there is something new or the time has come, and says what
  /// is to be answered meanwhile.
  final void pause(long until) throws InterruptedException {
    pending.sleep(until);
    var replies = drain();
    var out = pending.outbox();
    if (out != null) {
      out.send(replies);
    }
  }

  /// From within [#begin]: sends at once.
  final void sendNow(String frame) throws InterruptedException {
    var out = pending.outbox();
    if (out != null) {
      out.send(List.of(frame));
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
    pending.wake();
  }

  /// Closes soon, from any thread; the writer does it. The first reason holds.
  final void close(CloseCode code, String reason) {
    pending.end(new Hangup(code, reason));
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
        pending.say(reply);
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
}
