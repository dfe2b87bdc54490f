package dev.signalbox.event;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import dev.signalbox.id.AskId;
import dev.signalbox.id.ItemId;
import dev.signalbox.id.LaneId;
import dev.signalbox.id.SessionId;
import dev.signalbox.id.TurnId;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/// A request to the user. It lives as long as its turn and is answered at most once.
///
/// @param hash SHA-256 over what was shown; an answer names it, so that nobody answers something
///   else
/// @param item the mark of the ask in the timeline
/// @param tool what the agent wants to do, for permissions
/// @param diff unified text of the edit, when the agent shows one
/// @param options what the agent offers for this once, in its order; chosen by id
/// @param schema JSON Schema of the form, for questions
@JsonInclude(JsonInclude.Include.NON_NULL)
public record Ask(
    AskId id,
    SessionId session,
    LaneId lane,
    TurnId turn,
    ItemId item,
    String agent,
    String hash,
    Kind kind,
    State state,
    String title,
    Item.@Nullable Tool tool,
    @Nullable JsonNode input,
    @Nullable String diff,
    List<Option> options,
    @Nullable JsonNode schema,
    Instant at,
    @Nullable Instant expires) {
  public Ask {
    options = List.copyOf(options);
  }

  public Ask withState(State state) {
    return new Ask(
        id, session, lane, turn, item, agent, hash, kind, state, title, tool, input, diff, options,
        schema, at, expires);
  }

  public enum Kind {
    @JsonProperty("permission")
    PERMISSION,
    @JsonProperty("question")
    QUESTION,
    @JsonProperty("plan")
    PLAN
  }

  public enum State {
    @JsonProperty("open")
    OPEN,
    @JsonProperty("answered")
    ANSWERED,
    @JsonProperty("withdrawn")
    WITHDRAWN,
    @JsonProperty("expired")
    EXPIRED
  }

  /// @param kind allow or reject
  public record Option(String id, String kind, String label) {}
}
