package dev.signalbox.event;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/// Why something failed, in plain words.
///
/// @param code stable: `rate-limit`, `login`, `overflow`, `refused`, `crash`, `agent-unavailable`,
///   `agent-outdated`, `agent-error`, `time-limit`, `folder-missing`, `interrupted`, `internal`
/// @param detail what happened, with names and values
/// @param hint the way out
/// @param action what a button may offer: `retry`, `reset`, `login`, `install`
/// @param resetsAt when a limit of use ends, as far as the agent says
@JsonInclude(JsonInclude.Include.NON_NULL)
public record Problem(
    String code,
    String detail,
    @Nullable String hint,
    @Nullable String action,
    @Nullable String stderr,
    @Nullable Instant resetsAt) {
  public Problem(
      String code,
      String detail,
      @Nullable String hint,
      @Nullable String action,
      @Nullable String stderr) {
    this(code, detail, hint, action, stderr, null);
  }
}
