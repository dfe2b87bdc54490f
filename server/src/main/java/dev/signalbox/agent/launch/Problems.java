package dev.signalbox.agent.launch;

import dev.signalbox.agent.Agent;
import dev.signalbox.agent.AgentUnavailable;
import dev.signalbox.agent.wire.Json;
import dev.signalbox.event.Problem;
import dev.signalbox.jsonrpc.Reply;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// Puts what went wrong with an agent into one of the few classes the user can do something about.
/// Agents agree on no codes, so their words decide where the protocol's codes do not.
public final class Problems {
  private static final int AUTH_REQUIRED = -32000;
  private static final int RESOURCE_NOT_FOUND = -32002;
  private static final int INVALID_PARAMS = -32602;

  private static final List<String> LOGIN =
      List.of(
          "unauthorized",
          "authentication",
          "not logged in",
          "log in",
          "login",
          "api key",
          "apikey",
          "credential",
          "401");
  private static final List<String> RATE =
      List.of(
          "rate limit",
          "usage limit",
          "hour limit",
          "weekly limit",
          "hit your limit",
          "rate_limit",
          "ratelimit",
          "too many requests",
          "quota",
          "resource_exhausted",
          "overloaded",
          "429",
          "529");
  private static final List<String> OVERFLOW =
      List.of(
          "context length",
          "context_length",
          "context window",
          "maximum context",
          "prompt is too long",
          "too many tokens",
          "token limit",
          "input is too long");
  private static final List<String> REFUSAL =
      List.of("content policy", "content_policy", "content filter", "content_filter", "safety");

  /// How the process room says that a program is not there.
  private static final List<String> MISSING = List.of("not found on the PATH", ": no such file");

  private Problems() {}

  /// An error answer of the agent.
  public static Problem refused(Agent agent, Reply.Refused reply, @Nullable String loginAdvice) {
    return told(agent, reply.code(), said(reply), loginAdvice);
  }

  /// What an agent says went wrong.
  ///
  /// @param code of the protocol or of HTTP, 0 when it gives none
  /// @param said in its own words
  /// @param loginAdvice how to log in, where the registry entry does not say
  public static Problem told(Agent agent, int code, String said, @Nullable String loginAdvice) {
    var words = said.toLowerCase(Locale.ROOT);
    var detail = agent.title() + " answered with an error: " + said;
    // A limit may talk of keys and logins in its advice, so limits are looked for first.
    if (says(words, RATE) || code == 429) {
      return limited(detail, ResetTime.in(said, Instant.now(), ZoneId.systemDefault()));
    }
    if (says(words, OVERFLOW)) {
      return problem(
          "overflow",
          detail,
          "The conversation is too long for the model. Reset the lane or begin a new session.",
          "reset");
    }
    if (code == AUTH_REQUIRED || code == 401 || says(words, LOGIN)) {
      return problem("login", detail, loginHint(agent, loginAdvice), "login");
    }
    if (says(words, REFUSAL)) {
      return problem("refused", detail, "Ask in other words.", null);
    }
    return problem("agent-error", detail, "Send it again, or choose another agent.", "retry");
  }

  /// A limit of use.
  ///
  /// @param detail what happened
  /// @param resetsAt when it ends, null when the agent does not say
  public static Problem limited(String detail, @Nullable Instant resetsAt) {
    var hint =
        resetsAt == null
            ? "Wait a little, then send it again."
            : "It resets at %s; send it again then."
                .formatted(ResetTime.words(resetsAt, Instant.now(), ZoneId.systemDefault()));
    return new Problem("rate-limit", detail, hint, "retry", null, resetsAt);
  }

  /// The agent said by a stop reason that it will not go on.
  public static Problem refusal(Agent agent) {
    return problem(
        "refused",
        agent.title() + " refused to go on with this.",
        "Ask in other words; what was said in this turn is not part of its memory.",
        null);
  }

  /// Whether an error says that the agent does not know a conversation.
  public static boolean unknownSession(Reply.Refused reply) {
    var words = said(reply).toLowerCase(Locale.ROOT);
    return reply.code() == RESOURCE_NOT_FOUND
        || (words.contains("session")
            && (reply.code() == INVALID_PARAMS
                || words.contains("not found")
                || words.contains("unknown session")
                || words.contains("no such session")));
  }

  public static AgentUnavailable silent(Agent agent, String step, Duration limit, String stderr) {
    return new AgentUnavailable(
        new Problem(
            "agent-unavailable",
            "%s did not answer `%s` within %d s.".formatted(agent.title(), step, limit.toSeconds()),
            "Try again; `signalbox doctor` shows how it is started.",
            "retry",
            orNull(stderr)));
  }

  public static AgentUnavailable crashed(Agent agent, String reason, String stderr) {
    return new AgentUnavailable(
        new Problem(
            "crash",
            agent.title() + " ended unexpectedly: " + reason + ".",
            "The next message starts it again.",
            "retry",
            orNull(stderr)));
  }

  public static AgentUnavailable replaced(Agent agent) {
    return new AgentUnavailable(
        problem(
            "agent-unavailable",
            "This conversation with " + agent.title() + " was ended by Signalbox.",
            "The next message begins it again.",
            "retry"));
  }

  public static AgentUnavailable notStarted(Agent agent, String reason) {
    // Where the program is named like the agent, its name once is enough.
    var named = agent.title() + ": ";
    var why = reason.startsWith(named) ? reason.substring(named.length()) : reason;
    var detail = agent.title() + " could not be started: " + why + ".";
    return new AgentUnavailable(
        says(reason, MISSING) && agent.install() != null
            ? problem("agent-unavailable", detail, "Install it: " + agent.install(), "install")
            : problem(
                "agent-unavailable",
                detail,
                "Check the command of this agent: " + String.join(" ", agent.argv()),
                "retry"));
  }

  /// Whether a problem of a start says that the program is not there.
  public static boolean missing(Problem problem) {
    return says(problem.detail(), MISSING);
  }

  public static AgentUnavailable otherProtocol(Agent agent, long version) {
    return new AgentUnavailable(
        problem(
            "agent-unavailable",
            agent.title() + " speaks version " + version + " of ACP; Signalbox speaks version 1.",
            "Install a version of " + agent.title() + " that speaks ACP 1.",
            null));
  }

  public static Problem setting(
      Agent agent, String what, String value, String why, String choices) {
    return problem(
        "agent-error",
        "%s did not take the %s `%s`: %s".formatted(agent.title(), what, value, why),
        choices.isEmpty() ? "Choose another one." : "Choose one of: " + choices + ".",
        null);
  }

  /// @param offered the ways in that the agent offers
  public static Problem signIn(Agent agent, String method, String offered) {
    return problem(
        "login",
        agent.title() + " offers no way in named `" + method + "`.",
        offered.isEmpty() ? "Take it out of the settings." : "Set one of: " + offered + ".",
        "login");
  }

  public static String loginHint(Agent agent, @Nullable String advice) {
    if (agent.login() != null) {
      return "Log in, in a terminal: " + agent.login();
    }
    return advice != null ? advice : "Log in with the agent's own command, in a terminal.";
  }

  public static String said(Reply.Refused reply) {
    var more = reply.data() == null || !Json.tells(reply.data()) ? "" : " " + reply.data();
    var text = reply.message() + more;
    return (text.isBlank()
            ? "error " + reply.code()
            : text.length() > 2_000 ? text.substring(0, 2_000) + "…" : text)
        .strip();
  }

  private static boolean says(String words, List<String> any) {
    return any.stream().anyMatch(words::contains);
  }

  private static Problem problem(
      String code, String detail, @Nullable String hint, @Nullable String action) {
    return new Problem(code, detail, hint, action, null);
  }

  private static @Nullable String orNull(String text) {
    return text.isBlank() ? null : text;
  }
}
