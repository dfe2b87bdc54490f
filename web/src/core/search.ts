// Searching a conversation: the store, not the page, because most rows are not on the page.
import { stripAnsi } from './ansi';
import type { Item } from './protocol.gen';

export interface Hit {
  item: string;
  /** Which occurrence within the item. */
  nth: number;
}

export function searchable(item: Item): string {
  const parts = [item.text, item.tool?.title, item.tool?.paths.join(' '), item.output && stripAnsi(item.output), item.diff];
  if (item.plan) parts.push(item.plan.map((entry) => entry.text).join('\n'));
  if (item.notice) parts.push(item.notice.detail);
  if (item.error) parts.push(item.error.detail);
  return parts.filter(Boolean).join('\n');
}

/** Every occurrence in order, at most `most`. Case is ignored. */
export function findAll(order: readonly string[], items: ReadonlyMap<string, Item>, query: string, most = 2_000): Hit[] {
  const needle = query.toLowerCase();
  const hits: Hit[] = [];
  if (!needle) return hits;
  for (const id of order) {
    const item = items.get(id);
    if (!item) continue;
    const text = searchable(item).toLowerCase();
    let nth = 0;
    for (let at = text.indexOf(needle); at >= 0; at = text.indexOf(needle, at + needle.length)) {
      hits.push({ item: id, nth: nth++ });
      if (hits.length >= most) return hits;
    }
  }
  return hits;
}
