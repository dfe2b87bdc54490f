package dev.signalbox.testkit.fault;

import dev.signalbox.testkit.fault.Fault.Side;
import java.io.IOException;
import java.net.Socket;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/// One connection through the proxy.
final class Link {

  private final Socket client;
  private final Socket server;
  private final CountDownLatch over = new CountDownLatch(1);
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition moved = lock.newCondition();
  private boolean stalled; // guarded by lock
  private volatile long delayMillis;
  private volatile int bytesPerSecond; // 0: as many as come

  Link(Socket client, Socket server) {
    this.client = client;
    this.server = server;
  }

  /// Copies both ways until both directions have ended or it was reset. The server is connected.
  void run(List<Weather.Step> steps) throws IOException {
    client.setTcpNoDelay(true);
    server.setTcpNoDelay(true);
    var up = Thread.ofVirtual().start(() -> copy(client, server));
    var down = Thread.ofVirtual().start(() -> copy(server, client));
    var clock = Thread.ofVirtual().start(() -> play(steps));
    try {
      up.join();
      down.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      over.countDown();
      clock.interrupt();
      close(client);
      close(server);
    }
  }

  void meet(Fault fault) {
    switch (fault) {
      case Fault.Delay(Duration duration) -> delayMillis = duration.toMillis();
      case Fault.Throttle(int rate) -> bytesPerSecond = rate;
      case Fault.Cut() -> reset();
      case Fault.HalfClose(Side told) -> endOutput(told == Side.CLIENT ? client : server);
      case Fault.Stall() -> stalled(true);
    }
  }

  void heal() {
    delayMillis = 0;
    bytesPerSecond = 0;
    stalled(false);
  }

  /// A socket closed with no linger sends a reset instead of a polite end.
  void reset() {
    over.countDown();
    stalled(false);
    for (Socket socket : List.of(client, server)) {
      try {
        socket.setSoLinger(true, 0);
      } catch (IOException alreadyClosed) {
        // then there is nothing to reset
      }
      close(socket);
    }
  }

  private void play(List<Weather.Step> steps) {
    long start = System.nanoTime();
    try {
      for (var step : steps) {
        long wait = step.after().toNanos() - (System.nanoTime() - start);
        if (over.await(Math.max(0, wait), TimeUnit.NANOSECONDS)) {
          return;
        }
        meet(step.fault());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void copy(Socket from, Socket to) {
    byte[] buffer = new byte[16 * 1024];
    try {
      var in = from.getInputStream();
      var out = to.getOutputStream();
      int room = buffer.length;
      for (int n = in.read(buffer, 0, room); n >= 0; n = in.read(buffer, 0, room)) {
        passGate();
        int rate = bytesPerSecond;
        if (rate > 0) {
          pause(1_000L * n / rate);
        }
        out.write(buffer, 0, n);
        room = rate == 0 ? buffer.length : Math.clamp(rate / 10, 1, buffer.length);
      }
      endOutput(to);
    } catch (IOException e) {
      reset(); // one end is gone without a farewell: the other learns it the same way
    }
  }

  /// Waits out a stall, then the delay.
  private void passGate() throws IOException {
    lock.lock();
    try {
      while (stalled) {
        moved.awaitUninterruptibly();
      }
    } finally {
      lock.unlock();
    }
    pause(delayMillis);
  }

  private void pause(long millis) throws IOException {
    try {
      if (millis > 0 && over.await(millis, TimeUnit.MILLISECONDS)) {
        throw new IOException("reset meanwhile");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException(e);
    }
  }

  private void stalled(boolean value) {
    lock.lock();
    try {
      stalled = value;
      moved.signalAll();
    } finally {
      lock.unlock();
    }
  }

  private static void endOutput(Socket socket) {
    try {
      socket.shutdownOutput();
    } catch (IOException alreadyEnded) {
      // it knows already
    }
  }

  private static void close(Socket socket) {
    try {
      socket.close();
    } catch (IOException alreadyClosed) {
      // closing is all that was wanted
    }
  }
}
