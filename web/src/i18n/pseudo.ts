import { en } from './en';
import type { Messages } from './messages';

// A language that nobody speaks: every text is longer and accented, so that a test sees what would
// be cut off or was never put into the catalogue.
const ACCENTS: Record<string, string> = { a: 'á', e: 'é', i: 'í', o: 'ó', u: 'ú', n: 'ñ', c: 'ç', A: 'Á', E: 'É', O: 'Ó' };

function longer(text: string): string {
  const accented = text.replace(/[aeiouncAEO]/g, (char) => ACCENTS[char] ?? char);
  return `⟦${accented}${'~'.repeat(Math.ceil(text.length * 0.4))}⟧`;
}

function wrap(value: unknown): unknown {
  if (typeof value === 'string') return longer(value);
  if (typeof value === 'function') return (...args: unknown[]) => longer((value as (...args: unknown[]) => string)(...args));
  return Object.fromEntries(Object.entries(value as object).map(([key, inner]) => [key, wrap(inner)]));
}

export const pseudo = { ...(wrap(en) as Messages), locale: 'en-XA', language: 'Pseudo', listSeparator: ', ' } satisfies Messages;
