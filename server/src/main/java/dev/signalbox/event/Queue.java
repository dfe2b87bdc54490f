package dev.signalbox.event;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.signalbox.id.TurnId;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The queued turns of a lane in the order they will run.
///
/// @param held true when nothing starts until someone says go on
/// @param reason why it is held: `user`, `interrupted`, `failed`, `restart`
@JsonInclude(JsonInclude.Include.NON_NULL)
public record Queue(boolean held, @Nullable String reason, List<TurnId> turns) {
  public Queue {
    turns = List.copyOf(turns);
  }
}
