// Growing text. A delta names where it begins, counted in UTF-16 units of the whole text; what a
// client holds may lack the middle (long texts come as head and tail), so offsets are translated.

/** Text as far as it is known. `omitted` units are missing at offset `cut` of `text`. */
export interface Grown {
  readonly text: string;
  readonly cut: number;
  readonly omitted: number;
}

export const EMPTY: Grown = { text: '', cut: 0, omitted: 0 };

export function whole(text: string): Grown {
  return { text, cut: text.length, omitted: 0 };
}

/** Length of the whole text, the missing part included. */
export function end(grown: Grown): number {
  return grown.text.length + grown.omitted;
}

/**
 * Overwrites from `at`; applying the same delta twice changes nothing.
 *
 * @return undefined when `at` lies beyond what is known: the caller asks for the item
 */
export function overwrite(grown: Grown, at: number, text: string): Grown | undefined {
  if (at > end(grown)) return undefined;
  if (grown.omitted === 0) return whole(splice(grown.text, at, text));
  const tailAt = grown.cut + grown.omitted;
  if (at >= tailAt) {
    return { ...grown, text: splice(grown.text, at - grown.omitted, text) };
  }
  // It begins in the head or in the hole: what it covers is known now, what it does not stays.
  const stop = at + text.length;
  if (at === 0 && stop >= end(grown)) return whole(text);
  if (stop <= grown.cut) return { ...grown, text: splice(grown.text, at, text) };
  if (at > grown.cut) return stop <= tailAt ? grown : { ...grown, text: splice(grown.text, grown.cut, text.slice(tailAt - at)) };
  const head = grown.text.slice(0, at) + text;
  if (stop >= tailAt) return whole(head + grown.text.slice(stop - grown.omitted));
  return { text: head + grown.text.slice(grown.cut), cut: head.length, omitted: tailAt - stop };
}

/** As `overwrite`, but a gap becomes a hole. For when the server has no more to give. */
export function overwriteAnyway(grown: Grown, at: number, text: string): Grown {
  const done = overwrite(grown, at, text);
  if (done) return done;
  const known = grown.text;
  return { text: known + text, cut: grown.omitted > 0 ? grown.cut : known.length, omitted: at - known.length };
}

function splice(text: string, at: number, insert: string): string {
  // The common case, an append, must not copy more than it has to.
  return at === text.length ? text + insert : text.slice(0, at) + insert + text.slice(at + insert.length);
}
