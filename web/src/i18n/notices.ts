import type { Messages } from './messages';

/**
 * A notice in the user's language: the text of its code, or what the server said in English. What
 * stands behind the colon of the server's sentence takes the place of `{0}`.
 */
export function noticeText(m: Messages, code: string | undefined, detail: string): string {
  const known = code === undefined ? undefined : m.notices[code];
  if (known === undefined) return detail;
  const colon = detail.indexOf(': ');
  return known.includes('{0}') ? known.replace('{0}', () => (colon < 0 ? detail : detail.slice(colon + 2))) : known;
}
