package dev.signalbox.agent.claude;

import dev.signalbox.agent.wire.Json;
import dev.signalbox.jsonrpc.JsonLines;
import dev.signalbox.jsonrpc.Peer;
import dev.signalbox.jsonrpc.PeerHandler;
import dev.signalbox.process.Child;
import java.time.Duration;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.MissingNode;
import tools.jackson.databind.node.ObjectNode;

/// The line to one child: messages and requests of control in both directions. Any thread may send;
/// the listener is called on the reader thread.
final class ClaudeLine implements JsonLines.Handler, AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(ClaudeLine.class);
  private static final int LOGGED_ODDITIES = 20;

  /// Platform threads, because they read a child's output without another thread between.
  private static final Peer.Options WIRE =
      new Peer.Options(
          Peer.Options.DEFAULT.maxLine(),
          Peer.Options.DEFAULT.queue(),
          false,
          Thread.ofPlatform().daemon().name("claude-", 0).factory());

  /// Who hears what comes.
  interface Listener {
    void message(JsonNode message) throws InterruptedException;

    void request(ControlCall call) throws InterruptedException;

    /// The agent no longer waits for the answer to that request of its.
    void withdrawn(String requestId) throws InterruptedException;

    void ended();
  }

  private final Listener listener;
  private final ConcurrentHashMap<String, Consumer<ControlReply>> waiting =
      new ConcurrentHashMap<>();
  private final AtomicLong lastId = new AtomicLong();
  private final JsonLines lines;
  private int oddities;

  /// Nothing is read or written before [#start].
  ClaudeLine(Child child, Listener listener) {
    this.listener = listener;
    this.lines = new JsonLines(child.stdout(), child.stdin(), WIRE, this);
  }

  void start() {
    lines.start();
  }

  /// Sends a request and waits for what becomes of it.
  ControlReply request(ObjectNode request, Duration limit) throws InterruptedException {
    var reply = new ArrayBlockingQueue<ControlReply>(1);
    var id = begin(request, reply::offer);
    var told = reply.poll(limit.toMillis(), TimeUnit.MILLISECONDS);
    if (told == null) {
      waiting.remove(id);
      return new ControlReply.TimedOut(limit);
    }
    return told;
  }

  /// Sends a request and never waits.
  ///
  /// @param onReply called once, on the reader thread or on the one that ended the line; must not
  ///   block
  void post(ObjectNode request, Consumer<ControlReply> onReply) {
    begin(request, onReply);
  }

  void post(ObjectNode request) {
    begin(request, reply -> {});
  }

  /// Sends a prompt; waits for room.
  ///
  /// @return false when the line has ended
  boolean prompt(ObjectNode message) throws InterruptedException {
    return lines.send(message);
  }

  boolean open() {
    return lines.open();
  }

  @Override
  public void close() {
    lines.close();
  }

  private String begin(ObjectNode request, Consumer<ControlReply> onReply) {
    var id = "signalbox-" + lastId.incrementAndGet();
    waiting.put(id, onReply);
    lines.post(Requests.request(id, request));
    // Checked after it was put: either we see the end here, or the end sees our entry.
    if (!lines.open()) {
      complete(id, new ControlReply.Gone());
    }
    return id;
  }

  private void complete(String id, ControlReply reply) {
    var entry = waiting.remove(id);
    if (entry != null) {
      entry.accept(reply);
    }
  }

  @Override
  public void message(JsonNode message) throws InterruptedException {
    switch (Json.text(message, "type", "")) {
      case "control_response" -> answered(message.path("response"));
      case "control_request" ->
          listener.request(
              new ControlCall(
                  Json.text(message, "request_id", ""), message.path("request"), lines::post));
      case "control_cancel_request" -> listener.withdrawn(Json.text(message, "request_id", ""));
      default -> listener.message(message);
    }
  }

  private void answered(JsonNode response) {
    var id = Json.text(response, "request_id", "");
    if (Json.text(response, "subtype", "").equals("success")) {
      JsonNode told = response.path("response");
      complete(id, new ControlReply.Success(told.isNull() ? MissingNode.getInstance() : told));
    } else {
      complete(id, new ControlReply.Refused(Json.text(response, "error", "no reason given")));
    }
  }

  @Override
  public void oddity(PeerHandler.Oddity oddity) {
    oddities++;
    if (oddities <= LOGGED_ODDITIES) {
      log.warn("event=claude.oddity kind={} bytes={}", oddity.kind(), oddity.bytes());
    }
  }

  @Override
  public void ended() {
    waiting.keySet().forEach(id -> complete(id, new ControlReply.Gone()));
    listener.ended();
  }
}
