// What a turn or a conversation cost, as far as the agent reports it. Absent is not zero.
import type { Usage } from './protocol.gen';

/** Tokens in all, when they are known or can be added up. */
export function allTokens(usage: Usage | undefined): number | undefined {
  if (!usage) return undefined;
  if (usage.totalTokens !== undefined) return usage.totalTokens;
  if (usage.inputTokens === undefined && usage.outputTokens === undefined) return undefined;
  return (usage.inputTokens ?? 0) + (usage.outputTokens ?? 0);
}

/** The part of the context that is used, in percent. */
export function contextPart(usage: Usage | undefined): number | undefined {
  return usage?.contextUsed && usage.contextSize ? Math.round((usage.contextUsed / usage.contextSize) * 100) : undefined;
}
