// Searching a conversation: the store, not the page, because most rows are not on the page.
import { stripAnsi } from './ansi';
import type { Item } from './protocol.gen';

export interface Hit {
  item: string;
  /** Which occurrence within the item. */
  nth: number;
}

export function searchable(item: Item): string {
  const parts = [item.text, item.tool?.title, item.tool?.paths.join(' '), inputText(item), item.output && stripAnsi(item.output), item.diff];
  if (item.plan) parts.push(item.plan.map((entry) => entry.text).join('\n'));
  if (item.notice) parts.push(item.notice.detail);
  if (item.error) parts.push(item.error.detail);
  return parts.filter(Boolean).join('\n');
}

/** What a tool was given, as its row shows it: the command, a subagent's task, else everything. */
export function inputText(item: Item): string {
  const input = item.tool?.input;
  if (input === undefined || input === null) return '';
  if (typeof input === 'string') return input;
  if (typeof input === 'object' && !Array.isArray(input)) {
    const { command, prompt } = input;
    if (typeof command === 'string') return command;
    if (item.tool?.kind === 'subagent' && typeof prompt === 'string') return prompt;
    if (Array.isArray(command)) return command.join(' ');
  }
  return JSON.stringify(input, null, 2);
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
