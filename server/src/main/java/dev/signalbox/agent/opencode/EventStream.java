package dev.signalbox.agent.opencode;

import dev.signalbox.agent.wire.Json;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.JsonNode;

/// The events of one folder, read by one virtual thread for one conversation for as long as that is
/// open. A stream that breaks is opened again, at first at once and later every 2 s; whoever
/// listens is told that something may have been missed.
final class EventStream implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(EventStream.class);
  private static final Duration ANSWER = Duration.ofSeconds(10);
  private static final long FIRST_PAUSE_MILLIS = 50;
  private static final long LONGEST_PAUSE_MILLIS = 2_000;
  private static final int LOGGED_ODDITIES = 20;

  /// Both are called on the reader thread; blocking there stops the stream.
  interface Listener {
    void event(JsonNode event) throws InterruptedException;

    /// Something may have been missed before what comes next.
    ///
    /// @return false when it could not be made up for: the stream is opened again, and this too
    boolean missed() throws InterruptedException;
  }

  private final OpencodeServer server;
  private final Path directory;
  private final Listener listener;
  private final CountDownLatch connected = new CountDownLatch(1);
  private volatile @Nullable Thread reader;
  private volatile @Nullable InputStream current;
  private volatile boolean closed;
  private volatile long heard = System.nanoTime();
  private int oddities;

  EventStream(OpencodeServer server, Path directory, Listener listener) {
    this.server = server;
    this.directory = directory;
    this.listener = listener;
  }

  /// Begins to read.
  ///
  /// @return whether the server said within the limit that events will come
  boolean open(Duration limit) throws InterruptedException {
    reader = Thread.ofVirtual().name("opencode-events").start(this::run);
    return connected.await(limit.toMillis(), TimeUnit.MILLISECONDS);
  }

  /// How long nothing came, not even a heartbeat (which comes every 10 s).
  Duration silence() {
    return Duration.ofNanos(System.nanoTime() - heard);
  }

  /// Breaks the connection, so that it is made anew and what was missed is made up for.
  void renew() {
    hangUp();
  }

  /// Ends the reader; returns at once.
  @Override
  public void close() {
    closed = true;
    hangUp();
    var thread = reader;
    if (thread != null) {
      thread.interrupt();
    }
  }

  private void run() {
    long pause = FIRST_PAUSE_MILLIS;
    try {
      while (!closed) {
        boolean read = connection();
        pause = read ? FIRST_PAUSE_MILLIS : Math.min(2 * pause, LONGEST_PAUSE_MILLIS);
        if (!closed) {
          Thread.sleep(pause);
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt(); // closed
    } finally {
      hangUp();
    }
  }

  /// Reads one connection to its end.
  ///
  /// @return whether anything was read
  private boolean connection() throws InterruptedException {
    boolean read = false;
    try (var in = server.events(directory, ANSWER)) {
      current = in;
      var events = new EventReader(in, EventReader.LONGEST_LINE);
      for (var event = events.next(); event != null && !closed; event = events.next()) {
        heard = System.nanoTime();
        if (!take(event, !read)) {
          return false;
        }
        read = true;
      }
    } catch (IOException e) {
      log.debug("event=opencode.stream broke: {}", e.toString());
    } finally {
      current = null;
    }
    return read;
  }

  private boolean take(JsonNode event, boolean first) throws InterruptedException {
    boolean complete = true;
    boolean again = first && connected.getCount() == 0;
    if (again || event.isMissingNode()) {
      note(event);
      complete = listener.missed();
    }
    connected.countDown();
    if (complete && !Json.text(event, "type", "").isEmpty()) {
      listener.event(event);
    }
    return complete;
  }

  private void note(JsonNode event) {
    if (event.isMissingNode() && oddities++ < LOGGED_ODDITIES) {
      log.warn("event=opencode.oddity: an event was too long or no JSON");
    }
  }

  private void hangUp() {
    var in = current;
    if (in != null) {
      try {
        in.close();
      } catch (IOException e) {
        log.debug("event=opencode.hangup {}", e.toString());
      }
    }
  }
}
