package dev.signalbox.agent.opencode;

import dev.signalbox.agent.wire.Json;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.MissingNode;
import tools.jackson.databind.node.ObjectNode;

/// What is asked of the server about one session. Any thread may call.
record Conversation(OpencodeServer server, String session, Path directory, Limits limits) {
  private static final Logger log = LoggerFactory.getLogger(Conversation.class);
  private static final int REPLY_TRIES = 3;
  private static final long REPLY_PAUSE_MILLIS = 300;

  /// How many of its newest messages are read again after a gap.
  private static final int MESSAGES = 200;

  /// What the server says of a session's activity.
  enum Activity {
    RESTS,
    WORKS,
    UNKNOWN
  }

  Activity activity() throws InterruptedException {
    return switch (server.get("/session/status", directory, limits.small())) {
      case Answer.Ok(var body) ->
          switch (Json.text(body.path(session), "type", "idle")) {
            case "idle" -> Activity.RESTS;
            default -> Activity.WORKS;
          };
      case Answer.Refused _, Answer.Silent _, Answer.Broken _ -> Activity.UNKNOWN;
    };
  }

  Answer send(String path, ObjectNode body) throws InterruptedException {
    return server.post(Requests.session(session) + path, directory, body, limits.open());
  }

  /// Runs a command, and comes back when its turn is over, however long that takes.
  Answer command(ObjectNode body) throws InterruptedException {
    return server.post(Requests.session(session) + "/command", directory, body, Duration.ofDays(7));
  }

  /// Sends an abort without waiting for what comes of it.
  void abort() {
    background("abort", this::abortNow);
  }

  void abortNow() throws InterruptedException {
    var path = Requests.session(session) + "/abort";
    var answer = server.post(path, directory, Json.object(), limits.small());
    if (!(answer instanceof Answer.Ok)) {
      log.info("event=opencode.abort answer={}", answer); // Stop has a grace time for that
    }
  }

  /// Sends a reply without waiting for what comes of it; one that did not arrive is sent again.
  void reply(String path, ObjectNode body) {
    background("reply", () -> replyNow(path, body));
  }

  private void replyNow(String path, ObjectNode body) throws InterruptedException {
    for (int tried = 1; tried <= REPLY_TRIES; tried++) {
      switch (server.post(path, directory, body, limits.small())) {
        case Answer.Ok _ -> {
          return;
        }
        case Answer.Refused refused when refused.status() < 500 -> {
          log.debug("event=opencode.reply: it waits no more: {}", refused.said());
          return;
        }
        case Answer.Refused _, Answer.Silent _, Answer.Broken _ -> Thread.sleep(REPLY_PAUSE_MILLIS);
      }
    }
    log.info("event=opencode.reply: an answer to an ask could not be delivered");
  }

  /// The newest messages of this session or a subagent's; a missing node when they cannot be read.
  JsonNode messages(String of) throws InterruptedException {
    return read(Requests.session(of) + "/message?limit=" + MESSAGES);
  }

  JsonNode todos() throws InterruptedException {
    return read(Requests.session(session) + "/todo");
  }

  /// What the server waits for, as of `GET /permission` and `GET /question`.
  Map<String, JsonNode> asks() throws InterruptedException {
    return Map.of("permission", read("/permission"), "question", read("/question"));
  }

  private JsonNode read(String path) throws InterruptedException {
    return server.get(path, directory, limits.small()) instanceof Answer.Ok(var body)
        ? body
        : MissingNode.getInstance();
  }

  private interface Work {
    void run() throws InterruptedException;
  }

  private static void background(String what, Work work) {
    Thread.ofVirtual()
        .name("opencode-" + what)
        .start(() -> {
          try {
            work.run();
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          }
        });
  }
}
