package dev.signalbox.agent.codex;

import dev.signalbox.agent.Offers.Choice;
import dev.signalbox.agent.wire.Json;
import dev.signalbox.jsonrpc.Reply;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/// The models a Codex process offers, asked for once. Safe for any thread.
final class Models {
  /// @param choice its id is what a turn is given as its model
  /// @param effort what it uses when none is chosen
  record Model(Choice choice, List<Choice> efforts, @Nullable String effort) {
    Model {
      efforts = List.copyOf(efforts);
    }
  }

  private final CodexProcess process;
  private volatile @Nullable List<Model> known;

  Models(CodexProcess process) {
    this.process = process;
  }

  /// Asks for them when they are not known. Blocks for a moment; without an answer they stay
  /// unknown.
  void learn() throws InterruptedException {
    if (known == null
        && process.ask("model/list", Json.object()) instanceof Reply.Result(var told)) {
      known = of(told);
    }
  }

  /// Null when Codex did not say.
  @Nullable List<Choice> choices() {
    var models = known;
    return models == null || models.isEmpty() ? null : models.stream().map(Model::choice).toList();
  }

  @Nullable Model find(@Nullable String id) {
    var models = known;
    if (models != null) {
      for (var model : models) {
        if (model.choice().id().equals(id)) {
          return model;
        }
      }
    }
    return null;
  }

  /// Of an answer to `model/list`, without those that are hidden. Pure.
  static List<Model> of(JsonNode told) {
    var models = new ArrayList<Model>();
    for (var model : Json.list(told.path("data"))) {
      var id = Json.text(model, "model", Json.text(model, "id", ""));
      if (!id.isEmpty() && !Json.flag(model, "hidden")) {
        var efforts = new ArrayList<Choice>();
        for (var effort : Json.list(model.path("supportedReasoningEfforts"))) {
          var name = Json.text(effort, "reasoningEffort", "");
          if (!name.isEmpty()) {
            efforts.add(new Choice(name, name, Json.text(effort, "description")));
          }
        }
        models.add(
            new Model(
                new Choice(
                    id, Json.text(model, "displayName", id), Json.text(model, "description")),
                efforts,
                Json.text(model, "defaultReasoningEffort")));
      }
    }
    return models;
  }
}
