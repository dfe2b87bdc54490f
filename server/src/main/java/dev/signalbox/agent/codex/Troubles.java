package dev.signalbox.agent.codex;

import dev.signalbox.agent.Agent;
import dev.signalbox.agent.launch.Problems;
import dev.signalbox.agent.wire.Json;
import dev.signalbox.event.Problem;
import dev.signalbox.jsonrpc.Reply;
import java.time.Instant;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Codex's kinds of errors in plain words. Pure. The kind decides, where Codex gives one; the words
/// decide otherwise.
final class Troubles {
  private static final JsonMapper JSON = JsonMapper.builder().build();
  private static final int TOO_MANY = 429;
  private static final int UNAUTHORIZED = 401;

  private Troubles() {}

  /// @param error a `TurnError`: of a failed turn, or of an `error` notification
  /// @param resetsAt when the limits of use end, as far as Codex told
  static Problem of(Agent agent, JsonNode error, @Nullable Instant resetsAt) {
    var said = said(error);
    return switch (kind(error)) {
      case "usageLimitExceeded", "sessionBudgetExceeded" -> limit(agent, said, resetsAt);
      case "rateLimitExceeded",
          "serverOverloaded",
          "flexUnavailable",
          "policyCapacityUnavailable" ->
          Problems.told(agent, TOO_MANY, said, null);
      case "contextWindowExceeded" -> Problems.told(agent, 0, naming(said, "context window"), null);
      case "unauthorized" -> login(agent, said);
      case "cyberPolicy", "misalignmentPolicyViolation", "inferenceHookDenied" ->
          Problems.told(agent, 0, naming(said, "content policy"), null);
      case "modelNotFound" -> other(agent, said, "Choose another model.", null);
      case "tooManyDenials" ->
          other(agent, said, "Say what it may do, then send it again.", "retry");
      case "responseStreamDisconnected",
          "responseStreamConnectionFailed",
          "httpConnectionFailed",
          "responseTooManyFailedAttempts" ->
          Problems.told(agent, status(error), said, null);
      default -> Problems.told(agent, 0, said, null);
    };
  }

  /// Nobody is logged in, seen before anything was sent.
  static Problem notLoggedIn(Agent agent) {
    return login(agent, "nobody is logged in.");
  }

  static Problem plain(String detail) {
    return new Problem("agent-unavailable", detail, null, null, null);
  }

  /// Something else still runs in the conversation and does not end.
  static Problem busy(Agent agent) {
    return new Problem(
        "agent-error",
        agent.title() + " still works on something else in this conversation and does not stop.",
        "Stop its process on the page of processes, then send it again.",
        "retry",
        null);
  }

  /// Whether a refused request says that Codex does not know the conversation.
  static boolean unknownThread(Reply.Refused reply) {
    var words = reply.message().toLowerCase(Locale.ROOT);
    return words.contains("thread not found")
        || words.contains("no rollout found")
        || words.contains("thread not loaded")
        || words.contains("unknown thread");
  }

  /// A kind is a word, or an object whose one key is the word.
  private static String kind(JsonNode error) {
    var info = error.path("codexErrorInfo");
    return info.isObject() && !info.isEmpty()
        ? info.propertyNames().iterator().next()
        : info.stringValue("");
  }

  private static int status(JsonNode error) {
    var info = error.path("codexErrorInfo").path(kind(error));
    return info.path("httpStatusCode").asInt(0);
  }

  /// The message and what is added to it. Some messages are the body of the model's answer as it
  /// came, which says it in its own `error.message`.
  private static String said(JsonNode error) {
    var message = Json.text(error, "message", "");
    if (message.startsWith("{")) {
      message = ofBody(message);
    }
    var more = Json.text(error, "additionalDetails", "");
    var all = more.isBlank() ? message : message + " " + more;
    return all.isBlank() ? "it gave no reason." : all.strip();
  }

  private static String ofBody(String body) {
    try {
      var inner = JSON.readTree(body).path("error").path("message").stringValue("");
      return inner.isBlank() ? body : inner;
    } catch (JacksonException e) {
      return body;
    }
  }

  private static Problem limit(Agent agent, String said, @Nullable Instant resetsAt) {
    var problem = Problems.told(agent, TOO_MANY, said, null);
    return new Problem(
        problem.code(),
        problem.detail(),
        "Wait until the limit ends, or choose another agent.",
        problem.action(),
        null,
        resetsAt);
  }

  private static Problem login(Agent agent, String said) {
    var problem = Problems.told(agent, UNAUTHORIZED, said, null);
    return problem.code().equals("login")
        ? problem
        : new Problem("login", problem.detail(), Problems.loginHint(agent, null), "login", null);
  }

  private static Problem other(Agent agent, String said, String hint, @Nullable String action) {
    var problem = Problems.told(agent, 0, said, null);
    return new Problem("agent-error", problem.detail(), hint, action, null);
  }

  private static String naming(String said, String what) {
    return said.toLowerCase(Locale.ROOT).contains(what) ? said : said + " (" + what + ")";
  }
}
