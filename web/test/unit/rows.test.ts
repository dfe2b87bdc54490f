import { describe, expect, it } from 'vitest';
import type { Item } from '../../src/core/protocol.gen';
import { deriveRows, summarise, TAIL_LEAST, TAIL_MOST, tailStart } from '../../src/core/rows';
import type { Density, Row } from '../../src/core/types';
import { random } from './random';

function tool(id: string, kind: string, more: Partial<Item> = {}): Item {
  return { id, lane: 'l', kind: 'tool', status: 'done', at: '2026-11-20T10:00:00Z', endedAt: '2026-11-20T10:00:02Z', tool: { name: kind, kind, title: kind, paths: [`${id}.txt`] }, ...more };
}

function plain(id: string, kind: Item['kind'], more: Partial<Item> = {}): Item {
  return { id, lane: 'l', kind, status: 'done', at: '2026-11-20T10:00:00Z', text: id, ...more };
}

function derive(list: Item[], density: Density = 'normal') {
  return deriveRows(list.map((one) => one.id), new Map(list.map((one) => [one.id, one])), density).rows.map((row) => `${row.key}(${row.items.join(' ')})`);
}

describe('rows', () => {
  it('R-UI-4 work between two texts is one row; text, edits, plans, asks and errors are never folded', () => {
    const list = [plain('u', 'user'), tool('r1', 'read'), tool('s1', 'search'), plain('x1', 'text'), tool('r2', 'read'), tool('e1', 'edit'), tool('c1', 'execute'), plain('k', 'ask'), tool('r3', 'read'), plain('p', 'plan'), tool('r4', 'read'), plain('er', 'error')];
    expect(derive(list)).toEqual(['u(u)', 'grp:r1(r1 s1)', 'x1(x1)', 'grp:r2(r2)', 'e1(e1)', 'grp:c1(c1)', 'k(k)', 'grp:r3(r3)', 'p(p)', 'grp:r4(r4)', 'er(er)']);
  });

  it('thinking before work stands alone, thinking within work joins it', () => {
    expect(derive([plain('t1', 'reasoning'), tool('a', 'read'), plain('t2', 'reasoning'), tool('b', 'read')])).toEqual(['t1(t1)', 'grp:a(a t2 b)']);
  });

  it('prose that ended without a word has no row', () => {
    expect(derive([plain('a', 'text', { text: '' }), tool('r', 'read'), plain('b', 'reasoning', { text: ' ' }), tool('s', 'read'), plain('c', 'text', { text: '', status: 'open' })])).toEqual(['grp:r(r s)', 'c(c)']);
  });

  it('the density decides what folds', () => {
    const list = [tool('a', 'read'), tool('b', 'edit'), tool('c', 'read')];
    expect(derive(list, 'compact')).toEqual(['grp:a(a b c)']);
    expect(derive(list, 'normal')).toEqual(['grp:a(a)', 'b(b)', 'grp:c(c)']);
    expect(derive(list, 'everything')).toEqual(['a(a)', 'b(b)', 'c(c)']);
  });

  it('R-EVT-5 a growing run keeps its key, so its row stays the same element', () => {
    expect(derive([tool('a', 'read')])).toEqual(['grp:a(a)']);
    expect(derive([tool('a', 'read'), tool('b', 'read')])).toEqual(['grp:a(a b)']);
  });

  it('deriving from the changed index gives what deriving everything gives, and keeps the rows before it', () => {
    const kinds = ['read', 'search', 'execute', 'edit', 'text', 'user', 'reasoning', 'notice', 'child'];
    for (let seed = 1; seed <= 300; seed++) {
      const rand = random(seed);
      const order: string[] = [];
      const items = new Map<string, Item>();
      let derived = deriveRows(order, items, 'normal');
      for (let step = 0; step < 60; step++) {
        let from: number;
        if (order.length > 0 && rand() < 0.3) {
          from = Math.floor(rand() * order.length);
          const old = items.get(order[from]!)!;
          items.set(old.id, rand() < 0.5 ? { ...old, status: 'failed' } : tool(old.id, rand() < 0.5 ? 'edit' : 'read'));
        } else {
          const kind = kinds[Math.floor(rand() * kinds.length)]!;
          const id = `i${step}`;
          items.set(id, kind === 'child' ? plain(id, 'text', { parent: 'p' }) : ['text', 'user', 'reasoning', 'notice'].includes(kind) ? plain(id, kind as Item['kind']) : tool(id, kind));
          from = order.push(id) - 1;
        }
        derived = deriveRows(order, items, 'normal', derived, from);
        expect(derived.rows, `seed ${seed} step ${step}`).toEqual(deriveRows(order, items, 'normal').rows);
      }
    }
  }, 30_000);

  it('rows in front of a change are the same objects', () => {
    const list = Array.from({ length: 40 }, (_, at) => plain(`i${at}`, 'text'));
    const items = new Map(list.map((one) => [one.id, one]));
    const order = list.map((one) => one.id);
    const before = deriveRows(order.slice(0, 39), items, 'normal');
    const after = deriveRows(order, items, 'normal', before, 39);
    expect(after.rows[20]).toBe(before.rows[20]);
  });

  it('a run says what was done, what failed and what is being done', () => {
    const sum = summarise([tool('a', 'read'), tool('a2', 'read', { tool: { name: 'read', kind: 'read', title: '', paths: ['a.txt'] } }), tool('s', 'search'), tool('x', 'execute', { status: 'failed' }), tool('y', 'execute', { status: 'open' })]);
    expect(sum).toMatchObject({ read: 1, search: 1, ran: 2, to: undefined });
    expect(sum.failed.map((one) => one.id)).toEqual(['x']);
    expect(sum.current?.id).toBe('y');
  });
});

describe('the live tail', () => {
  const rows = (marks: string): Row[] => [...marks].map((mark, at) => ({ key: `k${at}`, kind: 'item', items: [`i${at}`], est: 30, live: false, prompt: mark === 'u' }));

  it('R-UI-12 holds everything since the last prompt, at least 12 rows, at most 60', () => {
    expect(tailStart(rows('.'.repeat(100) + 'u' + '.'.repeat(30)))).toBe(100);
    expect(tailStart(rows('.'.repeat(100) + 'u..'))).toBe(103 - TAIL_LEAST);
    const long = tailStart(rows('u' + '.'.repeat(500)));
    expect(501 - long).toBeLessThanOrEqual(TAIL_MOST);
    expect(tailStart(rows('u...'))).toBe(0);
  });

  it('moves in steps and never back', () => {
    let start = 0;
    let moves = 0;
    for (let n = 1; n <= 400; n++) {
      const next = tailStart(rows('u' + '.'.repeat(n)), start);
      expect(next).toBeGreaterThanOrEqual(start);
      if (next !== start) moves++;
      start = next;
    }
    expect(moves).toBeLessThan(40);
  });
});
