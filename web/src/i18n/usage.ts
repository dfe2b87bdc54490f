import type { Usage } from '../core/protocol.gen';
import { allTokens } from '../core/usage';
import { compact, money } from './format';
import type { Messages } from './messages';

/** Tokens and cost in a few words; empty when the agent reports neither. */
export function usageLine(usage: Usage | undefined, m: Messages, locale: string): string[] {
  const tokens = allTokens(usage);
  return [
    ...(tokens === undefined ? [] : [m.tokens(compact(tokens, locale))]),
    ...(usage?.cost === undefined ? [] : [money(usage.cost, usage.currency, locale)]),
  ];
}

/** The same in full, for a tooltip. */
export function usageDetail(usage: Usage | undefined, m: Messages, locale: string): string {
  if (!usage) return '';
  const parts: [string, number | undefined][] = [
    [m.tokensIn, usage.inputTokens],
    [m.tokensOut, usage.outputTokens],
    [m.tokensCached, usage.cachedTokens],
    [m.tokensThought, usage.thoughtTokens],
  ];
  return parts.flatMap(([name, n]) => (n === undefined ? [] : [`${name} ${n.toLocaleString(locale)}`])).join(' · ');
}
