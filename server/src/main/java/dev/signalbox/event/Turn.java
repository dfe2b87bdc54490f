package dev.signalbox.event;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import dev.signalbox.id.LaneId;
import dev.signalbox.id.TurnId;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// One user input up to its one end.
///
/// @param text the prompt exactly as typed; cut to its head (64 KB) in events and lists, where
///   `bytes` is then larger than what is shown
/// @param bytes length of the whole prompt in UTF-8
/// @param notBefore it waits in the queue until then, and lets others by; null when it does not
/// @param reason why it ended, see [Fact.TurnEnded]
@JsonInclude(JsonInclude.Include.NON_NULL)
public record Turn(
    TurnId id,
    LaneId lane,
    State state,
    String text,
    long bytes,
    String agent,
    @Nullable String model,
    @Nullable String mode,
    @Nullable String effort,
    List<Item.Attachment> attachments,
    String clientId,
    Instant queuedAt,
    @Nullable Instant notBefore,
    @Nullable Instant startedAt,
    @Nullable Instant endedAt,
    @Nullable String reason,
    @Nullable Problem error,
    @Nullable Usage usage) {
  public Turn {
    attachments = List.copyOf(attachments);
  }

  public enum State {
    @JsonProperty("queued")
    QUEUED,
    @JsonProperty("running")
    RUNNING,
    @JsonProperty("waiting")
    WAITING,
    @JsonProperty("completed")
    COMPLETED,
    @JsonProperty("failed")
    FAILED,
    @JsonProperty("interrupted")
    INTERRUPTED,
    @JsonProperty("withdrawn")
    WITHDRAWN
  }
}
