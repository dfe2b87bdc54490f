package dev.signalbox.event;

import com.fasterxml.jackson.annotation.JsonInclude;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/// What was answered to an ask: exactly one of `option`, `values`, `decline` is present.
///
/// @param note free text for the agent, with a denial
@JsonInclude(JsonInclude.Include.NON_NULL)
public record Answer(
    @Nullable String option,
    @Nullable JsonNode values,
    @Nullable Boolean decline,
    @Nullable String scope,
    @Nullable String note) {}
