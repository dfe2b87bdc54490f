package dev.signalbox.testkit.agent;

import static dev.signalbox.testkit.agent.Wire.JSON;

import com.sun.net.httpserver.HttpExchange;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicLong;
import tools.jackson.databind.JsonNode;

/// The event streams a scripted opencode feeds. What is emitted while a stream is cut is lost.
final class OpencodeStreams {
  private static final String CUT = "";

  private record Stream(Path directory, BlockingQueue<String> lines) {}

  private final List<Stream> streams = new CopyOnWriteArrayList<>();
  private final AtomicLong last = new AtomicLong();
  private final Wire log;

  OpencodeStreams(Wire log) {
    this.log = log;
  }

  /// Feeds one client until it goes or is cut. Blocks.
  void feed(HttpExchange exchange, Path directory) throws IOException, InterruptedException {
    var stream = new Stream(directory, new LinkedBlockingQueue<>());
    stream.lines.add(event("server.connected", JSON.createObjectNode()));
    exchange.getResponseHeaders().add("Content-Type", "text/event-stream");
    exchange.sendResponseHeaders(200, 0);
    streams.add(stream);
    count();
    try (var out = exchange.getResponseBody()) {
      for (var line = stream.lines.take(); !line.equals(CUT); line = stream.lines.take()) {
        out.write(("data: " + line + "\n\n").getBytes(StandardCharsets.UTF_8));
        out.flush();
      }
    } catch (IOException e) {
      // The client went.
    } finally {
      streams.remove(stream);
      count();
      exchange.close();
    }
  }

  void emit(Path directory, String type, JsonNode properties) {
    line(directory, event(type, properties));
  }

  void line(Path directory, String line) {
    streams.stream()
        .filter(stream -> stream.directory.equals(directory))
        .forEach(stream -> stream.lines.add(line));
  }

  /// Ends the streams of a folder once what was emitted has gone out.
  void cut(Path directory) {
    var cut = streams.stream().filter(stream -> stream.directory.equals(directory)).toList();
    streams.removeAll(cut);
    cut.forEach(stream -> stream.lines.add(CUT));
  }

  /// Sends heartbeats, more often than the real one, so that it notices soon who went.
  void beat() {
    Thread.ofPlatform()
        .start(() -> {
          try {
            while (true) {
              Thread.sleep(200);
              var beat = event("server.heartbeat", JSON.createObjectNode());
              streams.forEach(stream -> stream.lines.add(beat));
            }
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          }
        });
  }

  private String event(String type, JsonNode properties) {
    var event = JSON.createObjectNode();
    event.put("id", "evt_" + last.incrementAndGet()).put("type", type);
    event.set("properties", properties);
    return JSON.writeValueAsString(event);
  }

  private void count() {
    var line = JSON.createObjectNode();
    line.putObject("got").put("method", "streams").put("count", streams.size());
    log.record(line);
  }
}
