import { SvelteMap } from 'svelte/reactivity';
import { agentOfTurn, agentsOf, nextOrigin, type Origin } from '../core/agents';
import { ApiError, clientId } from '../core/api';
import { browserClock, Inbox } from '../core/inbox';
import type { Answer, Ask, Command, Item, LaneState, Queue, ThreadState, Turn, Usage, WaitsFor } from '../core/protocol.gen';
import { LaneModel, type AskClosedNote, type ChangeSet } from '../core/reduce';
import { deriveRows, NO_ROWS, type Derived } from '../core/rows';
import type { Link, LinkState } from '../core/socket';
import type { Density, LaneFrame } from '../core/types';
import { i18n } from '../i18n/t.svelte';
import { conn, forgetLink, openLink } from './conn.svelte';
import { outbox } from './outbox.svelte';
import { prefs } from './prefs.svelte';
import { sessions } from './sessions.svelte';
import { getSnapshot, putSnapshot } from './storage';
import { announcer, toasts } from './toasts.svelte';

/** One item as a row sees it: replaced whole, so only the rows that show it are drawn again. */
export class Cell {
  item = $state.raw<Item>(undefined as unknown as Item);
  constructor(item: Item) {
    this.item = item;
  }
}

/** Where a reader was in a lane, for coming back. */
export interface Place {
  key: string;
  offset: number;
}

const SNAPSHOT_ITEMS = 200;
const SNAPSHOT_EVERY_MS = 3_000;
const CLOSED_SHOWN_MS = 2_000;
const CATCH_UP_PAINT_MS = 400;

const SPOKEN = new Set<Item['kind']>(['text', 'reasoning', 'tool', 'plan', 'todo']);

/** A lane on screen: its socket, what it says, and what the user does in it. */
export class LaneView {
  derived = $state.raw<Derived>(NO_ROWS);
  state = $state<LaneState>('idle');
  waitsFor = $state.raw<WaitsFor | undefined>(undefined);
  queue = $state.raw<Queue>({ held: false, turns: [] });
  turns = $state.raw<ReadonlyMap<string, Turn>>(new Map());
  asks = $state.raw<readonly Ask[]>([]);
  closedAsks = $state.raw<readonly AskClosedNote[]>([]);
  threads = $state.raw<ReadonlyMap<string, ThreadState>>(new Map());
  usage = $state.raw<ReadonlyMap<string, Usage>>(new Map());
  commands = $state.raw<ReadonlyMap<string, Command[]>>(new Map());
  more = $state(false);
  loadingOlder = $state(false);
  link = $state<LinkState>('connecting');
  /** Painted from the saved copy, not yet confirmed. */
  stale = $state(false);
  /** The server has told us everything up to now at least once. */
  settled = $state(false);
  full = $state(false);
  missing = $state(false);
  stopping = $state(false);
  /** Counts every change of items, for whoever searches them. */
  version = $state(0);
  /** What the user unfolded or folded, by row or item. */
  readonly open = new SvelteMap<string, boolean>();

  /** Where the reader left, or null at the end. Not reactive: only read on entry. */
  place: Place | null = null;
  /** Measured heights, by row and width; survives switching sessions. */
  readonly sizes = new Map<string, number>();

  readonly model = new LaneModel();
  private readonly cells = new Map<string, Cell>();
  private readonly inbox = new Inbox<LaneFrame>(browserClock(), (frames) => this.flush(frames));
  private socket: Link | null = null;
  private density: Density = prefs.density;
  private from = Infinity;
  private saveTimer: ReturnType<typeof setTimeout> | undefined;
  private paintedAt = 0;
  private restoring: Promise<void> | null = null;

  constructor(
    readonly session: string,
    readonly name: 'worker' | 'planner',
  ) {}

  get id(): string {
    return `${this.session}/${this.name}`;
  }

  get title(): string {
    return this.name === 'planner' ? i18n.m.planner : i18n.m.worker;
  }

  get view() {
    return sessions.session(this.session)?.lanes.find((lane) => lane.name === this.name);
  }

  get readOnly(): boolean {
    return (this.view?.policy ?? (this.name === 'planner' ? 'read-only' : '')) === 'read-only';
  }

  /** The folder its agents work in. */
  get root(): string {
    const session = sessions.session(this.session);
    return session?.worktree ?? sessions.project(session?.project ?? '')?.path ?? '';
  }

  get working(): boolean {
    return this.state === 'running' || this.state === 'waiting';
  }

  get queued(): Turn[] {
    return this.queue.turns.flatMap((id) => this.turns.get(id) ?? []);
  }

  /** Messages that were sent and do not stand in the transcript or the queue yet. */
  get pending() {
    void this.version;
    const turns = this.turns;
    return outbox.of(this.session, this.name).filter((entry) => {
      if (!entry.turn) return true;
      const turn = turns.get(entry.turn);
      if (!turn) return true;
      if (this.queue.turns.includes(entry.turn)) return false;
      return (turn.state === 'queued' || turn.state === 'running') && !this.hasPrompt(entry.turn);
    });
  }

  cell(id: string): Cell | undefined {
    return this.cells.get(id);
  }

  /** What a subagent did, in order. Follow the parent's cell to learn of more, each one's own for its content. */
  children(id: string): readonly string[] {
    return this.model.children.get(id) ?? [];
  }

  /** The item and those it stands inside of, innermost first. */
  withParents(id: string): string[] {
    const chain = [id];
    for (let at = this.model.items.get(id)?.parent; at !== undefined && this.model.items.has(at); at = this.model.items.get(at)?.parent) {
      if (chain.includes(at)) break;
      chain.push(at);
    }
    return chain;
  }

  /** The agents that have worked here, in order of their first turn. */
  readonly agents = $derived(agentsOf(this.turns.values(), this.threads.values()));

  /** Whether an agent has said or done anything here. */
  get history(): boolean {
    void this.version;
    return this.model.order.some((id) => {
      const item = this.model.items.get(id);
      return item?.agent !== undefined && SPOKEN.has(item.kind);
    });
  }

  /** The agent that a prompt went to. */
  agentOfTurn(turn: string | undefined, item: string): string | undefined {
    if (turn === undefined) return undefined;
    return agentOfTurn(turn, this.turns, this.model.order, this.model.items, this.model.indexOf(item));
  }

  /** Whether what is said now reaches the running turn; else that turn has to end for it. */
  get canSteer(): boolean {
    const running = [...this.turns.values()].find((turn) => turn.state === 'running' || turn.state === 'waiting');
    return (running && sessions.agent(running.agent)?.capabilities?.steer) ?? false;
  }

  /** What the next turn with an agent will be. */
  nextOrigin(agent: string): Origin {
    const ahead = [...this.turns.values()].some((turn) => turn.agent === agent && (turn.state === 'running' || turn.state === 'waiting' || this.queue.turns.includes(turn.id)));
    return nextOrigin({ agent, thread: this.threads.get(agent), capabilities: sessions.agent(agent)?.capabilities, history: this.history, ahead });
  }

  // ---- life ----

  start(): void {
    if (this.socket) return;
    this.restoring ??= this.restore();
    void this.restoring.then(() => {
      if (this.socket) return;
      this.socket = openLink({
        protocols: () => conn.protocols([`ads-session.${this.session}`, `ads-chat.${this.name === 'worker' ? 'main' : this.name}`]),
        opened: () => this.hello(),
        frame: (frame) => this.inbox.push(frame as LaneFrame),
        state: (state) => (this.link = state),
        closed: (code, wasOpen) => this.closed(code, wasOpen),
      });
      this.socket.start();
    });
  }

  stop(): void {
    if (this.socket) forgetLink(this.socket);
    this.socket = null;
    this.inbox.clear();
    this.save();
  }

  get idle(): boolean {
    return this.inbox.idle && !this.model.catchingUp && this.link === 'open';
  }

  private hello(): void {
    this.full = false;
    this.inbox.clear();
    this.socket?.send({ type: 'hello', after: this.model.seq, epoch: this.model.epoch });
  }

  private closed(code: number, wasOpen: boolean): boolean {
    if (code === 4401) {
      conn.signedOut();
      return false;
    }
    if (code === 4404) {
      this.missing = true;
      return false;
    }
    this.full = code === 4409;
    if (!wasOpen) void conn.check();
    return true;
  }

  private async restore(): Promise<void> {
    try {
      const snapshot = await getSnapshot(this.id);
      if (!snapshot || this.model.epoch !== null) return;
      const change = this.model.restore(snapshot);
      this.stale = true;
      this.commit(change);
    } catch {
      // A damaged copy is only a copy.
    }
  }

  // ---- frames ----

  private flush(frames: LaneFrame[]): void {
    const before = this.model.state;
    const live = !this.model.catchingUp && this.settled;
    const change = this.model.reduce(frames);
    for (const frame of frames) if (frame.type === 'error') this.error(frame);
    for (const item of change.wanted) this.socket?.send({ type: 'item', item });
    if (change.reset) void this.afterReset();
    this.note(change, live, before);
    this.commit(change);
    if (change.broken) this.socket?.reconnect();
    this.saveSoon();
  }

  private commit(change: ChangeSet): void {
    for (const id of change.items) {
      const cell = this.cells.get(id);
      const item = this.model.items.get(id);
      if (!item) continue;
      // Made here and never while something is drawn: what is made within a derived value is not
      // followed by it.
      if (cell) cell.item = item;
      else this.cells.set(id, new Cell(item));
    }
    if (change.reset) {
      for (const id of this.cells.keys()) if (!this.model.items.has(id)) this.cells.delete(id);
      this.from = 0;
    }
    this.from = Math.min(this.from, change.from);
    // While catching up, what flashes by is not painted piece by piece.
    const now = performance.now();
    if (this.model.catchingUp && now - this.paintedAt < CATCH_UP_PAINT_MS && !change.reset) return;
    this.paintedAt = now;
    this.paint();
  }

  private paint(): void {
    const model = this.model;
    if (this.from !== Infinity) {
      this.derived = deriveRows(model.order, model.items, this.density, this.from === 0 ? NO_ROWS : this.derived, this.from);
      this.from = Infinity;
    }
    this.version++;
    this.state = model.state;
    this.waitsFor = model.waitsFor;
    this.queue = model.queue;
    this.turns = new Map(model.turns);
    this.asks = [...model.asks.values()].sort((a, b) => (a.at < b.at ? -1 : 1));
    this.closedAsks = [...model.closed.values()].filter((note) => Date.now() - Date.parse(note.at) < CLOSED_SHOWN_MS * 2);
    this.threads = new Map(model.threads);
    this.usage = new Map(model.usage);
    this.commands = new Map(model.commands);
    this.more = model.more;
    if (!this.working) this.stopping = false;
    if (!model.catchingUp && this.link === 'open' && model.epoch !== null) {
      this.settled = true;
      this.stale = false;
    }
  }

  regroup(density: Density): void {
    if (density === this.density) return;
    this.density = density;
    this.from = 0;
    this.paint();
  }

  private note(change: ChangeSet, live: boolean, before: LaneState): void {
    let fresh = 0;
    for (const fact of change.facts) {
      if (fact.clientId && fact.type === 'turn.queued') outbox.stored(fact.clientId, fact.turn.id);
      if (fact.type === 'item.started' && fact.item.kind === 'user') this.settlePrompt(fact.item.turn);
      if (fact.type === 'turn.ended' || fact.type === 'turn.withdrawn') this.settlePrompt(fact.turn);
      if (!live) continue;
      if (fact.type === 'item.started') fresh++;
      if (fact.type === 'ask.opened') announcer.urge(i18n.m.sayAsk(this.title, fact.ask.title));
      if (fact.type === 'turn.ended') this.sayEnd(fact.state);
      if (fact.type === 'ask.closed') setTimeout(() => this.forgetClosed(fact.ask.id), CLOSED_SHOWN_MS);
    }
    if (fresh > 0 && before === 'running') announcer.mention(i18n.m.sayNew(fresh));
  }

  private sayEnd(state: string): void {
    if (state === 'failed') announcer.urge(i18n.m.sayFailed(this.title));
    else announcer.say(state === 'interrupted' ? i18n.m.sayInterrupted(this.title) : i18n.m.sayFinished(this.title));
  }

  private forgetClosed(ask: string): void {
    this.model.closed.delete(ask);
    this.closedAsks = this.closedAsks.filter((note) => note.ask.id !== ask);
  }

  private hasPrompt(turn: string): boolean {
    for (let at = this.model.order.length - 1; at >= 0; at--) {
      const item = this.model.items.get(this.model.order[at]!);
      if (item?.kind === 'user' && item.turn === turn) return true;
    }
    return false;
  }

  private settlePrompt(turn: string | undefined): void {
    if (!turn) return;
    for (const entry of outbox.of(this.session, this.name)) if (entry.turn === turn) outbox.settle(entry.clientId);
  }

  /** A reset brings items only; the turns are asked for. */
  private async afterReset(): Promise<void> {
    this.open.clear();
    try {
      const answer = await conn.api.call<Turn[] | { turns: Turn[] }>(`${this.url}/turns`);
      const turns = Array.isArray(answer) ? answer : (answer.turns ?? []);
      for (const turn of turns) if (!this.model.turns.has(turn.id)) this.model.turns.set(turn.id, turn);
      this.paint();
    } catch {
      // The facts to come bring it up to date.
    }
  }

  /** What the socket refused; what becomes of it is said by the close that follows, if one does. */
  private error(frame: Extract<LaneFrame, { type: 'error' }>): void {
    if (frame.command && frame.command !== 'item' && frame.detail) toasts.show(frame.detail, { tone: 'error' });
  }

  // ---- what the user does ----

  private get url(): string {
    return `/api/sessions/${this.session}/lanes/${this.name}`;
  }

  async loadOlder(): Promise<void> {
    const first = this.model.order[0];
    if (!this.more || this.loadingOlder || !first) return;
    this.loadingOlder = true;
    try {
      const page = await conn.api.call<{ items: Item[]; more: boolean }>(`${this.url}/items?before=${first}&limit=200`);
      this.commit(this.model.prepend(page.items, page.more && page.items.length > 0));
    } catch {
      // Scrolling up again asks again.
    } finally {
      this.loadingOlder = false;
    }
  }

  async editTurn(turn: string, text: string, uploads: string[] | null): Promise<void> {
    await this.turnCall(turn, 'PATCH', { text, ...(uploads ? { attachments: uploads.map((upload) => ({ upload })) } : {}) }, (queue) => queue);
    const known = this.model.turns.get(turn);
    if (known) this.model.turns.set(turn, { ...known, text });
    this.paint();
  }

  /** Puts a queued turn in front of another, or last. */
  async moveTurn(turn: string, before: string | null): Promise<void> {
    await this.turnCall(turn, 'PATCH', { before }, (queue) => {
      const rest = queue.filter((id) => id !== turn);
      const at = before === null ? rest.length : rest.indexOf(before);
      return [...rest.slice(0, at), turn, ...rest.slice(at)];
    });
  }

  async withdraw(turn: string): Promise<void> {
    await this.turnCall(turn, 'DELETE', undefined, (queue) => queue.filter((id) => id !== turn));
  }

  /** Paints the queue as it will be, asks for it, and takes it back when refused. */
  private async turnCall(turn: string, method: 'PATCH' | 'DELETE', body: object | undefined, next: (queue: string[]) => string[]): Promise<void> {
    const before = this.model.queue;
    this.model.queue = { ...before, turns: next([...before.turns]) };
    const painted = (this.queue = this.model.queue);
    try {
      await conn.api.call(`${this.url}/turns/${turn}`, { method, ...(body ? { body: { ...body, clientId: clientId() } } : {}) });
    } catch (error) {
      if (this.model.queue === painted) this.queue = this.model.queue = before;
      throw error;
    }
  }

  /** A message that waits for a time waits no longer. */
  async sendNow(turn: string): Promise<void> {
    await conn.api.call(`${this.url}/turns/${turn}`, { method: 'PATCH', body: { notBefore: null, clientId: clientId() } });
  }

  async setQueue(state: 'run' | 'hold'): Promise<void> {
    await conn.api.call(`${this.url}/queue`, { method: 'POST', body: { state, clientId: clientId() } });
  }

  async interrupt(): Promise<void> {
    const force = this.stopping;
    this.stopping = true;
    try {
      const { turn } = await conn.api.call<{ turn: string | null }>(`${this.url}/interrupt`, { method: 'POST', body: { ...(force ? { force } : {}), clientId: clientId() } });
      if (turn === null) {
        this.stopping = false;
        toasts.show(i18n.m.nothingRunning);
      }
    } catch (error) {
      this.stopping = false;
      throw error;
    }
  }

  // ---- the saved copy ----

  private saveSoon(): void {
    this.saveTimer ??= setTimeout(() => this.save(), SNAPSHOT_EVERY_MS);
  }

  private save(): void {
    clearTimeout(this.saveTimer);
    this.saveTimer = undefined;
    const snapshot = this.model.snapshot(SNAPSHOT_ITEMS);
    if (snapshot) void putSnapshot(this.id, snapshot).catch(() => {});
  }
}

/** Sends an answer. The same `command` again is the same answer. */
export async function answerAsk(ask: Ask, answer: Answer, command: string): Promise<'done' | 'elsewhere' | 'over'> {
  try {
    await conn.api.call(`/api/asks/${ask.id}`, { method: 'POST', key: command, body: { ...answer, hash: ask.hash, clientId: command } });
    return 'done';
  } catch (error) {
    if (error instanceof ApiError && error.status === 409) return 'elsewhere';
    if (error instanceof ApiError && error.status === 410) return 'over';
    throw error;
  }
}

const views = new Map<string, LaneView>();
const VIEWS_MOST = 16;

/** The view of a lane; those of the last sessions are kept, without their sockets. */
export function laneView(session: string, name: 'worker' | 'planner'): LaneView {
  const key = `${session}/${name}`;
  let view = views.get(key);
  if (view) views.delete(key);
  else view = new LaneView(session, name);
  views.set(key, view);
  if (views.size > VIEWS_MOST) {
    const oldest = views.keys().next().value!;
    views.get(oldest)?.stop();
    views.delete(oldest);
  }
  return view;
}
