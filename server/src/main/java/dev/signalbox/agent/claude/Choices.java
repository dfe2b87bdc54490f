package dev.signalbox.agent.claude;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.signalbox.agent.Agent;
import dev.signalbox.agent.Offers;
import dev.signalbox.agent.Offers.Choice;
import dev.signalbox.agent.TurnSettings;
import dev.signalbox.agent.launch.Problems;
import dev.signalbox.agent.wire.Json;
import dev.signalbox.event.Problem;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// Model, mode and effort of one conversation: what there is, what is chosen, how to choose
/// something else. Safe for any thread; [#apply] is for one at a time.
///
/// Modes that ask nobody (`bypassPermissions`, `dontAsk`, `auto`) are not offered; a conversation
/// that is read-only has one mode, the one that plans. An effort is a level of the model's own, or,
/// for models without, an amount of thinking.
final class Choices {
  static final String ASKING = "default";
  static final String PLANNING = "plan";

  private static final List<Choice> MODES =
      List.of(
          new Choice(ASKING, "Ask", "Asks before it writes or runs"),
          new Choice("acceptEdits", "Accept edits", "Writes files of the folder without asking"),
          new Choice(PLANNING, "Plan", "Looks and plans, and asks before it carries the plan out"));

  private static final String OFF = "off";

  /// Tokens to think with, for models that have no efforts of their own.
  private static final Map<String, Integer> THINKING =
      Map.of(OFF, 0, "low", 4_000, "medium", 10_000, "high", 31_999);

  private static final List<String> AMOUNTS = List.of(OFF, "low", "medium", "high");

  /// Sends a request and waits.
  interface Sender {
    ControlReply send(ObjectNode request) throws InterruptedException;
  }

  private final Agent agent;
  private final List<Introduction.Model> models;
  private final List<Choice> modes;
  private final ReentrantLock lock = new ReentrantLock();

  @GuardedBy("lock")
  private @Nullable String model;

  @GuardedBy("lock")
  private @Nullable String mode;

  @GuardedBy("lock")
  private @Nullable String effort;

  /// @param applied what the agent says is in force, of `get_settings`
  Choices(Agent agent, List<Introduction.Model> models, JsonNode applied, boolean readOnly) {
    this.agent = agent;
    this.models = List.copyOf(models);
    this.modes = readOnly ? List.of(MODES.getLast()) : MODES;
    this.mode = first(agent, readOnly);
    this.model = named(Json.text(applied, "model"));
    var told = Json.text(applied, "effort");
    this.effort = told != null && levels(model).contains(told) ? told : null;
  }

  /// The mode a conversation begins in: the one of the registry entry where it is offered. A
  /// read-only one has no choice.
  static String first(Agent agent, boolean readOnly) {
    var wanted = agent.setup().mode(false);
    boolean known = MODES.stream().anyMatch(mode -> mode.id().equals(wanted));
    return readOnly ? PLANNING : known && wanted != null ? wanted : ASKING;
  }

  Offers offers() {
    lock.lock();
    try {
      var efforts = levels(model).stream().map(level -> new Choice(level, level, null)).toList();
      return new Offers(
          models.stream().map(Introduction.Model::choice).toList(),
          model,
          modes,
          mode,
          efforts,
          effort);
    } finally {
      lock.unlock();
    }
  }

  /// The agent changed its mode by itself, or says which it has.
  void learnMode(String now) {
    lock.lock();
    try {
      mode = now;
    } finally {
      lock.unlock();
    }
  }

  /// Chooses what differs from what is chosen.
  ///
  /// @return why something could not be chosen
  Optional<Problem> apply(TurnSettings wanted, Sender sender) throws InterruptedException {
    var now = offers();
    var problem = Optional.<Problem>empty();
    if (differs(wanted.model(), now.model())) {
      problem = model(wanted.model(), sender);
    }
    if (problem.isEmpty() && differs(wanted.mode(), now.mode())) {
      problem = mode(wanted.mode(), sender);
    }
    // Last, because the efforts there are depend on the model.
    if (problem.isEmpty() && differs(wanted.effort(), now.effort())) {
      problem = effort(wanted.effort(), sender);
    }
    return problem;
  }

  private static boolean differs(@Nullable String wanted, @Nullable String now) {
    return wanted != null && !wanted.equals(now);
  }

  /// Any name goes, because a provider may know models that the agent does not list.
  private Optional<Problem> model(@Nullable String wanted, Sender sender)
      throws InterruptedException {
    var request = Requests.subtype("set_model").put("model", wanted);
    var problem = asked("model", wanted, sender.send(request), ids(offers().models()));
    if (problem.isEmpty()) {
      lock.lock();
      try {
        model = wanted;
        effort = effort != null && levels(wanted).contains(effort) ? effort : null;
      } finally {
        lock.unlock();
      }
    }
    return problem;
  }

  private Optional<Problem> mode(@Nullable String wanted, Sender sender)
      throws InterruptedException {
    if (modes.stream().noneMatch(one -> one.id().equals(wanted))) {
      return Optional.of(problem("mode", wanted, "it is not offered here.", ids(modes)));
    }
    var request = Requests.subtype("set_permission_mode").put("mode", wanted);
    var problem = asked("mode", wanted, sender.send(request), ids(modes));
    if (problem.isEmpty() && wanted != null) {
      learnMode(wanted);
    }
    return problem;
  }

  /// An unknown level would be taken and ignored, so it is refused here.
  private Optional<Problem> effort(@Nullable String wanted, Sender sender)
      throws InterruptedException {
    var now = offers();
    var levels = levels(now.model());
    if (wanted == null || !levels.contains(wanted)) {
      return Optional.of(
          problem("effort", wanted, "this model has no such effort.", ids(now.efforts())));
    }
    var problem = asked("effort", wanted, sender.send(effort(wanted, now)), ids(now.efforts()));
    if (problem.isEmpty()) {
      lock.lock();
      try {
        effort = wanted;
      } finally {
        lock.unlock();
      }
    }
    return problem;
  }

  private ObjectNode effort(String wanted, Offers now) {
    var own = find(now.model()).map(Introduction.Model::efforts).orElse(List.of());
    if (own.contains(wanted)) {
      var request = Requests.subtype("apply_flag_settings");
      request.putObject("settings").put("effortLevel", wanted);
      return request;
    }
    return Requests.subtype("set_max_thinking_tokens")
        .put("max_thinking_tokens", THINKING.getOrDefault(wanted, 0));
  }

  private Optional<Problem> asked(
      String what, @Nullable String wanted, ControlReply reply, String choices) {
    return switch (reply) {
      case ControlReply.Success _ -> Optional.empty();
      case ControlReply.Refused(var error) -> Optional.of(problem(what, wanted, error, choices));
      case ControlReply.TimedOut(var limit) ->
          Optional.of(
              problem(what, wanted, "no answer within " + limit.toSeconds() + " s.", choices));
      // The prompt that follows finds the same and says how the process ended.
      case ControlReply.Gone _ -> Optional.empty();
    };
  }

  private Problem problem(String what, @Nullable String wanted, String why, String choices) {
    return Problems.setting(agent, what, String.valueOf(wanted), why, choices);
  }

  private List<String> levels(@Nullable String model) {
    var found = find(model);
    if (found.isEmpty()) {
      return List.of();
    }
    var own = found.get().efforts();
    if (own.isEmpty()) {
      return AMOUNTS;
    }
    var levels = new ArrayList<String>();
    if (found.get().thinkingOff()) {
      levels.add(OFF);
    }
    levels.addAll(own);
    return levels;
  }

  private Optional<Introduction.Model> find(@Nullable String model) {
    return models.stream().filter(one -> one.choice().id().equals(model)).findFirst();
  }

  /// The choice that stands for a model, or its own name when none does.
  private @Nullable String named(@Nullable String applied) {
    var byId = models.stream().filter(one -> one.choice().id().equals(applied)).findFirst();
    return byId.or(() ->
            models.stream().filter(one -> Objects.equals(one.resolved(), applied)).findFirst())
        .map(one -> one.choice().id())
        .orElse(applied);
  }

  private static String ids(@Nullable List<Choice> choices) {
    return choices == null
        ? ""
        : choices.stream().map(Choice::id).collect(Collectors.joining(", "));
  }
}
