package dev.signalbox.session;

import dev.signalbox.event.Fact;
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
        s.notBefore(),
        null,
        null,
        null,
        null,
        null);
  }

  /// The same turn, to be started whenever it is its turn.
  static Turn atOnce(Turn turn) {
    return edited(turn, null, null, null);
  }

  static Turn edited(
      Turn turn, @Nullable String text, @Nullable List<Item.Attachment> attachments) {
    return edited(turn, text, attachments, turn.notBefore());
  }

  private static Turn edited(
      Turn turn,
      @Nullable String text,
      @Nullable List<Item.Attachment> attachments,
      @Nullable Instant notBefore) {
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
        notBefore,
        null,
        null,
        null,
        null,
        null);
  }

  /// The words of a turn that were given to another one, as an item.
  static List<Fact> words(LaneRow lane, Surroundings around, Turn turn) {
    var now = around.clock().instant();
    var item = Item.open(around.ids().item(), lane.id(), turn.id(), null, Item.Kind.USER, now);
    var shown = turn.attachments().isEmpty() ? item : item.withAttachments(turn.attachments());
    return List.of(
        new Fact.ItemStarted(shown),
        new Fact.ItemCompleted(
            shown
                .withGrown(turn.text(), null, null, null, null, null)
                .withStatus(Item.Status.DONE, now)));
  }

  private static long bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8).length;
  }
}
