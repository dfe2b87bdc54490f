import { describe, expect, it } from 'vitest';
import type { Ask, Fact, Item, Turn } from '../../src/core/protocol.gen';
import { LaneModel } from '../../src/core/reduce';
import type { Delta, LaneFrame, SeqFact } from '../../src/core/types';
import { random } from './random';

const AT = '2026-11-20T10:00:00Z';

function item(id: string, more: Partial<Item> = {}): Item {
  return { id, lane: 'l', kind: 'text', status: 'open', at: AT, ...more };
}

function turn(id: string, more: Partial<Turn> = {}): Turn {
  return { id, lane: 'l', state: 'queued', text: id, bytes: 1, agent: 'a', attachments: [], clientId: `c-${id}`, queuedAt: AT, ...more };
}

function ask(id: string, more: Partial<Ask> = {}): Ask {
  return { id, session: 's', lane: 'l', turn: 't1', item: `i-${id}`, agent: 'a', hash: 'h', kind: 'permission', state: 'open', title: id, options: [], at: AT, ...more };
}

function numbered(facts: Fact[]): SeqFact[] {
  return facts.map((fact, at) => ({ ...fact, lane: 'l', seq: at + 1, at: AT }));
}

function welcome(seq: number, more: object = {}): LaneFrame {
  return { type: 'welcome', lane: 'l', epoch: 'e', seq, ...more };
}

function delta(id: string, at: number, text: string): Delta {
  return { type: 'delta', item: id, field: 'text', at, text };
}

function seen(model: LaneModel) {
  return {
    seq: model.seq,
    order: [...model.order],
    items: [...model.items.values()],
    turns: [...model.turns.values()],
    asks: [...model.asks.values()],
    queue: model.queue,
    state: model.state,
  };
}

/** What a server would have said: a log of facts, with the deltas of each text in between. */
function story(rand: () => number): { facts: SeqFact[]; deltas: Map<number, Delta[]> } {
  const facts: Fact[] = [];
  const deltas = new Map<number, Delta[]>();
  for (let n = 1; n <= 6; n++) {
    const id = `t${n}`;
    facts.push({ type: 'turn.queued', turn: turn(id) }, { type: 'turn.started', turn: id, agent: 'a' }, { type: 'lane.changed', state: 'running' });
    for (let k = 0; k < 3; k++) {
      const one = `${id}-i${k}`;
      facts.push({ type: 'item.started', item: item(one, { turn: id }) });
      const parts: Delta[] = [];
      let text = '';
      for (let p = 0; p < 4; p++) {
        const part = `${one}.${p}😀 `.slice(0, 3 + Math.floor(rand() * 9));
        parts.push(delta(one, text.length, part));
        text += part;
      }
      deltas.set(facts.length, parts);
      if (rand() < 0.3) facts.push({ type: 'item.updated', item: item(one, { turn: id, status: 'open' }) });
      facts.push({ type: 'item.completed', item: item(one, { turn: id, status: 'done', text, endedAt: AT }) });
    }
    if (rand() < 0.5) facts.push({ type: 'ask.opened', ask: ask(`k${n}`) }, { type: 'ask.closed', ask: ask(`k${n}`, { state: 'answered' }), by: 'x' });
    facts.push({ type: 'turn.ended', turn: id, state: 'completed', reason: 'end_turn' }, { type: 'lane.changed', state: 'idle' });
  }
  return { facts: numbered(facts), deltas };
}

describe('the state of a lane', () => {
  it('R-EVT-3 R-EVT-4 any split, duplicate, loss or reordering of a log converges to the same state', () => {
    for (let seed = 1; seed <= 200; seed++) {
      const rand = random(seed);
      const { facts, deltas } = story(rand);
      const straight = new LaneModel();
      straight.reduce([welcome(facts.length), ...facts]);

      const model = new LaneModel();
      model.reduce([welcome(facts.length)]);
      let rounds = 0;
      while (model.seq < facts.length) {
        if (++rounds > 500) throw new Error(`seed ${seed} does not converge`);
        // A connection: what comes after our number, disturbed.
        const wire: LaneFrame[] = [];
        for (const fact of facts.slice(model.seq)) {
          wire.push(fact);
          if (rand() < 0.2) wire.push(fact);
          for (const one of deltas.get(fact.seq) ?? []) {
            wire.push(one);
            if (rand() < 0.3) wire.push(one);
          }
          if (rand() < 0.08) wire.splice(Math.floor(rand() * wire.length), 1);
          if (rand() < 0.08 && wire.length > 1) wire.push(wire.splice(Math.floor(rand() * wire.length), 1)[0]!);
          if (rand() < 0.03) break;
        }
        while (wire.length > 0) {
          const change = model.reduce(wire.splice(0, 1 + Math.floor(rand() * 5)));
          if (change.broken) break;
        }
        if (rand() < 0.3) model.reduce([welcome(facts.length)]);
      }
      expect(seen(model), `seed ${seed}`).toEqual(seen(straight));
    }
  });

  it('R-EVT-3 a fact that was applied already changes nothing, a gap asks for a new connection', () => {
    const facts = numbered([{ type: 'item.started', item: item('a') }, { type: 'item.started', item: item('b') }, { type: 'item.started', item: item('c') }]);
    const model = new LaneModel();
    model.reduce([welcome(3), facts[0]!]);
    expect(model.reduce([facts[0]!]).items.size).toBe(0);
    expect(model.reduce([facts[2]!]).broken).toBe('gap');
    expect(model.seq).toBe(1);
    expect(model.reduce([facts[1]!, facts[2]!]).broken).toBeUndefined();
    expect(model.order).toEqual(['a', 'b', 'c']);
  });

  it('R-EVT-5 an update never moves an item', () => {
    const model = new LaneModel();
    model.reduce([welcome(4), ...numbered([
      { type: 'item.started', item: item('a') }, { type: 'item.started', item: item('b') },
      { type: 'item.updated', item: item('a', { tool: { name: 'x', kind: 'read', title: 'later', paths: [] } }) },
      { type: 'item.completed', item: item('a', { status: 'done', text: 'end' }) },
    ])]);
    expect(model.order).toEqual(['a', 'b']);
  });

  it('R-EVT-7 a fact or frame of an unknown kind is counted and otherwise ignored', () => {
    const model = new LaneModel();
    const strange = { type: 'galaxy.moved', lane: 'l', seq: 1, at: AT } as unknown as LaneFrame;
    const change = model.reduce([welcome(2), strange, { type: 'weather' } as unknown as LaneFrame, { ...numbered([{ type: 'item.started', item: item('a') }])[0]!, seq: 2 }]);
    expect(change.broken).toBeUndefined();
    expect(model.seq).toBe(2);
    expect(model.order).toEqual(['a']);
  });

  it('R-EVT-3 deltas overwrite at their place, so a replayed one is harmless', () => {
    const model = new LaneModel();
    model.reduce([welcome(1), ...numbered([{ type: 'item.started', item: item('a') }])]);
    model.reduce([delta('a', 0, 'Hello '), delta('a', 6, 'world')]);
    model.reduce([delta('a', 0, 'Hello world'), delta('a', 6, 'world'), delta('a', 11, '!')]);
    expect(model.items.get('a')?.text).toBe('Hello world!');
  });

  it('a delta beyond what is known asks for the item, once, and goes on from the answer', () => {
    const model = new LaneModel();
    model.reduce([welcome(1), ...numbered([{ type: 'item.started', item: item('a') }])]);
    expect(model.reduce([delta('a', 100, 'tail'), delta('a', 104, '!')]).wanted).toEqual(['a']);
    model.reduce([{ type: 'item', item: item('a', { text: 'x'.repeat(104), cut: {} }) }, delta('a', 104, '!')]);
    expect(model.items.get('a')?.text).toBe(`${'x'.repeat(104)}!`);
  });

  it('an open text of which only the last part is sent shows a hole and goes on behind it', () => {
    const model = new LaneModel();
    model.reduce([welcome(1), ...numbered([{ type: 'item.started', item: item('a') }])]);
    model.reduce([delta('a', 1_000, 'tail')]);
    model.reduce([{ type: 'item', item: item('a', { text: 'headtail', cut: { text: { at: 4, omitted: 996 } }, truncated: true }) }]);
    model.reduce([delta('a', 1_004, ' and on')]);
    expect(model.items.get('a')).toMatchObject({ text: 'headtail and on', cut: { text: { at: 4, omitted: 996 } } });
  });

  it('R-TURN-4 the completed item is the authority, also when it is shorter', () => {
    const model = new LaneModel();
    const facts = numbered([{ type: 'item.started', item: item('a') }, { type: 'item.completed', item: item('a', { status: 'done', text: 'short' }) }]);
    model.reduce([welcome(2), facts[0]!, delta('a', 0, 'much longer text')]);
    model.reduce([facts[1]!, delta('a', 5, ' late')]);
    expect(model.items.get('a')?.text).toBe('short');
  });

  it('R-EVT-4 another epoch clears everything, and a reset brings the newest items', () => {
    const model = new LaneModel();
    model.reduce([welcome(1), ...numbered([{ type: 'item.started', item: item('old') }])]);
    const change = model.reduce([
      { type: 'welcome', lane: 'l', epoch: 'e2', seq: 9, asks: [ask('k')], queue: { held: true, turns: ['t'] } },
      { type: 'reset', epoch: 'e2', seq: 9, items: [item('new', { status: 'done', text: 'x' })], more: true },
    ]);
    expect(change.reset).toBe(true);
    expect(seen(model)).toMatchObject({ seq: 9, order: ['new'], queue: { held: true } });
    expect([...model.asks.keys()]).toEqual(['k']);
    expect(model.more).toBe(true);
  });

  it('slash commands of the welcome stay when the history is replaced, and a later fact wins', () => {
    const model = new LaneModel();
    const commands = [{ agent: 'practice', commands: [{ name: 'plan' }] }];
    model.reduce([welcome(6_000, { commands }), { type: 'reset', epoch: 'e', seq: 6_000, items: [], more: false }]);
    expect([...model.commands]).toEqual([['practice', [{ name: 'plan' }]]]);
    model.reduce([{ ...numbered([{ type: 'commands.changed', agent: 'practice', commands: [{ name: 'init' }] }])[0]!, seq: 6_001 }]);
    expect([...model.commands]).toEqual([['practice', [{ name: 'init' }]]]);
  });

  it('R-ASK-5 while catching up, an ask that was answered long ago never shows', () => {
    const model = new LaneModel();
    const facts = numbered([{ type: 'ask.opened', ask: ask('k') }, { type: 'ask.closed', ask: ask('k', { state: 'answered' }), by: 'x' }, { type: 'ask.opened', ask: ask('open') }]);
    model.reduce([welcome(3, { asks: [ask('open')] }), facts[0]!]);
    expect([...model.asks.keys()]).toEqual(['open']);
    model.reduce(facts.slice(1));
    expect([...model.asks.keys()]).toEqual(['open']);
  });

  it('an older page goes in front without touching what is there', () => {
    const model = new LaneModel();
    model.reduce([welcome(0), { type: 'reset', epoch: 'e', seq: 5, items: [item('c', { status: 'done' })], more: true }]);
    const change = model.prepend([item('a', { status: 'done' }), item('b', { status: 'done' }), item('c', { status: 'done' })], false);
    expect(model.order).toEqual(['a', 'b', 'c']);
    expect([model.indexOf('a'), model.indexOf('c'), change.from, model.more]).toEqual([0, 2, 0, false]);
  });

  it('R-LANE-6 a snapshot paints the same and goes on from its number', () => {
    const { facts } = story(random(7));
    const model = new LaneModel();
    model.reduce([welcome(facts.length), ...facts.slice(0, 20)]);
    expect(model.snapshot(200)).toBeNull(); // still catching up
    model.reduce(facts.slice(20));
    const copy = new LaneModel();
    copy.restore(structuredClone(model.snapshot(200)!));
    expect(seen(copy)).toEqual(seen(model));
    expect(copy.reduce([welcome(facts.length), { ...numbered([{ type: 'item.started', item: item('z') }])[0]!, seq: facts.length + 1 }]).broken).toBeUndefined();
  });

  it('the items of a subagent hang below its tool', () => {
    const model = new LaneModel();
    const change = model.reduce([welcome(2), ...numbered([{ type: 'item.started', item: item('p', { kind: 'tool' }) }, { type: 'item.started', item: item('c', { parent: 'p' }) }])]);
    expect(model.children.get('p')).toEqual(['c']);
    expect(change.items.has('p')).toBe(true);
  });
});
