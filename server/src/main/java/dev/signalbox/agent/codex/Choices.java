package dev.signalbox.agent.codex;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.signalbox.agent.Offers;
import dev.signalbox.agent.TurnSettings;
import dev.signalbox.agent.wire.Json;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.MissingNode;

/// Model, mode and effort of one conversation. They go out with each turn, so a choice holds from
/// the turn on that it was made for. Safe for any thread.
final class Choices {
  /// What a turn is begun with.
  ///
  /// @param model null when Codex did not say which one it uses
  /// @param effort null as Codex's configuration has it
  /// @param planned whether a turn before was in plan mode, which stays until it is left
  record Chosen(@Nullable String model, Mode mode, @Nullable String effort, boolean planned) {}

  private final Models models;
  private final ReentrantLock lock = new ReentrantLock();

  @GuardedBy("lock")
  private Chosen chosen;

  @GuardedBy("lock")
  private JsonNode sandbox = MissingNode.getInstance();

  /// @param usual the mode until another one is chosen
  /// @param told the answer to the request that began or took up the conversation
  Choices(Models models, Mode usual, JsonNode told) {
    this.models = models;
    this.chosen = new Chosen(null, usual, null, false);
    learn(told);
  }

  /// Takes over what Codex says it uses: `told` is such an answer, or the settings of a
  /// `thread/settings/updated`.
  void learn(JsonNode told) {
    var model = Json.text(told, "model");
    var effort = Json.text(told, "reasoningEffort", Json.text(told, "effort", ""));
    var mode = Json.text(told.path("collaborationMode"), "mode");
    var policy =
        told.path("sandboxPolicy").isObject() ? told.path("sandboxPolicy") : told.path("sandbox");
    lock.lock();
    try {
      chosen =
          new Chosen(
              model != null ? model : chosen.model(),
              chosen.mode(),
              effort.isEmpty() ? chosen.effort() : effort,
              mode == null ? chosen.planned() : mode.equals("plan"));
      if (Json.text(policy, "type", "").equals("workspaceWrite")) {
        sandbox = policy;
      }
    } finally {
      lock.unlock();
    }
  }

  /// What a turn with these wishes is to use.
  ///
  /// @param wanted its mode must be one that exists
  Chosen with(TurnSettings wanted) {
    lock.lock();
    try {
      return new Chosen(
          wanted.model() != null ? wanted.model() : chosen.model(),
          Mode.of(wanted.mode()).orElse(chosen.mode()),
          wanted.effort() != null ? wanted.effort() : chosen.effort(),
          chosen.planned());
    } finally {
      lock.unlock();
    }
  }

  /// A turn was begun with these.
  void took(Chosen taken) {
    lock.lock();
    try {
      chosen = new Chosen(taken.model(), taken.mode(), taken.effort(), taken.mode() == Mode.PLAN);
    } finally {
      lock.unlock();
    }
  }

  /// Codex's own policy of a sandbox that lets the folder be written, with what the user's
  /// configuration adds to it; a missing node when it never told one.
  JsonNode writingSandbox() {
    lock.lock();
    try {
      return sandbox;
    } finally {
      lock.unlock();
    }
  }

  Offers offers() {
    Chosen now;
    lock.lock();
    try {
      now = chosen;
    } finally {
      lock.unlock();
    }
    var model = models.find(now.model());
    var usual = model == null ? null : model.effort();
    return new Offers(
        models.choices(),
        now.model(),
        Mode.choices(),
        now.mode().id,
        model == null || model.efforts().isEmpty() ? null : model.efforts(),
        now.effort() != null ? now.effort() : usual);
  }
}
