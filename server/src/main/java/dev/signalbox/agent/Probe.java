package dev.signalbox.agent;

import org.jspecify.annotations.Nullable;

/// What looking for an agent found.
///
/// @param capabilities null until it was started once
/// @param offers what can be chosen in a fresh conversation; null until known
/// @param notice what to know of it although it is ready, in one plain sentence; or null
/// @param reason why it is not ready, in one plain sentence with the way out; null when ready
public record Probe(
    boolean installed,
    @Nullable String version,
    boolean ready,
    @Nullable String reason,
    @Nullable String notice,
    @Nullable Capabilities capabilities,
    @Nullable Offers offers) {

  /// It cannot be used now.
  public static Probe failed(boolean installed, @Nullable String version, String reason) {
    return new Probe(installed, version, false, reason, null, null, null);
  }

  /// This and one more sentence: of an agent that is ready it is something to know, of another it
  /// comes first, being most likely the cause.
  ///
  /// @param sentence null for nothing
  public Probe with(@Nullable String sentence) {
    if (sentence == null) {
      return this;
    }
    var said = notice == null ? sentence : sentence + " " + notice;
    return ready
        ? new Probe(installed, version, true, null, said, capabilities, offers)
        : new Probe(
            installed, version, false, sentence + " " + reason, notice, capabilities, offers);
  }
}
