package dev.signalbox.session;

import dev.signalbox.id.UploadId;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A prompt as it comes in, whoever sends it. Field names are those of `POST …/turns`.
///
/// @param clientId the sender's own name for it; the same one again is the same turn
/// @param notBefore it is not started earlier, while others may pass it; null for at once
/// @param when `queue` (null means this) or `now`
public record Submission(
    String clientId,
    String text,
    String agent,
    @Nullable String model,
    @Nullable String mode,
    @Nullable String effort,
    @Nullable List<AttachmentRef> attachments,
    @Nullable String when,
    @Nullable Instant notBefore) {

  /// A prompt that need not wait for a time.
  public Submission(
      String clientId,
      String text,
      String agent,
      @Nullable String model,
      @Nullable String mode,
      @Nullable String effort,
      @Nullable List<AttachmentRef> attachments,
      @Nullable String when) {
    this(clientId, text, agent, model, mode, effort, attachments, when, null);
  }

  public record AttachmentRef(UploadId upload) {}
}
