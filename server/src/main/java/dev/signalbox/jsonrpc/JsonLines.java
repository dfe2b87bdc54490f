package dev.signalbox.jsonrpc;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicBoolean;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// A connection that carries one JSON value per line in both directions, and nothing else: for
/// protocols that are no JSON-RPC. What a message means is the handler's to know.
///
/// Order: messages are handed over in the order they came; what one thread sends is written in the
/// order it was sent. Bounds as of [Peer]: a longer line than [Peer.Options#maxLine] is skipped and
/// reported, [#send] waits for room, [#post] ends the connection when there is none.
public final class JsonLines implements AutoCloseable {
  private static final JsonMapper JSON = JsonMapper.builder().build();

  private final Handler handler;
  private final ThreadFactory threads;
  private final LineReader lines;
  private final Outbox outbox;
  private final AtomicBoolean over = new AtomicBoolean();

  /// Takes what comes. All methods but [#ended] run on the reader thread.
  public interface Handler {
    /// Called for every line that is JSON. Blocking here stops the other side.
    void message(JsonNode message) throws InterruptedException;

    /// A line that was skipped, or the failure of [#message].
    void oddity(PeerHandler.Oddity oddity);

    /// Called once when nothing more will come, on the thread that ended it.
    void ended();
  }

  /// Nothing is read or written before [#start].
  public JsonLines(InputStream in, OutputStream out, Peer.Options options, Handler handler) {
    this.handler = handler;
    this.threads = options.threads();
    this.lines = new LineReader(in, options.maxLine());
    this.outbox = new Outbox(out, options.queue(), null);
  }

  /// Begins to read and write, once. The output is owned and closed; the input is read to its end,
  /// also after [#close], so that the other side never blocks on a pipe nobody reads.
  public void start() {
    threads.newThread(outbox::run).start();
    threads.newThread(this::read).start();
  }

  /// Waits for room in the queue.
  ///
  /// @return false when the connection has ended: nothing was sent
  public boolean send(JsonNode message) throws InterruptedException {
    return !over.get() && outbox.put(JSON.writeValueAsBytes(message));
  }

  /// Never waits; after the end it does nothing.
  public void post(JsonNode message) {
    if (!outbox.offer(JSON.writeValueAsBytes(message))) {
      end();
    }
  }

  /// True while messages can be sent and are read.
  public boolean open() {
    return !over.get() && outbox.open();
  }

  /// Ends the connection: what was queued is still written, then the output is closed. Idempotent,
  /// never blocks.
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
    if (over.compareAndSet(false, true)) {
      outbox.close();
      handler.ended();
    }
  }

  private void handle() throws InterruptedException {
    if (lines.oversized()) {
      report(PeerHandler.Oddity.Kind.OVERSIZED, lines.head());
      return;
    }
    if (lines.length() == 0) {
      return;
    }
    JsonNode message;
    try {
      message = JSON.readTree(lines.content(), 0, lines.length());
    } catch (JacksonException e) {
      report(PeerHandler.Oddity.Kind.NOT_JSON, lines.head());
      return;
    }
    try {
      handler.message(message);
    } catch (RuntimeException e) {
      report(PeerHandler.Oddity.Kind.HANDLER_FAILED, e + ": " + lines.head());
    }
  }

  private void report(PeerHandler.Oddity.Kind kind, String what) {
    handler.oddity(new PeerHandler.Oddity(kind, what, lines.bytes()));
  }
}
