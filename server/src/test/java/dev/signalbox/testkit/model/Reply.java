package dev.signalbox.testkit.model;

import com.sun.net.httpserver.HttpExchange;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/// The HTTP side of one answer. Used by the exchange's own thread only.
final class Reply implements Dialect.Events {

  /// Thrown out of the exchange's handler, which makes the server close the connection as it is.
  static final class Cut extends IOException {
    private static final long serialVersionUID = 1L;

    Cut() {
      super("cut by the script");
    }
  }

  private final HttpExchange exchange;
  private final CountDownLatch closed;
  private @Nullable OutputStream out;

  /// @param closed falls when the server closes, and ends every wait
  Reply(HttpExchange exchange, CountDownLatch closed) {
    this.exchange = exchange;
    this.closed = closed;
  }

  void json(int status, JsonNode body) throws IOException {
    byte[] bytes = body.toString().getBytes(StandardCharsets.UTF_8);
    exchange.getResponseHeaders().set("Content-Type", "application/json");
    exchange.sendResponseHeaders(status, bytes.length);
    try (var stream = exchange.getResponseBody()) {
      stream.write(bytes);
    }
  }

  @Override
  public void send(@Nullable String name, String data) throws IOException {
    if (out == null) {
      exchange.getResponseHeaders().set("Content-Type", "text/event-stream");
      exchange.getResponseHeaders().set("Cache-Control", "no-cache");
      exchange.sendResponseHeaders(200, 0);
      out = exchange.getResponseBody();
    }
    String event = (name == null ? "" : "event: " + name + "\n") + "data: " + data + "\n\n";
    out.write(event.getBytes(StandardCharsets.UTF_8));
    out.flush();
  }

  void end() throws IOException {
    if (out != null) {
      out.close();
    }
  }

  /// @throws Cut when the server closes meanwhile
  void pause(int millis) throws IOException {
    if (millis > 0) {
      waitFor(millis);
    }
  }

  /// Says nothing more until the server closes.
  void stall() throws IOException {
    waitFor(Long.MAX_VALUE);
  }

  private void waitFor(long millis) throws IOException {
    try {
      if (closed.await(millis, TimeUnit.MILLISECONDS)) {
        throw new Cut();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new Cut();
    }
  }
}
