package dev.signalbox.cli;

import java.net.http.WebSocket;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/// One connection to a lane's socket. A message is asked for when the one before was taken, so that
/// a slow terminal slows the server's writer down and not our memory. Read by one thread.
final class LaneSocket implements WebSocket.Listener, AutoCloseable {
  /// What came.
  sealed interface Event {
    record Text(String text) implements Event {}

    /// @param code 0 when the connection broke
    record Ended(int code) implements Event {}

    record Silence() implements Event {}
  }

  // One message is out at a time, then the end: nothing ever waits for room.
  private final BlockingQueue<Event> events = new ArrayBlockingQueue<>(4);
  private final StringBuilder parts = new StringBuilder();
  private @Nullable WebSocket socket;

  /// @throws CompletionException when there is no connection or no upgrade
  static LaneSocket open(Rest rest, String session, String lane) {
    var opened = new LaneSocket();
    opened.socket =
        rest.socket(opened, "signalbox.v1", "ads-session." + session, "ads-chat." + lane);
    return opened;
  }

  Event next(long nanos) throws InterruptedException {
    var event = events.poll(nanos, TimeUnit.NANOSECONDS);
    if (event instanceof Event.Text && socket != null) {
      socket.request(1);
    }
    return event == null ? new Event.Silence() : event;
  }

  /// Sends a frame; on a connection that has ended this does nothing.
  void send(JsonNode frame) {
    try {
      if (socket != null) {
        socket.sendText(frame.toString(), true).join();
      }
    } catch (CompletionException e) {
      events.offer(new Event.Ended(0));
    }
  }

  @Override
  public void onOpen(WebSocket opened) {
    opened.request(1);
  }

  @Override
  public @Nullable CompletionStage<?> onText(WebSocket from, CharSequence data, boolean last) {
    parts.append(data);
    if (last) {
      events.offer(new Event.Text(parts.toString()));
      parts.setLength(0);
    } else {
      from.request(1);
    }
    return null;
  }

  @Override
  public @Nullable CompletionStage<?> onClose(WebSocket from, int code, String reason) {
    events.offer(new Event.Ended(code));
    return null;
  }

  @Override
  public void onError(WebSocket from, Throwable error) {
    events.offer(new Event.Ended(0));
  }

  @Override
  public void close() {
    if (socket != null) {
      socket.abort();
    }
  }
}
