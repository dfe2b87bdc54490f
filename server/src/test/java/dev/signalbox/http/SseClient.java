package dev.signalbox.http;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import tools.jackson.databind.JsonNode;

/// A script that follows a lane: reads server-sent events as a browser's `EventSource` would.
final class SseClient implements AutoCloseable {
  /// @param id empty when it has none
  /// @param type `message` when it has none
  record Event(String id, String type, JsonNode data) {}

  /// What comes after the last event.
  private static final Event END = new Event("", "end", Wire.JSON.nullNode());

  private final HttpResponse<java.io.InputStream> response;
  private final BlockingQueue<Event> events = new LinkedBlockingQueue<>();

  /// @param path with its query
  /// @param headers in pairs, beside those that every script sends
  static SseClient open(HttpClient http, Edge edge, String path, String... headers)
      throws IOException, InterruptedException {
    var request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + edge.port() + path))
            .header("Authorization", "Bearer " + Edge.TOKEN)
            .header("Accept", "text/event-stream");
    if (headers.length > 0) {
      request.headers(headers);
    }
    return new SseClient(http.send(request.build(), HttpResponse.BodyHandlers.ofInputStream()));
  }

  private SseClient(HttpResponse<java.io.InputStream> response) {
    this.response = response;
    Thread.ofVirtual().start(this::read);
  }

  HttpResponse<?> response() {
    return response;
  }

  /// The next event; fails when none comes in time.
  Event next() throws InterruptedException {
    return Objects.requireNonNull(events.poll(30, TimeUnit.SECONDS), "no event came");
  }

  List<Event> next(int count) throws InterruptedException {
    var some = new ArrayList<Event>();
    for (int i = 0; i < count; i++) {
      some.add(next());
    }
    return some;
  }

  /// Whether the stream ended, after what is left of it.
  boolean ends() throws InterruptedException {
    while (true) {
      var event = events.poll(30, TimeUnit.SECONDS);
      if (event == null || event.equals(END)) {
        return event != null;
      }
    }
  }

  private void read() {
    try (var lines = new BufferedReader(new InputStreamReader(response.body(), UTF_8))) {
      String id = "";
      String type = "message";
      for (var line = lines.readLine(); line != null; line = lines.readLine()) {
        if (line.startsWith("id: ")) {
          id = line.substring(4);
        } else if (line.startsWith("event: ")) {
          type = line.substring(7);
        } else if (line.startsWith("data: ")) {
          events.add(new Event(id, type, Wire.JSON.readTree(line.substring(6))));
          id = "";
          type = "message";
        }
      }
    } catch (IOException e) {
      // closed from here, or cut
    } finally {
      events.add(END);
    }
  }

  @Override
  public void close() throws IOException {
    response.body().close();
  }
}
