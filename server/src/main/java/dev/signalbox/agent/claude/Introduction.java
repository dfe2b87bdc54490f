package dev.signalbox.agent.claude;

import dev.signalbox.agent.AgentEvent;
import dev.signalbox.agent.Capabilities;
import dev.signalbox.agent.Offers.Choice;
import dev.signalbox.agent.wire.Json;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/// What the agent answered to `initialize`.
record Introduction(JsonNode answer) {
  /// The same for every version that is supported: it says none of this itself.
  static final Capabilities CAPABILITIES =
      new Capabilities(false, true, true, false, true, true, false, false);

  /// A model and what can be set with it.
  ///
  /// @param resolved the id behind an alias, or null
  /// @param efforts of its own; empty when it has none
  record Model(
      Choice choice, @Nullable String resolved, List<String> efforts, boolean thinkingOff) {
    Model {
      efforts = List.copyOf(efforts);
    }
  }

  @Nullable String version() {
    return Json.text(answer, "claude_code_version");
  }

  List<Model> models() {
    var models = new ArrayList<Model>();
    for (var told : Json.list(answer.path("models"))) {
      var id = Json.text(told, "value");
      if (id != null) {
        var name = Json.text(told, "displayName", id);
        models.add(
            new Model(
                new Choice(id, name, Json.text(told, "description")),
                Json.text(told, "resolvedModel"),
                Json.list(told.path("supportedEffortLevels")).stream()
                    .map(level -> level.stringValue(""))
                    .toList(),
                Json.flag(told, "supportsThinkingOff")));
      }
    }
    return models;
  }

  AgentEvent.Commands commands() {
    var commands = new ArrayList<AgentEvent.Commands.Command>();
    for (var told : Json.list(answer.path("commands"))) {
      var name = Json.text(told, "name", "");
      var hint = Json.text(told, "argumentHint", "");
      if (!name.isEmpty()) {
        commands.add(
            new AgentEvent.Commands.Command(
                name, Json.text(told, "description"), hint.isBlank() ? null : hint));
      }
    }
    return new AgentEvent.Commands(commands);
  }

  /// Whether nobody is logged in: no token and no key, where the provider wants one.
  boolean wantsLogin() {
    var account = answer.path("account");
    return Json.text(account, "apiProvider", "").equals("firstParty")
        && isNone(Json.text(account, "tokenSource"))
        && isNone(Json.text(account, "apiKeySource"));
  }

  private static boolean isNone(@Nullable String source) {
    return source == null || source.isEmpty() || source.equals("none");
  }
}
