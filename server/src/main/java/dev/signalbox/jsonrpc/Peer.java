package dev.signalbox.jsonrpc;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.JsonNodeFactory;

/// One JSON-RPC 2.0 connection: a message per line, requests in both directions.
///
/// Order: everything the peer sent before an answer was handed to the handler before that answer is
/// given to whoever waits for it. What one thread sends is written in the order it was sent.
///
/// Bounds: a line longer than [Options#maxLine] is skipped and reported. Messages that wait to be
/// written are limited to [Options#queue]; [#request] and [#send] then wait for room, [#post] and
/// answers to the peer's calls end the connection, because a peer that leaves so many messages
/// unread is not going to read them.
public final class Peer implements AutoCloseable {
  private static final JsonMapper JSON = JsonMapper.builder().build();

  private final PeerHandler handler;
  private final LineReader lines;
  private final Outbox outbox;
  private final @Nullable WireLog log;
  private final ConcurrentHashMap<Long, Pending> waiting = new ConcurrentHashMap<>();
  private final AtomicLong lastId = new AtomicLong();
  private final AtomicBoolean over = new AtomicBoolean();

  /// @param maxLine longest accepted line in bytes
  /// @param queue how many messages may wait to be written
  /// @param wireLog keep the last 8 MB of traffic for [#wire]
  /// @param threads makes the reader and the writer. Virtual threads suit pipes of a child process
  ///   and sockets; the process's own standard streams block the carrier and want platform threads
  public record Options(int maxLine, int queue, boolean wireLog, ThreadFactory threads) {
    public static final Options DEFAULT =
        new Options(
            16 * 1024 * 1024, 1024, false, Thread.ofVirtual().name("jsonrpc-", 0).factory());
  }

  private Peer(InputStream in, OutputStream out, Options options, PeerHandler handler) {
    this.handler = handler;
    this.log = options.wireLog() ? new WireLog() : null;
    this.lines = new LineReader(in, options.maxLine());
    this.outbox = new Outbox(out, options.queue(), log);
  }

  /// Begins to read and write. The peer owns `out` and closes it; `in` is read to its end, also
  /// after [#close], so that the other side never blocks on a pipe nobody reads.
  public static Peer start(InputStream in, OutputStream out, Options options, PeerHandler handler) {
    var peer = new Peer(in, out, options, handler);
    options.threads().newThread(peer.outbox::run).start();
    options.threads().newThread(peer::read).start();
    return peer;
  }

  /// Sends a request and waits for what becomes of it; without limit when `limit` is null.
  public Reply request(String method, JsonNode params, @Nullable Duration limit)
      throws InterruptedException {
    return begin(method, params, reply -> {}).await(limit);
  }

  /// Sends a request; waits only for room in the queue.
  ///
  /// @param onReply called once with the reply. An answer of the peer comes on the reader thread,
  ///   before anything that followed it is handed to the handler. Must not block
  public Pending begin(String method, JsonNode params, Consumer<Reply> onReply)
      throws InterruptedException {
    long id = lastId.incrementAndGet();
    var entry = new Pending(onReply, () -> waiting.remove(id));
    waiting.put(id, entry);
    // Checked after it was put: either we see the end here, or the end sees our entry.
    if (over.get() || !outbox.put(encoded(Messages.request(id, method, params)))) {
      waiting.remove(id);
      entry.complete(new Reply.Gone());
    }
    return entry;
  }

  /// Sends a notification; waits while the queue is full. After the end it does nothing.
  public void send(String method, JsonNode params) throws InterruptedException {
    var _ = outbox.put(encoded(Messages.notification(method, params)));
  }

  /// Sends a notification and never waits.
  public void post(String method, JsonNode params) {
    postMessage(Messages.notification(method, params));
  }

  /// True while messages can be sent and are read.
  public boolean open() {
    return !over.get() && outbox.open();
  }

  /// The recorded traffic, oldest first; empty when no wire log is kept.
  public List<String> wire() {
    return log == null ? List.of() : log.lines();
  }

  /// Ends the connection: requests under way are answered [Reply.Gone], what was queued is still
  /// written, then the output is closed. Idempotent, never blocks.
  @Override
  public void close() {
    end();
  }

  private void read() {
    try {
      while (lines.next()) {
        if (!over.get()) {
          handle();
        }
      }
    } catch (IOException e) {
      // A broken pipe is the end of the stream, like any other.
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      end();
    }
  }

  private void end() {
    if (!over.compareAndSet(false, true)) {
      return;
    }
    outbox.close();
    waiting.values().forEach(entry -> entry.complete(new Reply.Gone()));
    handler.ended();
  }

  private void handle() throws InterruptedException {
    if (log != null) {
      log.add("<", lines.content(), lines.length());
    }
    if (lines.oversized()) {
      report(PeerHandler.Oddity.Kind.OVERSIZED);
      return;
    }
    if (lines.length() == 0) {
      return;
    }
    JsonNode message;
    try {
      message = JSON.readTree(lines.content(), 0, lines.length());
    } catch (JacksonException e) {
      report(PeerHandler.Oddity.Kind.NOT_JSON);
      return;
    }
    try {
      dispatch(message);
    } catch (RuntimeException e) {
      handler.oddity(
          new PeerHandler.Oddity(
              PeerHandler.Oddity.Kind.HANDLER_FAILED, e + ": " + lines.head(), lines.bytes()));
    }
  }

  private void dispatch(JsonNode message) throws InterruptedException {
    var method = message.path("method").stringValue(null);
    var id = message.get("id");
    if (method != null && id != null) {
      serve(new Call(id, method, message.path("params"), this::postMessage));
    } else if (method != null) {
      handler.notification(method, message.path("params"));
    } else if (!message.has("result") && !message.has("error")) {
      report(PeerHandler.Oddity.Kind.NOT_A_MESSAGE);
    } else if (id == null || id.isNull()) {
      report(PeerHandler.Oddity.Kind.RESPONSE_WITHOUT_ID);
    } else {
      var entry = id.isIntegralNumber() ? waiting.remove(id.asLong(0)) : null;
      if (entry == null) {
        report(PeerHandler.Oddity.Kind.UNMATCHED_RESPONSE);
      } else {
        entry.complete(reply(message));
      }
    }
  }

  private void serve(Call call) throws InterruptedException {
    try {
      handler.request(call);
    } catch (RuntimeException e) {
      call.refuse(Call.INTERNAL_ERROR, "Internal error");
      throw e;
    }
  }

  private static Reply reply(JsonNode message) {
    var error = message.get("error");
    if (error == null || error.isNull()) {
      var result = message.get("result");
      return new Reply.Result(result == null ? JsonNodeFactory.instance.nullNode() : result);
    }
    return new Reply.Refused(
        error.path("code").asInt(0), error.path("message").asString(""), error.get("data"));
  }

  private void report(PeerHandler.Oddity.Kind kind) {
    handler.oddity(new PeerHandler.Oddity(kind, lines.head(), lines.bytes()));
  }

  private void postMessage(JsonNode message) {
    if (!outbox.offer(encoded(message))) {
      end();
    }
  }

  private static byte[] encoded(JsonNode message) {
    return JSON.writeValueAsBytes(message);
  }
}
