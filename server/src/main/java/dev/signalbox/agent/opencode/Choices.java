package dev.signalbox.agent.opencode;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.signalbox.agent.Agent;
import dev.signalbox.agent.AgentEvent;
import dev.signalbox.agent.Offers;
import dev.signalbox.agent.Offers.Choice;
import dev.signalbox.agent.TurnSettings;
import dev.signalbox.agent.launch.Problems;
import dev.signalbox.event.Problem;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/// Model, mode and effort of one conversation. opencode takes them with each prompt, so choosing
/// sends nothing; what was never chosen is left to opencode. Safe for any thread.
final class Choices {
  private final Agent agent;
  private final Catalog catalog;
  private final ReentrantLock lock = new ReentrantLock();

  @GuardedBy("lock")
  private @Nullable String model;

  @GuardedBy("lock")
  private @Nullable String mode;

  @GuardedBy("lock")
  private @Nullable String effort;

  /// @param mode the first one, or null to leave it to opencode
  Choices(Agent agent, Catalog catalog, @Nullable String mode) {
    this.agent = agent;
    this.catalog = catalog;
    this.mode = mode;
  }

  Offers offers() {
    lock.lock();
    try {
      var shownModel = shownModelLocked();
      var efforts = catalog.efforts(shownModel);
      return new Offers(
          catalog.models(),
          shownModel,
          catalog.modes(),
          mode != null ? mode : catalog.mode(),
          efforts,
          efforts == null ? null : effort != null ? effort : Catalog.NO_EFFORT);
    } finally {
      lock.unlock();
    }
  }

  List<AgentEvent.Commands.Command> commands() {
    return catalog.commands();
  }

  /// The context of the model that answers next, in tokens, or null.
  @Nullable Long contextSize() {
    lock.lock();
    try {
      return catalog.contextSize(shownModelLocked());
    } finally {
      lock.unlock();
    }
  }

  /// Chooses what is wanted.
  ///
  /// @return why something cannot be chosen; nothing is chosen then
  Optional<Problem> apply(TurnSettings wanted) {
    lock.lock();
    try {
      var later = wanted.model() != null ? wanted.model() : shownModelLocked();
      var efforts = catalog.efforts(later);
      var problem =
          refusal("model", wanted.model(), catalog.models())
              .or(() -> refusal("mode", wanted.mode(), catalog.modes()))
              .or(() -> refusal("effort", wanted.effort(), efforts));
      if (problem.isEmpty()) {
        model = wanted.model() != null ? wanted.model() : model;
        mode = wanted.mode() != null ? wanted.mode() : mode;
        effort = wanted.effort() != null ? wanted.effort() : effort;
      }
      return problem;
    } finally {
      lock.unlock();
    }
  }

  /// Writes what was chosen into a prompt.
  ///
  /// @param oneText whether the model is one text there (a command) and not two
  void write(ObjectNode body, boolean oneText) {
    lock.lock();
    try {
      if (model != null) {
        int slash = model.indexOf('/');
        if (oneText) {
          body.put("model", model);
        } else if (slash > 0) {
          body.putObject("model")
              .put("providerID", model.substring(0, slash))
              .put("modelID", model.substring(slash + 1));
        }
      }
      if (mode != null) {
        body.put("agent", mode);
      }
      if (effort != null && !effort.equals(Catalog.NO_EFFORT) && offered(effort)) {
        body.put("variant", effort);
      }
    } finally {
      lock.unlock();
    }
  }

  /// Another model may not have the effort that was chosen for the earlier one.
  @GuardedBy("lock")
  private boolean offered(String value) {
    var efforts = catalog.efforts(shownModelLocked());
    return efforts != null && efforts.stream().anyMatch(choice -> choice.id().equals(value));
  }

  @GuardedBy("lock")
  private @Nullable String shownModelLocked() {
    return model != null ? model : catalog.model();
  }

  private Optional<Problem> refusal(
      String what, @Nullable String value, @Nullable List<Choice> choices) {
    if (value == null
        || (choices != null && choices.stream().anyMatch(c -> c.id().equals(value)))) {
      return Optional.empty();
    }
    var ids =
        choices == null ? "" : choices.stream().map(Choice::id).collect(Collectors.joining(", "));
    var why = ids.isEmpty() ? "it offers no choice of " + what + "." : "it does not offer that.";
    return Optional.of(Problems.setting(agent, what, value, why, ids));
  }
}
