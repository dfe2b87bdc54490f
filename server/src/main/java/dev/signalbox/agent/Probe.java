package dev.signalbox.agent;

import org.jspecify.annotations.Nullable;

/// What looking for an agent found.
///
/// @param capabilities null until it was started once
/// @param offers what can be chosen in a fresh conversation; null until known
/// @param reason why it is not ready, in one plain sentence with the way out; null when ready
public record Probe(
    boolean installed,
    @Nullable String version,
    boolean ready,
    @Nullable String reason,
    @Nullable Capabilities capabilities,
    @Nullable Offers offers) {}
