package dev.signalbox.session;

import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/// An answer as it comes in. Field names are those of `POST /api/asks/{ask}`; exactly one of
/// `option`, `values`, `decline` is given.
///
/// @param hash of the ask that was shown
/// @param by who answers: a device's name
public record AnswerCommand(
    @Nullable String option,
    @Nullable JsonNode values,
    @Nullable Boolean decline,
    String hash,
    @Nullable String scope,
    @Nullable String note,
    String clientId,
    String by) {}
