package dev.signalbox.agent.opencode;

import dev.signalbox.agent.AgentEvent;
import dev.signalbox.agent.Offers.Choice;
import dev.signalbox.agent.wire.Json;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/// What opencode offers in one folder, from the answers that tell it. Pure.
///
/// @param efforts by model; a model with none has no entry
/// @param contexts by model, in tokens
/// @param model the one used when none is chosen, as far as it is told
/// @param mode the same of modes
record Catalog(
    List<Choice> models,
    Map<String, List<Choice>> efforts,
    Map<String, Long> contexts,
    @Nullable String model,
    List<Choice> modes,
    @Nullable String mode,
    List<AgentEvent.Commands.Command> commands) {
  /// The effort that is no effort: the model's own.
  static final String NO_EFFORT = "default";

  /// Where opencode begins when nobody said otherwise.
  private static final String BUILD = "build";

  Catalog {
    models = List.copyOf(models);
    efforts = Map.copyOf(efforts);
    contexts = Map.copyOf(contexts);
    modes = List.copyOf(modes);
    commands = List.copyOf(commands);
  }

  /// @param providers of `GET /config/providers`
  /// @param agents of `GET /agent`
  /// @param config of `GET /config`
  /// @param commands of `GET /command`
  static Catalog of(JsonNode providers, JsonNode agents, JsonNode config, JsonNode commands) {
    var models = new ArrayList<Choice>();
    var efforts = new LinkedHashMap<String, List<Choice>>();
    var contexts = new LinkedHashMap<String, Long>();
    for (var provider : Json.list(providers.path("providers"))) {
      for (var entry : provider.path("models").properties()) {
        var id = Json.text(provider, "id", "") + "/" + entry.getKey();
        var model = entry.getValue();
        models.add(new Choice(id, Json.text(model, "name", id), Json.text(provider, "name")));
        var context = Json.number(model.path("limit"), "context");
        if (context != null && context > 0) {
          contexts.put(id, context);
        }
        if (!model.path("variants").isEmpty()) {
          efforts.put(id, efforts(model.path("variants")));
        }
      }
    }
    var modes = modes(agents);
    return new Catalog(
        models,
        efforts,
        contexts,
        Json.text(config, "model"),
        modes,
        first(modes, Json.text(config, "default_agent")),
        commands(commands));
  }

  @Nullable List<Choice> efforts(@Nullable String model) {
    return model == null ? null : efforts.get(model);
  }

  @Nullable Long contextSize(@Nullable String model) {
    return model == null ? null : contexts.get(model);
  }

  boolean hasMode(String id) {
    return modes.stream().anyMatch(choice -> choice.id().equals(id));
  }

  private static List<Choice> efforts(JsonNode variants) {
    var choices = new ArrayList<Choice>();
    choices.add(new Choice(NO_EFFORT, NO_EFFORT, null));
    variants.propertyNames().stream()
        .filter(name -> !name.equals(NO_EFFORT))
        .forEach(name -> choices.add(new Choice(name, name, null)));
    return choices;
  }

  /// The agents a person may talk to are opencode's modes.
  private static List<Choice> modes(JsonNode agents) {
    var choices = new ArrayList<Choice>();
    for (var agent : Json.list(agents)) {
      var name = Json.text(agent, "name", "");
      var mode = Json.text(agent, "mode", "");
      if (!name.isEmpty() && !mode.equals("subagent") && !Json.flag(agent, "hidden")) {
        choices.add(new Choice(name, name, Json.text(agent, "description")));
      }
    }
    return choices;
  }

  private static @Nullable String first(List<Choice> modes, @Nullable String configured) {
    var ids = modes.stream().map(Choice::id).toList();
    if (configured != null && ids.contains(configured)) {
      return configured;
    }
    return ids.contains(BUILD) ? BUILD : ids.isEmpty() ? null : ids.getFirst();
  }

  private static List<AgentEvent.Commands.Command> commands(JsonNode list) {
    var commands = new ArrayList<AgentEvent.Commands.Command>();
    for (var command : Json.list(list)) {
      var name = Json.text(command, "name", "");
      if (!name.isEmpty()) {
        boolean takesWords = !Json.list(command.path("hints")).isEmpty();
        commands.add(
            new AgentEvent.Commands.Command(
                name, Json.text(command, "description"), takesWords ? "arguments" : null));
      }
    }
    return commands;
  }
}
