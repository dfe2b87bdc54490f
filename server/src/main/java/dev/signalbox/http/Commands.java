package dev.signalbox.http;

import dev.signalbox.event.Ask;
import dev.signalbox.event.Queue;
import dev.signalbox.event.Turn;
import dev.signalbox.id.AskId;
import dev.signalbox.id.TurnId;
import dev.signalbox.refusal.Refused;
import dev.signalbox.session.AnswerCommand;
import dev.signalbox.session.Lane;
import dev.signalbox.session.Submission;
import dev.signalbox.session.Submitted;
import dev.signalbox.session.TurnEdit;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/// Commands to a lane as clients send them, by REST or on a socket: the same fields, the same
/// checks, the same words when something is wrong.
final class Commands {
  /// A prompt.
  record TurnBody(
      @Nullable String clientId,
      @Nullable String text,
      @Nullable String agent,
      @Nullable String model,
      @Nullable String mode,
      @Nullable String effort,
      @Nullable List<Submission.AttachmentRef> attachments,
      @Nullable String when,
      @Nullable Instant notBefore)
      implements ClientNamed {}

  /// A change of a queued turn.
  ///
  /// @param before the turn to move it in front of; JSON null means last, absent means no move
  /// @param notBefore JSON null means it waits for its time no longer
  record TurnPatch(
      @Nullable String text,
      @Nullable List<Submission.AttachmentRef> attachments,
      @Nullable JsonNode before,
      @Nullable JsonNode notBefore,
      @Nullable String clientId) {}

  record QueueBody(@Nullable String state, @Nullable String clientId) {}

  record InterruptBody(@Nullable Boolean force, @Nullable String clientId) {
    static final InterruptBody EMPTY = new InterruptBody(null, null);
  }

  record AnswerBody(
      @Nullable String option,
      @Nullable JsonNode values,
      @Nullable Boolean decline,
      @Nullable String hash,
      @Nullable String scope,
      @Nullable String note,
      @Nullable String clientId)
      implements ClientNamed {}

  private Commands() {}

  static Submitted submit(Lane lane, TurnBody body, @Nullable String key) {
    return lane.submit(
        new Submission(
            clientId(body.clientId(), key),
            text(body.text()),
            body.agent() == null ? noAgent() : body.agent(),
            body.model(),
            body.mode(),
            body.effort(),
            attachments(body.attachments()),
            body.when(),
            body.notBefore()));
  }

  private static String noAgent() {
    throw Refused.invalid(
        "missing_agent", "Say which agent is meant: \"agent\". GET /api/agents lists them.");
  }

  static Turn edit(Lane lane, TurnId turn, TurnPatch body, @Nullable String key) {
    var before = body.before();
    if (before != null && !before.isNull() && !before.isString()) {
      throw Refused.invalid("wrong_field", "\"before\" is the id of a queued turn, or null.");
    }
    return lane.edit(
        turn,
        new TurnEdit(
            body.text() == null ? null : text(body.text()),
            attachments(body.attachments()),
            before != null,
            before == null || before.isNull()
                ? null
                : Call.id(before.stringValue(), "turn", TurnId::new),
            atOnce(body.notBefore())),
        body.clientId() != null ? body.clientId() : key);
  }

  private static boolean atOnce(@Nullable JsonNode notBefore) {
    if (notBefore != null && !notBefore.isNull()) {
      throw Refused.invalid(
          "wrong_field", "\"notBefore\" of a queued turn can only be set to null.");
    }
    return notBefore != null;
  }

  static Queue queue(Lane lane, QueueBody body, @Nullable String key) {
    if (body.state() == null) {
      throw Refused.invalid("missing_state", "Give {\"state\":\"run\"} or {\"state\":\"hold\"}.");
    }
    return lane.queue(body.state(), body.clientId() != null ? body.clientId() : key);
  }

  /// The turn that is being interrupted, or null when nothing runs.
  static @Nullable TurnId interrupt(Lane lane, InterruptBody body, @Nullable String key) {
    return lane.interrupt(
            Boolean.TRUE.equals(body.force()), body.clientId() != null ? body.clientId() : key)
        .orElse(null);
  }

  static Ask answer(
      Open rooms, AskId ask, AnswerBody body, @Nullable String key, Principal principal) {
    int given =
        (body.option() == null ? 0 : 1)
            + (isNothing(body.values()) ? 0 : 1)
            + (Boolean.TRUE.equals(body.decline()) ? 1 : 0);
    if (given != 1) {
      throw Refused.invalid(
          "wrong_answer", "Give exactly one of \"option\", \"values\" and \"decline\": true.");
    }
    if (body.hash() == null) {
      throw Refused.invalid("missing_hash", "Give the \"hash\" of the ask that was shown.");
    }
    return rooms
        .sessions()
        .laneOf(ask)
        .answer(
            ask,
            new AnswerCommand(
                body.option(),
                isNothing(body.values()) ? null : body.values(),
                body.decline(),
                body.hash(),
                body.scope(),
                body.note(),
                clientId(body.clientId(), key),
                principal.name()));
  }

  private static boolean isNothing(@Nullable JsonNode node) {
    return node == null || node.isNull();
  }

  private static String clientId(@Nullable String given, @Nullable String key) {
    if (given != null) {
      return given;
    }
    if (key != null) {
      return key;
    }
    throw Refused.invalid(
        "missing_client_id",
        "Give a \"clientId\" of your own: the same one again is the same command.");
  }

  private static @Nullable List<Submission.AttachmentRef> attachments(
      @Nullable List<Submission.AttachmentRef> refs) {
    if (refs != null && refs.stream().anyMatch(ref -> ref == null || ref.upload() == null)) {
      throw Refused.invalid("wrong_field", "Each of \"attachments\" is {\"upload\":\"u_…\"}.");
    }
    return refs;
  }

  // Half of a surrogate pair has no bytes in UTF-8, so no agent could be given it unchanged.
  private static String text(@Nullable String text) {
    if (text == null) {
      throw Refused.invalid("empty_prompt", "The prompt is empty; write something first.");
    }
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (Character.isHighSurrogate(c)
          && i + 1 < text.length()
          && Character.isLowSurrogate(text.charAt(i + 1))) {
        i++;
      } else if (Character.isSurrogate(c)) {
        throw Refused.invalid(
            "text_not_unicode", "The text has half a character at %d.".formatted(i));
      }
    }
    return text;
  }
}
