package dev.signalbox.session;

import dev.signalbox.id.TurnId;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A change of a queued turn; null fields stay.
///
/// @param move true when the turn is to be moved
/// @param before the turn it is moved in front of; null with `move` means last
/// @param atOnce it need not wait for its time any more
public record TurnEdit(
    @Nullable String text,
    @Nullable List<Submission.AttachmentRef> attachments,
    boolean move,
    @Nullable TurnId before,
    boolean atOnce) {}
