package dev.signalbox.testkit.server;

import dev.signalbox.testkit.server.Client.Lane;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.net.http.WebSocketHandshakeException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// One connection to a lane's socket. It asks for a full replay after what its [LaneView] knows,
/// tells the view all it hears, and asks for an item when a delta of it begins beyond what is
/// known.
///
/// Incoming frames are taken on the socket's own thread, one after another.
public final class LaneSocket implements AutoCloseable {

  private static final JsonMapper JSON = JsonMapper.builder().build();

  private final LaneView view;
  private final CountDownLatch ended = new CountDownLatch(1);
  private volatile int closeCode = -1;
  private @Nullable WebSocket socket;

  private LaneSocket(LaneView view) {
    this.view = view;
  }

  /// @throws UncheckedIOException when there is no connection or no upgrade; the message says the
  ///   status
  static LaneSocket open(
      HttpClient http, int port, String host, String token, Lane lane, LaneView view) {
    var connection = new LaneSocket(view);
    var opening =
        http.newWebSocketBuilder()
            .header("Host", host)
            .header("Authorization", "Bearer " + token)
            .connectTimeout(Duration.ofSeconds(10))
            .subprotocols("signalbox.v1", "ads-session." + lane.session(), "ads-chat." + lane.id())
            .buildAsync(URI.create("ws://127.0.0.1:" + port + "/ws"), connection.new Ear());
    try {
      connection.socket = opening.get(15, TimeUnit.SECONDS);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof WebSocketHandshakeException refused) {
        throw new Refused(refused.getResponse().statusCode());
      }
      throw new UncheckedIOException(new IOException(String.valueOf(e.getCause()), e));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new UncheckedIOException(new IOException(e));
    } catch (TimeoutException e) {
      opening.cancel(true);
      throw new UncheckedIOException(new IOException("no upgrade within 15 s", e));
    }
    connection.hello();
    return connection;
  }

  /// The server answered, but not by an upgrade.
  public static final class Refused extends RuntimeException {
    private static final long serialVersionUID = 1L;

    Refused(int status) {
      super("upgrade refused: " + status);
    }
  }

  private void hello() {
    var hello = Client.object().put("type", "hello").put("after", view.seq()).put("replay", "all");
    if (!view.epoch().isEmpty()) {
      hello.put("epoch", view.epoch());
    }
    send(hello);
  }

  public LaneView view() {
    return view;
  }

  /// Sends a frame; on a connection that has ended this does nothing.
  public void send(JsonNode frame) {
    var open = socket;
    if (open == null) {
      return;
    }
    try {
      open.sendText(frame.toString(), true).join();
    } catch (CompletionException ended) {
      this.ended.countDown();
    }
  }

  /// Waits until the connection has ended, however it did.
  ///
  /// @return whether it ended in time
  public boolean awaitEnd(Duration limit) {
    try {
      return ended.await(limit.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  /// The close code the server gave; -1 when it gave none.
  public int closeCode() {
    return closeCode;
  }

  @Override
  public void close() {
    var open = socket;
    if (open != null) {
      open.abort();
    }
    ended.countDown();
  }

  private void hear(String message) {
    JsonNode json;
    try {
      json = JSON.readTree(message);
    } catch (JacksonException e) {
      throw new IllegalStateException("not JSON: " + message, e);
    }
    if (json.isArray()) {
      json.forEach(this::take);
    } else {
      take(json);
    }
  }

  private void take(JsonNode frame) {
    if (frame.path("type").asString("").equals("ping")) {
      return;
    }
    view.take(frame).ifPresent(item -> send(Client.object().put("type", "item").put("item", item)));
  }

  private final class Ear implements WebSocket.Listener {

    private final StringBuilder parts = new StringBuilder();

    @Override
    public void onOpen(WebSocket opened) {
      socket = opened;
      opened.request(1);
    }

    @Override
    public @Nullable CompletionStage<?> onText(WebSocket from, CharSequence data, boolean last) {
      parts.append(data);
      if (last) {
        String message = parts.toString();
        parts.setLength(0);
        hear(message);
      }
      from.request(1);
      return null;
    }

    @Override
    public @Nullable CompletionStage<?> onClose(WebSocket from, int code, String reason) {
      closeCode = code;
      ended.countDown();
      return CompletableFuture.completedFuture(null);
    }

    @Override
    public void onError(WebSocket from, Throwable error) {
      ended.countDown();
    }
  }
}
