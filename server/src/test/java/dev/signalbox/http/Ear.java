package dev.signalbox.http;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.time.Duration;
import java.util.Arrays;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/// Hears one socket: what it says, frame by frame, and how it is closed.
final class Ear implements WebSocket.Listener {
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  /// What comes after the last frame.
  private static final JsonNode END = Wire.JSON.nullNode();

  final CompletableFuture<Integer> closed = new CompletableFuture<>();
  private final LinkedBlockingQueue<JsonNode> heard = new LinkedBlockingQueue<>();
  private final StringBuilder parts = new StringBuilder();
  private @Nullable WebSocket socket;

  /// A socket of a program of this computer.
  ///
  /// @param protocols beside `signalbox.v1`
  static Ear connect(HttpClient http, Edge edge, String... protocols) throws Exception {
    return connect(
        edge,
        http.newWebSocketBuilder().header("Authorization", "Bearer " + Edge.TOKEN),
        protocols);
  }

  static Ear connect(Edge edge, WebSocket.Builder builder, String... protocols) throws Exception {
    var ear = new Ear();
    ear.socket =
        builder
            .subprotocols("signalbox.v1", Arrays.copyOf(protocols, protocols.length))
            .buildAsync(uri(edge), ear)
            .get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
    return ear;
  }

  static URI uri(Edge edge) {
    return URI.create("ws://127.0.0.1:" + edge.port() + "/ws");
  }

  WebSocket socket() {
    return Objects.requireNonNull(socket);
  }

  Ear say(String text) throws Exception {
    socket().sendText(text, true).get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
    return this;
  }

  Ear say(JsonNode message) throws Exception {
    return say(message.toString());
  }

  /// The next frame of that type; others are passed over.
  JsonNode next(String type) throws InterruptedException {
    while (true) {
      var frame = next();
      if (frame.path("type").asString("").equals(type)) {
        return frame;
      }
    }
  }

  /// The next frame but pings.
  JsonNode next() throws InterruptedException {
    var frame = poll(PATIENCE);
    for (long until = System.nanoTime() + PATIENCE.toNanos(); isPing(frame); ) {
      frame = poll(Duration.ofNanos(until - System.nanoTime()));
    }
    if (frame.equals(END)) {
      throw new AssertionError("closed with " + closed.join());
    }
    return frame;
  }

  /// Whether it was let in: the first it hears is a welcome and not the end.
  boolean isWelcome() throws InterruptedException {
    return poll(PATIENCE).path("type").asString("").equals("welcome");
  }

  /// The next ping, whatever comes before it.
  void ping() throws InterruptedException {
    var frame = poll(PATIENCE);
    while (!isPing(frame) && !frame.equals(END)) {
      frame = poll(PATIENCE);
    }
    if (frame.equals(END)) {
      throw new AssertionError("closed with " + closed.join());
    }
  }

  private JsonNode poll(Duration patience) throws InterruptedException {
    var frame = heard.poll(patience.toNanos(), TimeUnit.NANOSECONDS);
    if (frame == null) {
      throw new AssertionError("nothing came; closed: " + closed);
    }
    if (frame.equals(END)) {
      heard.add(END);
    }
    return frame;
  }

  private static boolean isPing(JsonNode frame) {
    return frame.path("type").asString("").equals("ping");
  }

  /// What it was closed with; waits for that.
  int code() throws Exception {
    return closed.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
  }

  @Override
  public @Nullable CompletionStage<?> onText(WebSocket from, CharSequence data, boolean last) {
    parts.append(data);
    if (last) {
      heard.add(Wire.JSON.readTree(parts.toString()));
      parts.setLength(0);
    }
    from.request(1);
    return null;
  }

  @Override
  public @Nullable CompletionStage<?> onClose(WebSocket from, int code, String reason) {
    end(code);
    return null;
  }

  @Override
  public void onError(WebSocket from, Throwable error) {
    end(-1);
  }

  private void end(int code) {
    closed.complete(code);
    heard.add(END);
  }
}
