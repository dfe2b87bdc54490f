// Subsequence match with a score: starts of words and runs count more. Lower index is better.

export function fuzzy(query: string, text: string): number {
  const needle = query.toLowerCase().replace(/\s+/g, '');
  if (!needle) return 1;
  const hay = text.toLowerCase();
  let score = 0;
  let from = 0;
  let run = 0;
  for (const char of needle) {
    const at = hay.indexOf(char, from);
    if (at < 0) return 0;
    const wordStart = at === 0 || /[\s/_.\-:·]/.test(hay[at - 1]!);
    run = at === from && from > 0 ? run + 1 : 0;
    score += 1 + (wordStart ? 3 : 0) + run * 2 - Math.min(2, (at - from) * 0.05);
    from = at + 1;
  }
  return Math.max(0.01, score - hay.length * 0.01);
}

export function ranked<T>(query: string, list: readonly T[], text: (one: T) => string): T[] {
  if (!query.trim()) return [...list];
  return list
    .map((one, at) => ({ one, at, score: fuzzy(query, text(one)) }))
    .filter((hit) => hit.score > 0)
    .sort((a, b) => b.score - a.score || a.at - b.at)
    .map((hit) => hit.one);
}
