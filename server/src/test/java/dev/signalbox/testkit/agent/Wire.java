package dev.signalbox.testkit.agent;

import java.io.BufferedOutputStream;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// The scripted agent's side of the line: writes anything, also what no agent should.
final class Wire {
  static final JsonMapper JSON = JsonMapper.builder().build();

  private final OutputStream out =
      new BufferedOutputStream(new FileOutputStream(FileDescriptor.out), 64 * 1024);
  private final ReentrantLock lock = new ReentrantLock();
  private final ConcurrentHashMap<String, SynchronousQueue<JsonNode>> asked =
      new ConcurrentHashMap<>();
  private final boolean stringIds;
  private final boolean plain;
  private final @Nullable Path log;
  private int lastId;

  Wire(Habits habits) {
    this(habits, false);
  }

  /// @param plain leaves the member `jsonrpc` out, as Codex does
  Wire(Habits habits, boolean plain) {
    this.plain = plain;
    stringIds = habits.has("stringIds");
    var file = habits.text("log", "");
    log = file.isEmpty() ? null : Path.of(file);
  }

  void line(String line) {
    lock.lock();
    try {
      out.write(line.getBytes(StandardCharsets.UTF_8));
      out.write('\n');
      out.flush();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } finally {
      lock.unlock();
    }
  }

  /// The end of the stream for whoever reads it.
  void close() {
    lock.lock();
    try {
      out.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } finally {
      lock.unlock();
    }
  }

  void garbage(long bytes) {
    lock.lock();
    try {
      var chunk = "x".repeat(64 * 1024).getBytes(StandardCharsets.UTF_8);
      for (long left = bytes; left > 0; left -= chunk.length) {
        out.write(chunk, 0, (int) Math.min(left, chunk.length));
      }
      out.write('\n');
      out.flush();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } finally {
      lock.unlock();
    }
  }

  void update(String session, JsonNode update) {
    var params = JSON.createObjectNode().put("sessionId", session);
    params.set("update", update);
    notification("session/update", params);
  }

  void chunk(String session, String kind, String text, @Nullable String messageId) {
    var update = JSON.createObjectNode().put("sessionUpdate", kind);
    update.putObject("content").put("type", "text").put("text", text);
    if (messageId != null) {
      update.put("messageId", messageId);
    }
    update(session, update);
  }

  void notification(String method, JsonNode params) {
    var message = envelope().put("method", method);
    message.set("params", params);
    line(JSON.writeValueAsString(message));
  }

  void result(JsonNode id, JsonNode result) {
    var message = envelope();
    message.set("id", id);
    message.set("result", result);
    line(JSON.writeValueAsString(message));
  }

  void error(JsonNode id, int code, String text) {
    var message = envelope();
    message.set("id", id);
    message.putObject("error").put("code", code).put("message", text);
    line(JSON.writeValueAsString(message));
  }

  /// Asks the client; waits for its answer when `wait`.
  @Nullable JsonNode ask(String method, JsonNode params, boolean wait) throws InterruptedException {
    ObjectNode message = envelope();
    String key;
    lock.lock();
    try {
      if (stringIds) {
        key = UUID.randomUUID().toString();
        message.put("id", key);
      } else {
        message.put("id", lastId);
        key = Integer.toString(lastId);
        lastId++;
      }
    } finally {
      lock.unlock();
    }
    message.put("method", method).set("params", params);
    var answer = new SynchronousQueue<JsonNode>();
    if (wait) {
      asked.put(key, answer);
    }
    line(JSON.writeValueAsString(message));
    return wait ? answer.take() : null;
  }

  /// The number of the last request.
  int lastRequest() {
    return lastId - 1;
  }

  void answered(JsonNode message) throws InterruptedException {
    var waiting = asked.remove(message.path("id").asString(""));
    if (waiting != null) {
      // Nobody takes it when the turn was cancelled meanwhile.
      var _ = waiting.offer(message, 200, java.util.concurrent.TimeUnit.MILLISECONDS);
    }
  }

  void record(JsonNode line) {
    if (log == null) {
      return;
    }
    try {
      // One write of a whole line, so that several processes may share the file.
      Files.write(
          log,
          (JSON.writeValueAsString(line) + "\n").getBytes(StandardCharsets.UTF_8),
          StandardOpenOption.CREATE,
          StandardOpenOption.APPEND);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private ObjectNode envelope() {
    var message = JSON.createObjectNode();
    return plain ? message : message.put("jsonrpc", "2.0");
  }
}
