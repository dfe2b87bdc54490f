package dev.signalbox.session;

import dev.signalbox.event.Item;
import dev.signalbox.event.Turn;
import dev.signalbox.id.TurnId;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Makes the records of turns. In memory a queued turn has its whole text; the journal keeps it
/// exact and cuts it in events.
final class Turns {
  private Turns() {}

  static Turn queued(LaneRow lane, Message.Submit message, TurnId id, Instant now) {
    var s = message.submission();
    return new Turn(
        id,
        lane.id(),
        Turn.State.QUEUED,
        s.text(),
        bytes(s.text()),
        s.agent(),
        s.model(),
        s.mode(),
        s.effort(),
        message.attachments(),
        s.clientId(),
        now,
        null,
        null,
        null,
        null,
        null);
  }

  static Turn edited(
      Turn turn, @Nullable String text, @Nullable List<Item.Attachment> attachments) {
    var newText = text == null ? turn.text() : text;
    return new Turn(
        turn.id(),
        turn.lane(),
        turn.state(),
        newText,
        bytes(newText),
        turn.agent(),
        turn.model(),
        turn.mode(),
        turn.effort(),
        attachments == null ? turn.attachments() : attachments,
        turn.clientId(),
        turn.queuedAt(),
        null,
        null,
        null,
        null,
        null);
  }

  private static long bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8).length;
  }
}
