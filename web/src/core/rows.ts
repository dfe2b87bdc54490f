// Items to rows. A row is what the virtual list counts: one item, or a run of work folded into one
// line. Rows are derived again only from the first item that changed; keys never change, so a row
// that is on screen stays the same element.
import type { Item } from './protocol.gen';
import type { Density, Row } from './types';

const EDITS = new Set(['edit', 'delete', 'move']);

/** Whether an item may be folded into a run of work at this density. */
export function foldable(item: Item, density: Density): boolean {
  if (density === 'everything') return false;
  if (item.kind === 'reasoning') return true;
  if (item.kind !== 'tool') return density === 'compact' && item.kind === 'todo';
  return density === 'compact' || !EDITS.has(item.tool?.kind ?? '');
}

/**
 * Items that never get a row: a subagent's own items, which stand inside its tool row, and prose
 * that ended without a word (a turn opens its answer before there is one). While a subagent's tool
 * item stands on an older page, its items stand for themselves.
 */
function hidden(item: Item, items: ReadonlyMap<string, Item>): boolean {
  if (item.parent !== undefined && items.has(item.parent)) return true;
  return (item.kind === 'text' || item.kind === 'reasoning') && item.status !== 'open' && !item.text?.trim();
}

const ESTIMATE: Partial<Record<Item['kind'], number>> = {
  user: 64,
  text: 120,
  reasoning: 32,
  tool: 32,
  plan: 120,
  todo: 32,
  ask: 32,
  notice: 32,
  error: 96,
};

function itemRow(item: Item, key: string): Row {
  return {
    key,
    kind: item.kind === 'compaction' || item.kind === 'checkpoint' ? 'divider' : 'item',
    items: [item.id],
    est: ESTIMATE[item.kind] ?? 32,
    live: item.status === 'open',
    prompt: item.kind === 'user',
  };
}

function groupRow(items: readonly Item[]): Row {
  const first = items[0]!;
  return {
    key: `grp:${first.id}`,
    kind: 'group',
    items: items.map((item) => item.id),
    est: 32,
    live: items.some((item) => item.status === 'open'),
    prompt: false,
  };
}

export interface Derived {
  readonly rows: readonly Row[];
  /** Index of the first item behind the row of the same index. */
  readonly starts: readonly number[];
}

export const NO_ROWS: Derived = { rows: [], starts: [] };

/**
 * Derives rows, reusing those of `before` that end before item index `from`.
 *
 * @param from lowest index in `order` that changed; 0 derives everything
 */
export function deriveRows(
  order: readonly string[],
  items: ReadonlyMap<string, Item>,
  density: Density,
  before: Derived = NO_ROWS,
  from = 0,
): Derived {
  let row = -1;
  if (from > 0) while (row + 1 < before.rows.length && before.starts[row + 1]! <= from) row++;
  // The row in front may be a group that the change joins, so it is derived again as well.
  const keep = Math.max(0, row - 1);
  const rows = before.rows.slice(0, keep);
  const starts = before.starts.slice(0, keep);
  let at = keep === 0 ? 0 : before.starts[keep]!;
  let run: Item[] = [];
  let runStart = 0;
  const flush = () => {
    if (run.length > 0) {
      rows.push(groupRow(run));
      starts.push(runStart);
    }
    run = [];
  };
  for (; at < order.length; at++) {
    const item = items.get(order[at]!);
    if (!item || hidden(item, items)) continue;
    // Thinking opens no run of its own: it joins one that a tool has begun, so nothing on screen
    // is swallowed afterwards.
    if (foldable(item, density) && (item.kind !== 'reasoning' || run.length > 0)) {
      if (run.length === 0) runStart = at;
      run.push(item);
      continue;
    }
    flush();
    rows.push(itemRow(item, item.id));
    starts.push(at);
  }
  flush();
  return { rows, starts };
}

export const TAIL_LEAST = 12;
export const TAIL_MOST = 60;

/**
 * Where the live tail begins: everything since the last prompt, at least the last 12 rows, at most
 * 60. It moves in steps and never back, so that rows do not wander between the two halves.
 *
 * @param before the index it began at so far, for the same list of rows
 */
export function tailStart(rows: readonly Row[], before = 0): number {
  const count = rows.length;
  let prompt = count;
  for (let at = count - 1; at >= 0; at--) {
    if (rows[at]!.prompt) {
      prompt = at;
      break;
    }
  }
  if (prompt === count) prompt = 0;
  const wanted = Math.max(0, Math.min(prompt, count - TAIL_LEAST));
  const start = Math.max(wanted, Math.min(before, count));
  if (count - start <= TAIL_MOST) return start;
  return count - TAIL_MOST + TAIL_LEAST;
}

export interface WorkSummary {
  read: number;
  search: number;
  ran: number;
  fetched: number;
  edited: number;
  thought: number;
  agents: number;
  other: number;
  failed: Item[];
  cancelled: number;
  current: Item | undefined;
  from: string;
  to: string | undefined;
}

/** What a run of work did, for its one line. */
export function summarise(members: readonly Item[]): WorkSummary {
  const sum: WorkSummary = {
    read: 0, search: 0, ran: 0, fetched: 0, edited: 0, thought: 0, agents: 0, other: 0,
    failed: [], cancelled: 0, current: undefined, from: members[0]?.at ?? '', to: members[0]?.endedAt,
  };
  const files = new Set<string>();
  for (const item of members) {
    if (item.status === 'open') sum.current = item;
    if (item.status === 'failed') sum.failed.push(item);
    if (item.status === 'cancelled') sum.cancelled++;
    if (item.endedAt && (!sum.to || item.endedAt > sum.to)) sum.to = item.endedAt;
    if (item.kind === 'reasoning') {
      sum.thought++;
      continue;
    }
    switch (item.tool?.kind) {
      case 'read':
        files.add(item.tool.paths[0] ?? item.id);
        break;
      case 'search':
        sum.search++;
        break;
      case 'execute':
        sum.ran++;
        break;
      case 'fetch':
        sum.fetched++;
        break;
      case 'edit':
      case 'delete':
      case 'move':
        sum.edited++;
        break;
      case 'think':
        sum.thought++;
        break;
      case 'subagent':
        sum.agents++;
        break;
      default:
        sum.other++;
    }
  }
  sum.read = files.size;
  if (sum.current) sum.to = undefined;
  return sum;
}
