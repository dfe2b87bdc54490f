package dev.signalbox.testkit.server;

import dev.signalbox.testkit.server.Client.Lane;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// One connection that keeps every frame exactly as it came, and says only what it is told to say.
/// Any thread may ask.
public final class FrameSocket implements AutoCloseable {
  private static final JsonMapper JSON = JsonMapper.builder().build();
  private static final Duration LIMIT = Duration.ofSeconds(60);

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition heard = lock.newCondition();
  // guarded by lock
  private final List<JsonNode> frames = new ArrayList<>();
  private final CountDownLatch ended = new CountDownLatch(1);
  private @Nullable WebSocket socket;

  private FrameSocket() {}

  /// @param lane to be watched; null for the socket of the session list
  static FrameSocket open(HttpClient http, int port, String host, String token, @Nullable Lane lane)
      throws Exception {
    var connection = new FrameSocket();
    var builder =
        http.newWebSocketBuilder()
            .header("Host", host)
            .header("Authorization", "Bearer " + token)
            .connectTimeout(Duration.ofSeconds(10));
    if (lane == null) {
      builder.subprotocols("signalbox.v1");
    } else {
      builder.subprotocols(
          "signalbox.v1", "ads-session." + lane.session(), "ads-chat." + lane.id());
    }
    connection.socket =
        builder
            .buildAsync(URI.create("ws://127.0.0.1:" + port + "/ws"), connection.new Ear())
            .get(LIMIT.toSeconds(), TimeUnit.SECONDS);
    return connection;
  }

  public void say(JsonNode frame) throws Exception {
    var open = socket;
    if (open != null) {
      open.sendText(frame.toString(), true).get(LIMIT.toSeconds(), TimeUnit.SECONDS);
    }
  }

  /// All frames so far, in order.
  public List<JsonNode> frames() {
    lock.lock();
    try {
      return List.copyOf(frames);
    } finally {
      lock.unlock();
    }
  }

  public List<JsonNode> frames(String type) {
    return frames().stream().filter(frame -> frame.path("type").asString("").equals(type)).toList();
  }

  /// Waits for a frame that came or comes.
  ///
  /// @throws AssertionError with the types of what came instead
  public JsonNode await(Predicate<JsonNode> wanted) throws InterruptedException {
    lock.lock();
    try {
      long left = LIMIT.toNanos();
      int seen = 0;
      while (true) {
        for (; seen < frames.size(); seen++) {
          if (wanted.test(frames.get(seen))) {
            return frames.get(seen);
          }
        }
        if (left <= 0 || ended.getCount() == 0) {
          throw new AssertionError(
              "it did not come: "
                  + frames.stream().map(f -> f.path("type").asString("?")).toList());
        }
        left = heard.awaitNanos(left);
      }
    } finally {
      lock.unlock();
    }
  }

  public JsonNode await(String type) throws InterruptedException {
    return await(frame -> frame.path("type").asString("").equals(type));
  }

  @Override
  public void close() {
    var open = socket;
    if (open != null) {
      open.abort();
    }
  }

  private void keep(JsonNode json) {
    lock.lock();
    try {
      if (json.isArray()) {
        json.forEach(frames::add);
      } else {
        frames.add(json);
      }
      heard.signalAll();
    } finally {
      lock.unlock();
    }
  }

  private void end() {
    ended.countDown();
    lock.lock();
    try {
      heard.signalAll();
    } finally {
      lock.unlock();
    }
  }

  private final class Ear implements WebSocket.Listener {
    private final StringBuilder parts = new StringBuilder();

    @Override
    public @Nullable CompletionStage<?> onText(WebSocket from, CharSequence data, boolean last) {
      parts.append(data);
      if (last) {
        var json = JSON.readTree(parts.toString());
        parts.setLength(0);
        keep(json);
      }
      from.request(1);
      return null;
    }

    @Override
    public @Nullable CompletionStage<?> onClose(WebSocket from, int code, String reason) {
      end();
      return CompletableFuture.completedFuture(null);
    }

    @Override
    public void onError(WebSocket from, Throwable error) {
      end();
    }
  }
}
