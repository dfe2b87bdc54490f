package dev.signalbox.http;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.websocket.api.Session;
import org.eclipse.jetty.websocket.common.WebSocketSession;
import org.eclipse.jetty.websocket.core.CoreSession;
import org.eclipse.jetty.websocket.core.Frame;
import org.eclipse.jetty.websocket.core.OpCode;

/// Sends frames on one socket and waits until they are taken. Only the last of a batch is flushed,
/// so that a batch is one write however many frames it has. Its owner's thread sends; [#abandon]
/// may come from any.
final class Outbox {
  private final Session session;
  private final CoreSession core;
  private final Duration patience;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition progress = lock.newCondition();

  @GuardedBy("lock")
  private long taken;

  @GuardedBy("lock")
  private boolean abandoned;

  /// @param patience how long nothing at all may be taken
  Outbox(Session session, Duration patience) {
    this.session = session;
    this.patience = patience;
    // Jetty's own API flushes every message; what batches is one layer below.
    this.core = ((WebSocketSession) session).getCoreSession();
  }

  /// Sends all and returns when the last was taken by the network.
  ///
  /// @throws Hangup when the client takes nothing for too long, or the connection was abandoned
  void send(List<String> frames) throws InterruptedException {
    if (frames.isEmpty()) {
      return;
    }
    long goal;
    lock.lock();
    try {
      goal = taken + frames.size();
    } finally {
      lock.unlock();
    }
    var last = frames.size() - 1;
    for (int i = 0; i < frames.size(); i++) {
      core.sendFrame(
          new Frame(OpCode.TEXT).setPayload(frames.get(i)),
          Callback.from(this::frameTaken, _ -> abandon()),
          i < last);
    }
    await(goal);
  }

  /// Tells the client's side of the protocol to answer; browsers do so by themselves.
  void ping() {
    core.sendFrame(new Frame(OpCode.PING).setPayload(ByteBuffer.allocate(0)), Callback.NOOP, false);
  }

  private void frameTaken() {
    lock.lock();
    try {
      taken++;
      progress.signalAll();
    } finally {
      lock.unlock();
    }
  }

  private void await(long goal) throws InterruptedException {
    lock.lockInterruptibly();
    try {
      while (taken < goal && !abandoned) {
        var before = taken;
        var left = patience.toNanos();
        while (taken == before && !abandoned && left > 0) {
          left = progress.awaitNanos(left);
        }
        if (taken == before && !abandoned) {
          throw new Hangup(
              CloseCode.TOO_SLOW, "nothing was taken for %d s".formatted(patience.toSeconds()));
        }
      }
      if (abandoned) {
        throw new Hangup(CloseCode.GOING_AWAY, "the connection is gone");
      }
    } finally {
      lock.unlock();
    }
  }

  /// Nobody waits here any more.
  void abandon() {
    lock.lock();
    try {
      abandoned = true;
      progress.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /// Says why and closes; a client that does not read is cut off after `grace`.
  void close(CloseCode code, String reason, Duration grace) throws InterruptedException {
    var closed = new java.util.concurrent.CountDownLatch(1);
    session.close(
        code.number(),
        reason.length() <= 100 ? reason : reason.substring(0, 100),
        org.eclipse.jetty.websocket.api.Callback.from(closed::countDown, _ -> closed.countDown()));
    if (!closed.await(grace.toMillis(), java.util.concurrent.TimeUnit.MILLISECONDS)) {
      session.disconnect();
    }
  }
}
