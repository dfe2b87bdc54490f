package dev.signalbox.bench;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/// A bare socket on a lane: every frame goes to whoever listens, with the moment it arrived.
final class Ear implements WebSocket.Listener, AutoCloseable {
  private static final HttpClient HTTP = HttpClient.newHttpClient();

  private final BiConsumer<String, Long> heard;
  private final CountDownLatch welcomed = new CountDownLatch(1);
  private final StringBuilder parts = new StringBuilder();
  private @Nullable WebSocket socket;

  private Ear(BiConsumer<String, Long> heard) {
    this.heard = heard;
  }

  /// Returns when the server has said welcome.
  static Ear open(
      Launched server, String session, String lane, String hello, BiConsumer<String, Long> heard) {
    var ear = new Ear(heard);
    var socket =
        HTTP.newWebSocketBuilder()
            .header("Authorization", "Bearer " + server.token())
            .subprotocols("signalbox.v1", "ads-session." + session, "ads-chat." + lane)
            .buildAsync(URI.create("ws://127.0.0.1:" + server.port() + "/ws"), ear)
            .join();
    ear.socket = socket;
    socket.sendText(hello, true).join();
    try {
      ear.welcomed.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    return ear;
  }

  @Override
  public @Nullable CompletionStage<?> onText(WebSocket socket, CharSequence data, boolean last) {
    long now = System.nanoTime();
    parts.append(data);
    if (last) {
      var frame = parts.toString();
      parts.setLength(0);
      if (frame.contains("\"type\":\"ping\"")) {
        var _ = socket.sendText("{\"type\":\"pong\"}", true);
      }
      if (frame.contains("\"type\":\"welcome\"")) {
        welcomed.countDown();
      }
      heard.accept(frame, now);
    }
    socket.request(1);
    return null;
  }

  @Override
  public void close() {
    if (socket != null) {
      socket.abort();
    }
  }
}
