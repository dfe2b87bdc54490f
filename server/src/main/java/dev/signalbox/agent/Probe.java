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
}
