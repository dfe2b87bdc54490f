package dev.signalbox.event;

import com.fasterxml.jackson.annotation.JsonInclude;
import org.jspecify.annotations.Nullable;

/// Tokens and money, as far as the agent reports them; absent is "not reported", never 0.
///
/// @param contextUsed tokens in the agent's context now, of `contextSize`
/// @param cost in `currency` (ISO 4217)
@JsonInclude(JsonInclude.Include.NON_NULL)
public record Usage(
    @Nullable Long inputTokens,
    @Nullable Long outputTokens,
    @Nullable Long cachedTokens,
    @Nullable Long thoughtTokens,
    @Nullable Long totalTokens,
    @Nullable Long contextUsed,
    @Nullable Long contextSize,
    @Nullable Double cost,
    @Nullable String currency) {
  public static final Usage NONE = new Usage(null, null, null, null, null, null, null, null, null);

  /// Sums what counts up; `context…` and `currency` are those of `later` when it has them.
  public Usage plus(Usage later) {
    return new Usage(
        sum(inputTokens, later.inputTokens),
        sum(outputTokens, later.outputTokens),
        sum(cachedTokens, later.cachedTokens),
        sum(thoughtTokens, later.thoughtTokens),
        sum(totalTokens, later.totalTokens),
        later.contextUsed != null ? later.contextUsed : contextUsed,
        later.contextSize != null ? later.contextSize : contextSize,
        cost == null ? later.cost : later.cost == null ? cost : Double.valueOf(cost + later.cost),
        later.currency != null ? later.currency : currency);
  }

  private static @Nullable Long sum(@Nullable Long a, @Nullable Long b) {
    return a == null ? b : b == null ? a : Long.valueOf(a + b);
  }
}
