package dev.signalbox.agent.claude;

import dev.signalbox.agent.wire.Json;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/// How full the context is, as the last answer of the model shows it: everything it was given and
/// said is in the context then. Asking the agent instead would cost a request to the provider after
/// every turn. Not safe for several threads.
final class ContextMeter {
  private long given;
  private long said;
  private @Nullable String model;

  /// @param event a raw event of the model's stream, of the main conversation
  void heard(JsonNode event) {
    var begun = event.path("message");
    if (Json.text(event, "type", "").equals("message_start")) {
      model = Json.text(begun, "model");
      take(begun.path("usage"));
    } else if (Json.text(event, "type", "").equals("message_delta")) {
      take(event.path("usage"));
    }
  }

  private void take(JsonNode usage) {
    long input =
        count(usage, "input_tokens")
            + count(usage, "cache_read_input_tokens")
            + count(usage, "cache_creation_input_tokens");
    given = input > 0 ? input : given; // some deltas tell of the output only
    said = count(usage, "output_tokens");
  }

  /// Tokens in the context; null when no model answered.
  @Nullable Long used() {
    return given == 0 ? null : Long.valueOf(given + said);
  }

  /// How many there could be.
  ///
  /// @param models what a result says of each model
  @Nullable Long size(JsonNode models) {
    return model == null ? null : Json.number(models.path(model), "contextWindow");
  }

  private static long count(JsonNode usage, String key) {
    var number = Json.number(usage, key);
    return number == null ? 0 : number;
  }
}
