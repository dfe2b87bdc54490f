package dev.signalbox.agent;

import org.jspecify.annotations.Nullable;

/// Null means "as the thread has it".
public record TurnSettings(
    @Nullable String model, @Nullable String mode, @Nullable String effort) {}
