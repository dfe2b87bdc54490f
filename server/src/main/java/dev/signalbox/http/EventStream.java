package dev.signalbox.http;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.signalbox.journal.Cursor;
import dev.signalbox.journal.Cursor.Opening;
import dev.signalbox.session.Lane;
import io.javalin.http.Context;
import java.io.IOException;
import java.io.OutputStream;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonToken;

/// A lane's facts as server-sent events, for scripts: those after a number, then live. A fact has
/// the id `epoch:seq`; growing text comes as events of type `delta` without one; `reset` says that
/// the history is another one.
final class EventStream {
  private static final int PIECE = 256 << 10;
  private final SocketHub hub;
  private final SocketTimes times;

  EventStream(SocketHub hub, SocketTimes times) {
    this.hub = hub;
    this.times = times;
  }

  /// Where the client is.
  private record Position(long after, @Nullable String epoch) {}

  Reply open(Call call) {
    var lane = call.lane();
    var position = position(call);
    return (Reply.Stream) context -> follow(call, context, lane, position);
  }

  private static Position position(Call call) {
    var last = call.context().header("Last-Event-ID");
    if (last != null) {
      var colon = last.lastIndexOf(':');
      try {
        if (colon > 0) {
          return new Position(Long.parseLong(last.substring(colon + 1)), last.substring(0, colon));
        }
      } catch (NumberFormatException e) {
        // not an id of ours: begin where the query says
      }
    }
    return new Position(call.number("after", 0, 0, Long.MAX_VALUE), call.query("epoch"));
  }

  private void follow(Call call, Context context, Lane lane, Position position) throws Exception {
    var connection = new StreamConnection(call.principal(), times);
    hub.enter(connection);
    try {
      hub.take(lane.id());
      try (var cursor = call.rooms().journal().follow(lane.id(), connection::wake)) {
        stream(context, connection, cursor, position);
      } finally {
        hub.give(lane.id());
      }
    } catch (Hangup e) {
      if (!context.res().isCommitted()) {
        throw new HttpRefusal(429, "rate_connections", e.reason() + ".");
      }
    } finally {
      hub.leave(connection);
    }
  }

  private void stream(
      Context context, StreamConnection connection, Cursor cursor, Position position)
      throws IOException, InterruptedException {
    var opening = cursor.open(position.after(), position.epoch(), true);
    context.status(200).contentType("text/event-stream");
    var out = context.res().getOutputStream();
    var epoch = opening.epoch();
    switch (opening) {
      case Opening.Replay _ -> {}
      case Opening.Afresh afresh -> write(out, epoch, afresh.frame());
      case Opening.Reset reset -> write(out, epoch, reset.frame());
    }
    out.flush();
    context.res().flushBuffer();
    while (true) {
      var frames = cursor.poll(PIECE);
      for (var frame : frames) {
        epoch = write(out, epoch, frame);
      }
      if (frames.isEmpty() && !connection.rest()) {
        out.write(": ping\n\n".getBytes(UTF_8));
      }
      out.flush();
    }
  }

  /// Returns the epoch that holds after this frame.
  private static String write(OutputStream out, String epoch, String frame) throws IOException {
    var head = Head.of(frame);
    if (head.type.equals("reset")) {
      write(out, "reset", head.epoch + ":" + head.seq, frame);
      return head.epoch;
    }
    write(
        out, head.seq < 0 ? head.type : null, head.seq < 0 ? null : epoch + ":" + head.seq, frame);
    return epoch;
  }

  private static void write(
      OutputStream out, @Nullable String event, @Nullable String id, String data)
      throws IOException {
    var text = new StringBuilder(data.length() + 64);
    if (event != null) {
      text.append("event: ").append(event).append('\n');
    }
    if (id != null) {
      text.append("id: ").append(id).append('\n');
    }
    // JSON of ours has no line breaks outside of its strings, and inside they are escaped.
    text.append("data: ").append(data).append("\n\n");
    out.write(text.toString().getBytes(UTF_8));
  }

  /// What the first fields of a frame say, without reading the rest.
  ///
  /// @param seq -1 when it has none
  private record Head(String type, long seq, String epoch) {
    static Head of(String frame) {
      var type = "";
      var epoch = "";
      long seq = -1;
      try (var parser = Wire.JSON.createParser(frame)) {
        parser.nextToken();
        while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
          var name = parser.currentName();
          parser.nextToken();
          switch (name) {
            case "type" -> type = parser.getString();
            case "seq" -> seq = parser.getLongValue();
            case "epoch" -> epoch = parser.getString();
            default -> parser.skipChildren();
          }
          if (!type.isEmpty() && (seq >= 0 || type.equals("delta"))) {
            break;
          }
        }
      }
      return new Head(type, seq, epoch);
    }
  }

  /// The stream's thread is its own writer, so all it needs is to be woken and closed.
  private static final class StreamConnection extends Connection {
    StreamConnection(Principal principal, SocketTimes times) {
      super(principal, times);
    }

    /// Waits for something new; false when it took so long that a sign of life is due.
    boolean rest() throws InterruptedException {
      var until = System.nanoTime() + times.ping().toNanos();
      heard(); // a stream's client says nothing; the network tells when it is gone
      pause(until);
      return System.nanoTime() - until < 0;
    }

    @Override
    void begin() {}

    @Override
    List<String> next() {
      return List.of();
    }

    @Override
    @Nullable String obey(String type, tools.jackson.databind.node.ObjectNode message) {
      return null;
    }

    @Override
    void release() {}
  }
}
