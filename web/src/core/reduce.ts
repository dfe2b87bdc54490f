// One lane as the client knows it: facts in, state out. Plain data and no framework, so that every
// rule of the contract can be tested without a browser.
import { EMPTY, overwrite, overwriteAnyway, whole, type Grown } from './grown';
import type { Answer, Ask, Command, Item, ItemField, LaneState, Queue, ThreadState, Turn, Usage, WaitsFor } from './protocol.gen';
import type { Delta, LaneFrame, LaneReset, LaneWelcome, SeqFact } from './types';

export const FIELDS: readonly ItemField[] = ['text', 'output', 'diff'];

/** What one batch of frames changed, so that only that is drawn again. */
export interface ChangeSet {
  /** Items with new content. */
  items: Set<string>;
  /** Lowest index in `order` from which rows must be derived again; `Infinity` when none. */
  from: number;
  /** True when everything was replaced. */
  reset: boolean;
  /** True when anything beside items changed: turns, queue, asks, state, threads. */
  lane: boolean;
  /** Items of which a part is missing; the caller asks the server for them. */
  wanted: string[];
  /** Why the connection must be closed and opened again with our number, if so. */
  broken?: 'gap' | undefined;
  /** The facts that were applied, in order. */
  facts: SeqFact[];
}

export function noChange(): ChangeSet {
  return { items: new Set(), from: Infinity, reset: false, lane: false, wanted: [], facts: [] };
}

type Open = Partial<Record<ItemField, Grown>>;

export interface AskClosedNote {
  ask: Ask;
  answer?: Answer;
  by: string;
  at: string;
}

export class LaneModel {
  epoch: string | null = null;
  /** Number of the last fact applied. */
  seq = 0;
  /** Number up to which the server was when it welcomed us; below it we are catching up. */
  target = 0;
  /** Whether older items exist that were not loaded. */
  more = false;
  state: LaneState = 'idle';
  waitsFor: WaitsFor | undefined;
  readonly items = new Map<string, Item>();
  readonly order: string[] = [];
  readonly turns = new Map<string, Turn>();
  readonly asks = new Map<string, Ask>();
  /** Asks that were closed while we watched, with who did it; the card says so for a moment. */
  readonly closed = new Map<string, AskClosedNote>();
  /** Every ask that was seen, with how it ended, for the marks in the transcript. */
  readonly seenAsks = new Map<string, AskClosedNote | { ask: Ask }>();
  readonly threads = new Map<string, ThreadState>();
  readonly usage = new Map<string, Usage>();
  readonly commands = new Map<string, Command[]>();
  queue: Queue = { held: false, turns: [] };

  /** Items of a subagent, by the tool item that started it. */
  readonly children = new Map<string, string[]>();

  private readonly index = new Map<string, number>();
  private readonly open = new Map<string, Open>();
  private readonly asked = new Set<string>();
  private welcomed: LaneWelcome | null = null;

  get catchingUp(): boolean {
    return this.seq < this.target;
  }

  indexOf(item: string): number {
    return this.index.get(item) ?? -1;
  }

  /** Applies frames in order. Never throws on what it does not understand. */
  reduce(frames: readonly LaneFrame[]): ChangeSet {
    const change = noChange();
    const grown = new Set<string>();
    for (const frame of frames) {
      if (change.broken) break;
      this.take(frame, change, grown);
    }
    for (const id of grown) this.materialise(id, change);
    return change;
  }

  private take(frame: LaneFrame, change: ChangeSet, grown: Set<string>): void {
    switch (frame.type) {
      case 'welcome':
        return this.welcome(frame, change);
      case 'reset':
        return this.reset(frame, change);
      case 'delta':
        return this.delta(frame, change, grown);
      case 'item':
        return this.refreshed(frame.item, change);
      case 'ack':
      case 'ping':
      case 'error':
        return;
    }
    if (typeof (frame as { seq?: unknown }).seq === 'number') this.numbered(frame, change, grown);
  }

  private welcome(frame: LaneWelcome, change: ChangeSet): void {
    if (this.epoch !== null && this.epoch !== frame.epoch) this.clear(change);
    this.epoch = frame.epoch;
    this.target = frame.seq;
    this.welcomed = frame;
    this.asked.clear();
    if (Array.isArray(frame.asks)) {
      this.asks.clear();
      for (const ask of frame.asks) this.openAsk(ask);
    }
    if (frame.queue && Array.isArray(frame.queue.turns)) this.queue = frame.queue;
    if (frame.view) this.state = frame.view.state;
    for (const thread of frame.threads ?? []) this.threads.set(thread.agent, thread);
    for (const offer of frame.commands ?? []) this.commands.set(offer.agent, offer.commands);
    change.lane = true;
  }

  private reset(frame: LaneReset, change: ChangeSet): void {
    this.clear(change);
    this.epoch = frame.epoch;
    this.seq = frame.seq;
    this.target = Math.max(frame.seq, this.target);
    this.more = frame.more;
    if (this.welcomed) this.welcomeAgain(this.welcomed);
    for (const item of frame.items) this.put(item, change);
  }

  /** What the welcome said stays true after the history was replaced. */
  private welcomeAgain(frame: LaneWelcome): void {
    for (const ask of frame.asks ?? []) this.openAsk(ask);
    if (frame.queue && Array.isArray(frame.queue.turns)) this.queue = frame.queue;
    for (const thread of frame.threads ?? []) this.threads.set(thread.agent, thread);
    for (const offer of frame.commands ?? []) this.commands.set(offer.agent, offer.commands);
    if (frame.view) this.state = frame.view.state;
    else if (frame.running) this.state = this.asks.size > 0 ? 'waiting' : 'running';
  }

  private openAsk(ask: Ask): void {
    this.asks.set(ask.id, ask);
    this.seenAsks.set(ask.id, { ask });
  }

  private clear(change: ChangeSet): void {
    this.items.clear();
    this.order.length = 0;
    this.index.clear();
    this.children.clear();
    this.open.clear();
    this.turns.clear();
    this.asks.clear();
    this.closed.clear();
    this.seenAsks.clear();
    this.threads.clear();
    this.usage.clear();
    this.commands.clear();
    this.queue = { held: false, turns: [] };
    this.state = 'idle';
    this.waitsFor = undefined;
    this.seq = 0;
    this.more = false;
    change.reset = true;
    change.lane = true;
    change.from = 0;
  }

  private numbered(fact: SeqFact, change: ChangeSet, grown: Set<string>): void {
    if (fact.seq <= this.seq) return;
    if (fact.seq !== this.seq + 1) {
      change.broken = 'gap';
      return;
    }
    this.seq = fact.seq;
    change.facts.push(fact);
    this.apply(fact, change, grown);
  }

  private apply(fact: SeqFact, change: ChangeSet, grown: Set<string>): void {
    switch (fact.type) {
      case 'item.started':
      case 'item.updated':
        this.put(fact.item, change);
        return;
      case 'item.completed':
        grown.delete(fact.item.id);
        this.put(fact.item, change);
        return;
    }
    change.lane = true;
    const past = fact.seq <= this.target ? this.welcomed : null;
    switch (fact.type) {
      case 'turn.queued':
      case 'turn.changed':
        this.turns.set(fact.turn.id, fact.turn);
        return;
      case 'turn.withdrawn':
        this.patchTurn(fact.turn, { state: 'withdrawn' });
        return;
      case 'turn.started':
        this.patchTurn(fact.turn, { state: 'running', startedAt: fact.at });
        return;
      case 'turn.ended':
        this.patchTurn(fact.turn, {
          state: fact.state,
          reason: fact.reason,
          endedAt: fact.at,
          ...(fact.error ? { error: fact.error } : {}),
          ...(fact.usage ? { usage: fact.usage } : {}),
        });
        return;
      case 'ask.opened':
        // While catching up, an ask that the welcome no longer lists was answered long ago.
        this.seenAsks.set(fact.ask.id, { ask: fact.ask });
        change.items.add(fact.ask.item);
        if (past?.asks && !past.asks.some((ask) => ask.id === fact.ask.id)) return;
        this.asks.set(fact.ask.id, fact.ask);
        return;
      case 'ask.closed': {
        const note: AskClosedNote = { ask: fact.ask, by: fact.by, at: fact.at, ...(fact.answer ? { answer: fact.answer } : {}) };
        this.seenAsks.set(fact.ask.id, note);
        change.items.add(fact.ask.item);
        if (this.asks.delete(fact.ask.id)) this.closed.set(fact.ask.id, note);
        return;
      }
      case 'thread.changed':
        this.threads.set(fact.thread.agent, fact.thread);
        return;
      case 'lane.changed':
        this.state = fact.state;
        this.waitsFor = fact.waitsFor;
        return;
      case 'commands.changed':
        this.commands.set(fact.agent, fact.commands);
        return;
      case 'usage.changed':
        this.usage.set(fact.agent, fact.usage);
        return;
      case 'queue.changed':
        if (past?.queue) return;
        this.queue = fact.queue;
        return;
    }
    // A fact of a kind we do not know yet: its number counts, its content does not.
  }

  private patchTurn(id: string, patch: Partial<Turn>): void {
    const turn = this.turns.get(id);
    if (turn) this.turns.set(id, { ...turn, ...patch });
  }

  /** Puts an item in its place; an item that is there never moves. */
  private put(item: Item, change: ChangeSet): void {
    const before = this.items.get(item.id);
    if (item.status === 'open') {
      const grown = this.open.get(item.id) ?? seeded(item);
      this.open.set(item.id, grown);
      this.items.set(item.id, withGrown(item, grown));
    } else {
      this.open.delete(item.id);
      this.items.set(item.id, item);
    }
    this.touch(item.id, before, change);
  }

  private touch(id: string, before: Item | undefined, change: ChangeSet): void {
    let at = this.index.get(id);
    if (at === undefined) {
      at = this.order.push(id) - 1;
      this.index.set(id, at);
    }
    change.items.add(id);
    const now = this.items.get(id);
    if (now?.parent) this.adopt(now.parent, id, change);
    // Growing text alone changes no row; anything that grouping looks at does.
    if (!before || !now || before.status !== now.status || before.kind !== now.kind || before.tool?.kind !== now.tool?.kind) {
      change.from = Math.min(change.from, at);
    }
  }

  private adopt(parent: string, child: string, change: ChangeSet): void {
    const known = this.children.get(parent) ?? [];
    if (known.includes(child)) return;
    this.children.set(parent, [...known, child]);
    // A new object, so that whoever shows the parent counts again.
    const item = this.items.get(parent);
    if (item) this.items.set(parent, { ...item });
    change.items.add(parent);
  }

  private delta(delta: Delta, change: ChangeSet, grown: Set<string>): void {
    const open = this.open.get(delta.item);
    if (!open || !FIELDS.includes(delta.field)) return;
    const held = open[delta.field] ?? EMPTY;
    let next = overwrite(held, delta.at, delta.text);
    if (!next) {
      if (!this.asked.has(delta.item)) {
        this.asked.add(delta.item);
        change.wanted.push(delta.item);
        return;
      }
      next = overwriteAnyway(held, delta.at, delta.text);
    }
    if (next === held) return;
    open[delta.field] = next;
    grown.add(delta.item);
  }

  /** The server's answer to a question about one item. */
  private refreshed(item: Item, change: ChangeSet): void {
    const known = this.items.get(item.id);
    if (!known || known.status !== 'open') return;
    if (item.status === 'open') this.open.set(item.id, seeded(item));
    this.put(item, change);
  }

  private materialise(id: string, change: ChangeSet): void {
    const item = this.items.get(id);
    const open = this.open.get(id);
    if (!item || !open) return;
    this.items.set(id, withGrown(item, open));
    change.items.add(id);
  }

  /** Puts an older page in front. Items that are known already are skipped. */
  prepend(items: readonly Item[], more: boolean): ChangeSet {
    const change = noChange();
    const fresh = items.filter((item) => !this.index.has(item.id));
    this.more = more;
    this.order.unshift(...fresh.map((item) => item.id));
    for (const item of fresh) {
      this.items.set(item.id, item);
      if (item.parent) this.adopt(item.parent, item.id, change);
      change.items.add(item.id);
    }
    this.order.forEach((id, at) => this.index.set(id, at));
    // What stood on the older page stands before what was there already, below a parent as well.
    const parents = new Set(fresh.flatMap((item) => item.parent ?? []));
    for (const parent of parents) this.children.get(parent)?.sort((a, b) => this.indexOf(a) - this.indexOf(b));
    change.from = 0;
    change.lane = true;
    return change;
  }

  /** A copy that can be stored and painted before the server answered; at most `limit` items. */
  snapshot(limit: number): Snapshot | null {
    if (this.epoch === null || this.catchingUp) return null;
    const kept = this.order.slice(-limit);
    return {
      epoch: this.epoch,
      seq: this.seq,
      more: this.more || kept.length < this.order.length,
      state: this.state,
      items: kept.flatMap((id) => this.items.get(id) ?? []),
      turns: [...this.turns.values()].slice(-limit),
      asks: [...this.asks.values()],
      seenAsks: [...this.seenAsks.values()].slice(-limit),
      queue: this.queue,
      threads: [...this.threads.values()],
      usage: [...this.usage],
      commands: [...this.commands],
    };
  }

  restore(snapshot: Snapshot): ChangeSet {
    const change = noChange();
    this.clear(change);
    this.epoch = snapshot.epoch;
    this.seq = snapshot.seq;
    this.more = snapshot.more;
    this.state = snapshot.state;
    this.queue = snapshot.queue;
    for (const turn of snapshot.turns) this.turns.set(turn.id, turn);
    for (const note of snapshot.seenAsks ?? []) this.seenAsks.set(note.ask.id, note);
    for (const ask of snapshot.asks) this.openAsk(ask);
    for (const thread of snapshot.threads) this.threads.set(thread.agent, thread);
    for (const [agent, usage] of snapshot.usage) this.usage.set(agent, usage);
    for (const [agent, commands] of snapshot.commands) this.commands.set(agent, commands);
    for (const item of snapshot.items) this.put(item, change);
    return change;
  }
}

export interface Snapshot {
  epoch: string;
  seq: number;
  more: boolean;
  state: LaneState;
  items: Item[];
  turns: Turn[];
  asks: Ask[];
  seenAsks?: (AskClosedNote | { ask: Ask })[];
  queue: Queue;
  threads: ThreadState[];
  usage: [string, Usage][];
  commands: [string, Command[]][];
}

function seeded(item: Item): Open {
  const open: Open = {};
  for (const field of FIELDS) {
    const text = item[field];
    if (text === undefined) continue;
    const cut = item.cut?.[field];
    open[field] = cut ? { text, cut: cut.at, omitted: cut.omitted } : whole(text);
  }
  return open;
}

function withGrown(item: Item, open: Open): Item {
  const next: Item = { ...item };
  for (const field of FIELDS) {
    const grown = open[field];
    if (!grown) continue;
    next[field] = grown.text;
    if (grown.omitted > 0) {
      next.cut = { ...next.cut, [field]: { at: grown.cut, omitted: grown.omitted } };
      next.truncated = true;
    }
  }
  return next;
}
