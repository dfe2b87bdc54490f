package dev.signalbox.agent.acp;

import dev.signalbox.agent.Offers;
import dev.signalbox.agent.Offers.Choice;
import dev.signalbox.agent.wire.Json;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.MissingNode;

/// What can be chosen in a conversation, from the answers and updates that tell it: `configOptions`
/// of the schema, and the older `models` and `modes`. Where an agent tells both, `configOptions`
/// count. Pure.
final class OfferMapping {
  private OfferMapping() {}

  /// Of an answer to `session/new`, `load`, `resume` or `set_config_option`, or of a
  /// `config_option_update`.
  static Offers offers(JsonNode told) {
    var options = told.path("configOptions");
    var model = option(options, "model");
    var mode = option(options, "mode");
    var effort = option(options, "thought_level");
    var models = told.path("models");
    var modes = told.path("modes");
    return new Offers(
        model != null ? choices(model) : older(models.path("availableModels"), "modelId"),
        model != null ? Json.text(model, "currentValue") : Json.text(models, "currentModelId"),
        mode != null ? choices(mode) : older(modes.path("availableModes"), "id"),
        mode != null ? Json.text(mode, "currentValue") : Json.text(modes, "currentModeId"),
        effort != null ? choices(effort) : null,
        effort != null ? Json.text(effort, "currentValue") : null);
  }

  /// `later` over `before`: what it leaves out stays.
  static Offers merged(Offers before, Offers later) {
    return new Offers(
        later.models() != null ? later.models() : before.models(),
        later.model() != null ? later.model() : before.model(),
        later.modes() != null ? later.modes() : before.modes(),
        later.mode() != null ? later.mode() : before.mode(),
        later.efforts() != null ? later.efforts() : before.efforts(),
        later.effort() != null ? later.effort() : before.effort());
  }

  /// The id under which an option is set, or null when the agent has none of that category.
  static @Nullable String optionId(JsonNode options, String category) {
    var option = option(options, category);
    return option == null ? null : Json.text(option, "id");
  }

  private static @Nullable JsonNode option(JsonNode options, String category) {
    JsonNode byId = MissingNode.getInstance();
    for (var option : Json.list(options)) {
      if (!Json.text(option, "type", "select").equals("select")) {
        continue;
      }
      if (Json.text(option, "category", "").equals(category)) {
        return option;
      }
      if (isNamed(option, category)) {
        byId = option;
      }
    }
    return byId.isMissingNode() ? null : byId;
  }

  /// Categories are optional; without one the id has to do.
  private static boolean isNamed(JsonNode option, String category) {
    var id = Json.text(option, "id", "");
    return Json.text(option, "category") == null
        && (id.equals(category) || (category.equals("thought_level") && id.equals("effort")));
  }

  private static List<Choice> choices(JsonNode option) {
    var choices = new ArrayList<Choice>();
    for (var entry : Json.list(option.path("options"))) {
      if (entry.path("options").isArray()) { // a group
        Json.list(entry.path("options")).forEach(inner -> add(choices, inner, "value"));
      } else {
        add(choices, entry, "value");
      }
    }
    return choices;
  }

  private static @Nullable List<Choice> older(JsonNode list, String idKey) {
    if (!list.isArray()) {
      return null;
    }
    var choices = new ArrayList<Choice>();
    list.forEach(entry -> add(choices, entry, idKey));
    return choices;
  }

  private static void add(List<Choice> choices, JsonNode entry, String idKey) {
    var id = Json.text(entry, idKey);
    if (id != null) {
      var name = Objects.requireNonNullElse(Json.text(entry, "name"), id);
      choices.add(new Choice(id, name, Json.text(entry, "description")));
    }
  }
}
