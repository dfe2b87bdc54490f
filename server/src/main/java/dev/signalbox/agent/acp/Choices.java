package dev.signalbox.agent.acp;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.signalbox.agent.Offers;
import dev.signalbox.agent.TurnSettings;
import dev.signalbox.agent.launch.Problems;
import dev.signalbox.agent.wire.Json;
import dev.signalbox.event.Problem;
import dev.signalbox.jsonrpc.Reply;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.MissingNode;
import tools.jackson.databind.node.ObjectNode;

/// Model, mode and effort of one conversation: what the agent offers, what is chosen, and how to
/// choose something else. Safe for any thread; [#apply] is for one at a time.
final class Choices {
  private final AcpProcess process;
  private final ReentrantLock lock = new ReentrantLock();

  @GuardedBy("lock")
  private Offers offers = Offers.NONE;

  /// As the agent told them last: an option is set under the agent's own id of it.
  @GuardedBy("lock")
  private JsonNode options = MissingNode.getInstance();

  Choices(AcpProcess process, JsonNode told) {
    this.process = process;
    learn(told);
  }

  Offers offers() {
    lock.lock();
    try {
      return offers;
    } finally {
      lock.unlock();
    }
  }

  boolean offersMode(String mode) {
    return choices("mode").stream().anyMatch(choice -> choice.id().equals(mode));
  }

  /// Takes over what a message tells of choices; nothing when it tells none.
  void learn(JsonNode told) {
    var later = OfferMapping.offers(told);
    var mode = Json.text(told, "currentModeId");
    lock.lock();
    try {
      offers = OfferMapping.merged(offers, later);
      if (mode != null) {
        offers = OfferMapping.merged(offers, new Offers(null, null, null, mode, null, null));
      }
      if (told.path("configOptions").isArray()) {
        options = told.path("configOptions");
      }
    } finally {
      lock.unlock();
    }
  }

  /// Chooses what differs from what is chosen.
  ///
  /// @return why something could not be chosen
  Optional<Problem> apply(String session, TurnSettings wanted) throws InterruptedException {
    var problem = apply(session, "model", wanted.model());
    if (problem.isEmpty()) {
      problem = apply(session, "mode", wanted.mode());
    }
    // Last, because the efforts there are depend on the model.
    return problem.isEmpty() ? apply(session, "effort", wanted.effort()) : problem;
  }

  private Optional<Problem> apply(String session, String what, @Nullable String value)
      throws InterruptedException {
    if (value == null || value.equals(chosen(what))) {
      return Optional.empty();
    }
    var option = optionId(what);
    Reply reply;
    if (option != null) {
      reply = ask("session/set_config_option", Requests.setOption(session, option, value));
    } else if (choices(what).isEmpty()) {
      return Optional.of(problem(what, value, "it offers no choice of " + what + "."));
    } else if (what.equals("mode")) {
      reply = ask("session/set_mode", Requests.setMode(session, value));
    } else {
      reply = ask("session/set_model", Requests.setModel(session, value));
    }
    return switch (reply) {
      case Reply.Result(var result) -> {
        learn(result);
        remember(what, value);
        yield Optional.empty();
      }
      case Reply.Refused refused -> Optional.of(problem(what, value, Problems.said(refused)));
      case Reply.TimedOut(var limit) ->
          Optional.of(problem(what, value, "no answer within " + limit.toSeconds() + " s."));
      case Reply.Gone _ -> throw process.gone();
    };
  }

  private Reply ask(String method, ObjectNode params) throws InterruptedException {
    return process.peer().request(method, params, process.limits().open());
  }

  private Problem problem(String what, String value, String why) {
    var ids = choices(what).stream().map(Offers.Choice::id).collect(Collectors.joining(", "));
    return Problems.setting(process.agent(), what, value, why, ids);
  }

  private @Nullable String optionId(String what) {
    lock.lock();
    try {
      return OfferMapping.optionId(options, what.equals("effort") ? "thought_level" : what);
    } finally {
      lock.unlock();
    }
  }

  private @Nullable String chosen(String what) {
    var now = offers();
    return switch (what) {
      case "model" -> now.model();
      case "mode" -> now.mode();
      default -> now.effort();
    };
  }

  private List<Offers.Choice> choices(String what) {
    var now = offers();
    var list =
        switch (what) {
          case "model" -> now.models();
          case "mode" -> now.modes();
          default -> now.efforts();
        };
    return list == null ? List.of() : list;
  }

  private void remember(String what, String value) {
    var set =
        switch (what) {
          case "model" -> new Offers(null, value, null, null, null, null);
          case "mode" -> new Offers(null, null, null, value, null, null);
          default -> new Offers(null, null, null, null, null, value);
        };
    lock.lock();
    try {
      offers = OfferMapping.merged(offers, set);
    } finally {
      lock.unlock();
    }
  }
}
