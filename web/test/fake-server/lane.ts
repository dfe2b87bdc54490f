import type { AgentCommands, Ask, Fact, Item, ItemField, Queue, ThreadState, Turn, Usage } from '../../src/core/protocol.gen';
import type { WebSocket } from 'ws';

type Partialed = Partial<Item> & Pick<Item, 'kind'>;

let serial = 0;
/** Ids that sort by creation, as the server's do. */
export function id(kind: string): string {
  return `${kind}-${(Date.now() * 1_000 + serial++).toString(36)}`;
}

interface Open {
  item: Item;
  grown: Partial<Record<ItemField, string>>;
}

/** A lane as the contract describes it, with every fact kept, and hooks to misbehave. */
export class FakeLane {
  epoch = id('epoch');
  readonly facts: (Fact & { lane: string; seq: number; at: string; clientId?: string })[] = [];
  readonly clients = new Set<WebSocket>();
  readonly turns = new Map<string, Turn>();
  readonly open = new Map<string, Open>();
  readonly asks = new Map<string, Ask>();
  readonly items: Item[] = [];
  queue: Queue = { held: false, turns: [] };
  state: 'idle' | 'queued' | 'running' | 'waiting' | 'error' = 'idle';
  running: Turn | null = null;
  readonly threads = new Map<string, ThreadState>();
  /** What the agents announced last, for the welcome. */
  commands: AgentCommands[] = [];
  /** More facts than this behind: reset instead of replay. */
  replayMost = 5_000;
  hellos: { after: number; epoch: string | null }[] = [];
  /** Numbers that are swallowed on the wire once. */
  readonly swallow = new Set<number>();
  duplicate = false;
  onState: () => void = () => {};
  clockMs = Date.parse('2026-11-20T10:00:00Z');

  constructor(
    readonly id: string,
    readonly session: string,
    readonly name: 'worker' | 'planner',
  ) {}

  get seq(): number {
    return this.facts.length;
  }

  private now(): string {
    return new Date(Math.max(this.clockMs, Date.now())).toISOString();
  }

  fact(fact: Fact, clientId?: string): void {
    const whole = { lane: this.id, seq: this.seq + 1, at: this.now(), ...fact, ...(clientId ? { clientId } : {}) };
    this.facts.push(whole);
    if (this.swallow.delete(whole.seq)) return;
    this.send(whole);
    if (this.duplicate) this.send(whole);
  }

  send(frame: object): void {
    const text = JSON.stringify(frame);
    for (const client of this.clients) if (client.readyState === 1) client.send(text);
  }

  // ---- sockets ----

  greet(client: WebSocket, hello: { after?: number; epoch?: string | null; replay?: string }): void {
    const after = hello.after ?? 0;
    const epoch = hello.epoch ?? null;
    this.hellos.push({ after, epoch });
    const say = (frame: object) => client.send(JSON.stringify(frame));
    say({ type: 'welcome', lane: this.id, epoch: this.epoch, seq: this.seq, running: this.running, asks: [...this.asks.values()], reviews: [], queue: this.queue, view: { id: this.id, name: this.name, role: this.name, policy: 'workspace-write', state: this.state, sandbox: 'none' }, threads: [...this.threads.values()], commands: this.commands });
    const other = epoch !== null && epoch !== this.epoch;
    if (hello.replay !== 'all' && (other || after > this.seq || this.seq - after > this.replayMost)) {
      const items = this.items.slice(-200);
      say({ type: 'reset', epoch: this.epoch, seq: this.seq, items, more: this.items.length > items.length });
    } else {
      for (const fact of this.facts.slice(after)) say(fact);
    }
    for (const [item, open] of this.open) {
      for (const [field, text] of Object.entries(open.grown)) {
        const from = Math.max(0, text.length - 256 * 1024);
        say({ type: 'delta', item, field, at: from, text: text.slice(from) });
      }
    }
    this.clients.add(client);
  }

  /** Cuts every client off, as a restarted proxy would. */
  cut(): void {
    for (const client of this.clients) client.terminate();
    this.clients.clear();
  }

  /** History that cannot be continued. */
  newEpoch(keep = true): void {
    this.epoch = id('epoch');
    if (!keep) {
      this.items.length = 0;
      this.open.clear();
    }
    this.facts.length = 0;
    this.cut();
  }

  // ---- turns and items ----

  setState(state: FakeLane['state']): void {
    if (this.state === state) return;
    this.state = state;
    this.fact({ type: 'lane.changed', state });
    this.onState();
  }

  submit(text: string, clientId: string, agent = 'practice', more: Partial<Turn> = {}): Turn {
    const known = [...this.turns.values()].find((turn) => turn.clientId === clientId);
    if (known) return known;
    const turn: Turn = {
      id: id('turn'), lane: this.id, state: 'queued', text, bytes: Buffer.byteLength(text), agent, attachments: [], clientId, queuedAt: this.now(), ...more,
    };
    this.turns.set(turn.id, turn);
    this.fact({ type: 'turn.queued', turn }, clientId);
    const waits = more.notBefore !== undefined;
    if (this.running || waits || this.queue.turns.length > 0) this.setQueue([...this.queue.turns, turn.id]);
    else this.begin(turn);
    return turn;
  }

  /** The agent's own conversation behind the lane, as it is now. */
  thread(agent: string, patch: Partial<ThreadState> = {}): void {
    const known = this.threads.get(agent) ?? { lane: this.id, agent, driver: 'acp', nativeId: `native-${agent}`, status: 'idle', hasThread: true, origin: 'new', pid: 4_242 };
    const thread = { ...known, status: 'idle', lastActiveAt: this.now(), ...patch };
    this.threads.set(agent, thread);
    this.fact({ type: 'thread.changed', thread });
  }

  setQueue(turns: string[], held = this.queue.held, reason?: string, clientId?: string): void {
    this.queue = { held: held && turns.length > 0, turns, ...(held && reason ? { reason } : {}) };
    this.fact({ type: 'queue.changed', queue: this.queue }, clientId);
    if (this.state === 'idle' && turns.length > 0) this.setState('queued');
  }

  begin(turn: Turn): void {
    const now: Turn = { ...turn, state: 'running', startedAt: this.now() };
    this.turns.set(turn.id, now);
    this.running = now;
    this.fact({ type: 'turn.started', turn: turn.id, agent: turn.agent });
    this.setState('running');
    this.done({ kind: 'user', text: turn.text, turn: turn.id, ...(turn.attachments.length ? { attachments: turn.attachments } : {}) });
  }

  end(state: 'completed' | 'failed' | 'interrupted' = 'completed', reason = 'end_turn', error?: Item['error'], usage?: Usage): void {
    const turn = this.running;
    if (!turn) return;
    for (const item of [...this.open.keys()]) this.complete(item, state === 'completed' ? 'done' : 'cancelled');
    for (const ask of [...this.asks.values()]) this.closeAsk(ask.id, 'withdrawn', 'turn');
    this.turns.set(turn.id, { ...turn, state, reason, endedAt: this.now(), ...(usage ? { usage } : {}) });
    this.running = null;
    this.fact({ type: 'turn.ended', turn: turn.id, state, reason, ...(error ? { error } : {}), ...(usage ? { usage } : {}) });
    if (state !== 'completed' && this.queue.turns.length > 0) this.setQueue(this.queue.turns, true, state);
    this.next();
  }

  next(): void {
    if (this.running) return;
    const [first, ...rest] = this.queue.turns;
    const turn = first && this.turns.get(first);
    if (!turn || turn.notBefore || this.queue.held) return this.setState(this.queue.turns.length > 0 ? 'queued' : 'idle');
    this.setQueue(rest);
    this.begin(turn);
  }

  item(part: Partialed): Item {
    const { text, output, diff, ...rest } = part;
    const item: Item = { id: id('item'), lane: this.id, status: 'open', at: this.now(), ...(this.running ? { turn: this.running.id, agent: this.running.agent } : {}), ...rest };
    this.open.set(item.id, { item, grown: {} });
    this.items.push(item);
    this.fact({ type: 'item.started', item });
    for (const [field, value] of Object.entries({ text, output, diff })) if (value) this.grow(item.id, value, field as ItemField);
    return item;
  }

  grow(item: string, text: string, field: ItemField = 'text'): void {
    const open = this.open.get(item);
    if (!open) return;
    const at = open.grown[field]?.length ?? 0;
    open.grown[field] = (open.grown[field] ?? '') + text;
    this.send({ type: 'delta', item, field, at, text });
  }

  update(item: string, patch: Partial<Item>): void {
    const open = this.open.get(item);
    if (!open) return;
    open.item = { ...open.item, ...patch };
    this.fact({ type: 'item.updated', item: open.item });
  }

  complete(item: string, status: Item['status'] = 'done', patch: Partial<Item> = {}): void {
    const open = this.open.get(item);
    if (!open) return;
    this.open.delete(item);
    const whole: Item = { ...open.item, ...open.grown, ...patch, status, endedAt: this.now() };
    this.items[this.items.findIndex((one) => one.id === item)] = whole;
    this.fact({ type: 'item.completed', item: whole });
  }

  done(part: Partialed, status: Item['status'] = 'done'): Item {
    const { text, output, diff, ...rest } = part;
    const item = this.item(rest);
    this.complete(item.id, status, { ...(text !== undefined ? { text } : {}), ...(output !== undefined ? { output } : {}), ...(diff !== undefined ? { diff } : {}) });
    return item;
  }

  tool(kind: string, title: string, more: Partial<Item['tool'] & object> = {}, status: Item['status'] = 'done', grown: Partial<Item> = {}): Item {
    const tool = { name: kind, kind, title, paths: [], ...more };
    return status === 'open' ? this.item({ kind: 'tool', tool, ...grown }) : this.done({ kind: 'tool', tool, ...grown }, status);
  }

  // ---- asks ----

  ask(part: Partial<Ask> & Pick<Ask, 'title'>): Ask {
    const turn = this.running!;
    const askId = id('ask');
    const item = this.item({ kind: 'ask', ask: askId });
    const ask: Ask = {
      id: askId, session: this.session, lane: this.id, turn: turn.id, item: item.id, agent: turn.agent, hash: `hash-${askId}`, kind: 'permission', state: 'open',
      options: [{ id: 'allow-1', kind: 'allow', label: 'Allow' }, { id: 'reject-1', kind: 'reject', label: 'Reject' }], at: this.now(), ...part,
    };
    this.asks.set(ask.id, ask);
    this.fact({ type: 'ask.opened', ask });
    this.setState('waiting');
    return ask;
  }

  closeAsk(askId: string, state: Ask['state'], by: string, answer?: object, clientId?: string): void {
    const ask = this.asks.get(askId);
    if (!ask) return;
    this.asks.delete(askId);
    this.fact({ type: 'ask.closed', ask: { ...ask, state }, by, ...(answer ? { answer } : {}) }, clientId);
    this.complete(ask.item, state === 'answered' ? 'done' : 'cancelled');
    if (this.asks.size === 0 && this.running) this.setState('running');
  }
}
