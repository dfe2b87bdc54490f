package dev.signalbox.cli;

import dev.signalbox.config.RuntimeContext;
import dev.signalbox.refusal.Refused;
import java.net.http.WebSocketHandshakeException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.CompletionException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/// The frames of one lane after a number, over as many connections as it takes: a lost one comes
/// back with the number of the last fact, also to another start of the server. For one thread.
final class LaneStream implements AutoCloseable {
  private static final Duration LONGEST_AWAY = Duration.ofSeconds(60);
  private static final Duration BETWEEN_PINGS = Duration.ofSeconds(15);
  private static final Duration LONGEST_SILENCE = Duration.ofSeconds(30);
  private static final long FIRST_PAUSE_MILLIS = 100;
  private static final long LONGEST_PAUSE_MILLIS = 2_000;
  private static final int NO_SUCH_LANE = 4404;
  private static final int TOO_MANY = 4409;
  private static final int REVOKED = 4401;

  private final RuntimeContext context;
  private final String session;
  private final String lane;
  private final Consumer<String> remarks;
  private final Queue<JsonNode> heard = new ArrayDeque<>();
  private RunningServer server;
  private @Nullable LaneSocket socket;
  private long after;
  private String epoch = "";
  private long pingedAt;
  private long heardAt;

  /// @param server is not closed with this, but one that is found after it is
  /// @param after the last fact that is not wanted
  /// @param remarks is told, in a sentence, when the connection is lost and when it is back
  LaneStream(
      RuntimeContext context,
      RunningServer server,
      String session,
      String lane,
      long after,
      Consumer<String> remarks) {
    this.context = context;
    this.server = server;
    this.session = session;
    this.lane = lane;
    this.after = after;
    this.remarks = remarks;
  }

  /// The server as it is reached now.
  RunningServer server() {
    return server;
  }

  /// The next frame: a fact, a delta, `welcome`, `reset` or an item that was asked for.
  ///
  /// @return empty when none came in time
  /// @throws Refused when the server is gone for good
  /// @throws ServerRefused when it does not let us watch this lane
  Optional<JsonNode> next(Duration limit) throws InterruptedException {
    long end = System.nanoTime() + limit.toNanos();
    while (heard.isEmpty()) {
      var open = socket == null ? connect() : socket;
      long left = end - System.nanoTime();
      if (left <= 0) {
        return Optional.empty();
      }
      switch (open.next(Math.min(left, Duration.ofSeconds(1).toNanos()))) {
        case LaneSocket.Event.Text(var text) -> take(text);
        case LaneSocket.Event.Ended(var code) -> lost(code);
        case LaneSocket.Event.Silence _ -> {}
      }
      beat();
    }
    return Optional.of(heard.remove());
  }

  private void take(String text) {
    heardAt = System.nanoTime();
    try {
      var json = Rest.JSON.readTree(text);
      for (var frame : json.isArray() ? json : Rest.JSON.createArrayNode().add(json)) {
        sort(frame);
      }
    } catch (JacksonException e) {
      // A bad frame ends nothing; what it should have said comes again after the next connection.
      remarks.accept("The server sent something that is no JSON; it is left out.");
    }
  }

  private void sort(JsonNode frame) {
    if (frame.path("seq").isNumber() && frame.has("lane") && frame.has("at")) {
      after = frame.path("seq").asLong();
    }
    switch (frame.path("type").asString("")) {
      case "ping" -> {}
      case "error" ->
          throw new ServerRefused(
              0, frame.path("code").asString(""), frame.path("detail").asString("refused"));
      case "welcome" -> {
        epoch = frame.path("epoch").asString("");
        heard.add(frame);
      }
      case "reset" -> {
        epoch = frame.path("epoch").asString("");
        after = frame.path("seq").asLong(0);
        heard.add(frame);
      }
      default -> heard.add(frame);
    }
  }

  private void beat() {
    var open = socket;
    if (open == null) {
      return;
    }
    long now = System.nanoTime();
    if (now - heardAt > LONGEST_SILENCE.toNanos()) {
      lost(0);
    } else if (now - pingedAt > BETWEEN_PINGS.toNanos()) {
      pingedAt = now;
      open.send(Rest.object().put("type", "ping"));
    }
  }

  private void lost(int code) {
    var open = socket;
    if (open != null) {
      open.close();
    }
    socket = null;
    switch (code) {
      case NO_SUCH_LANE ->
          throw new ServerRefused(code, "unknown_lane", "The session or its lane was closed.");
      case TOO_MANY ->
          throw new ServerRefused(
              code, "too_many", "The server has as many connections as it takes; try again later.");
      case REVOKED ->
          throw new ServerRefused(
              code, "revoked", "The server does not accept the token any more.");
      default -> remarks.accept("The connection was lost; trying to come back…");
    }
  }

  private LaneSocket connect() throws InterruptedException {
    long end = System.nanoTime() + LONGEST_AWAY.toNanos();
    long pause = FIRST_PAUSE_MILLIS;
    boolean first = epoch.isEmpty();
    while (true) {
      try {
        var open = LaneSocket.open(server.rest(), session, lane);
        open.send(hello());
        socket = open;
        heardAt = System.nanoTime();
        pingedAt = heardAt;
        if (!first) {
          remarks.accept("Connected again.");
        }
        return open;
      } catch (CompletionException e) {
        refuse(e);
      }
      if (System.nanoTime() > end) {
        throw Refused.unavailable(
            "server_gone",
            "The server was lost and did not come back within %d s: start it again with `signalbox up`. Nothing that was said is lost."
                .formatted(LONGEST_AWAY.toSeconds()));
      }
      Thread.sleep(pause);
      pause = Math.min(2 * pause, LONGEST_PAUSE_MILLIS);
      findAgain();
    }
  }

  private static void refuse(CompletionException e) {
    if (e.getCause() instanceof WebSocketHandshakeException handshake
        && handshake.getResponse().statusCode() / 100 == 4) {
      throw new ServerRefused(
          handshake.getResponse().statusCode(),
          "no_socket",
          "The server does not open a socket (%d)."
              .formatted(handshake.getResponse().statusCode()));
    }
  }

  private void findAgain() throws InterruptedException {
    try {
      var found = RunningServer.find(context);
      if (found.isPresent()) {
        server = found.get();
      }
    } catch (Refused e) {
      // not yet
    }
  }

  private JsonNode hello() {
    var hello = Rest.object().put("type", "hello").put("after", after).put("replay", "all");
    return epoch.isEmpty() ? hello : hello.put("epoch", epoch);
  }

  @Override
  public void close() {
    if (socket != null) {
      socket.close();
    }
  }
}
