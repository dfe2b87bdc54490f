import { ApiError } from '../core/api';
import { Outbox, type Sent } from '../core/outbox';
import type { Submitted } from '../core/protocol.gen';
import { i18n } from '../i18n/t.svelte';
import { conn } from './conn.svelte';
import { storage } from './storage';
import { toasts } from './toasts.svelte';

/** Prompts on their way. Painted at once, kept over a reload, given back when refused. */
class OutboxStore {
  entries = $state.raw<Sent[]>([]);
  /** Puts a refused text back where it came from; set by the composers' owner. */
  onRefused: (entry: Sent) => void = () => {};
  private readonly box = new Outbox((entries) => (this.entries = entries));
  private readonly inFlight = new Set<string>();

  async begin(): Promise<void> {
    const db = await storage();
    for (const entry of await db.getAll('outbox')) this.box.put({ ...entry, state: 'offline' });
  }

  of(session: string, lane: string): Sent[] {
    return this.entries.filter((entry) => entry.session === session && entry.lane === lane);
  }

  async send(entry: Sent): Promise<Submitted | null> {
    this.box.put(entry);
    // In the store before it is on the wire: a reload in between loses nothing.
    await this.persist(entry);
    return this.post(entry);
  }

  /** After a reconnect: what is young goes out by itself. */
  async replay(): Promise<void> {
    for (const entry of this.box.replayable(Date.now())) await this.post(entry);
  }

  async again(clientId: string): Promise<void> {
    const entry = this.box.list().find((one) => one.clientId === clientId);
    if (entry) await this.post(entry);
  }

  /** A fact carries this client's id, or the user takes it back. */
  settle(clientId: string): Sent | undefined {
    const entry = this.box.remove(clientId);
    if (entry) void storage().then((db) => db.delete('outbox', clientId));
    return entry;
  }

  stored(clientId: string, turn: string): void {
    this.box.patch(clientId, { state: 'stored', turn });
    void storage().then((db) => db.delete('outbox', clientId));
  }

  private async post(entry: Sent): Promise<Submitted | null> {
    if (this.inFlight.has(entry.clientId)) return null;
    this.inFlight.add(entry.clientId);
    this.box.patch(entry.clientId, { state: 'sending' });
    try {
      const done = await conn.api.call<Submitted>(`/api/sessions/${entry.session}/lanes/${entry.lane}/turns`, {
        method: 'POST',
        key: entry.clientId,
        body: { clientId: entry.clientId, ...entry.body },
      });
      this.stored(entry.clientId, done.turn);
      return done;
    } catch (error) {
      this.refused(entry, error);
      return null;
    } finally {
      this.inFlight.delete(entry.clientId);
    }
  }

  private refused(entry: Sent, error: unknown): void {
    if (!(error instanceof ApiError) || error.offline || error.status >= 500 || error.status === 401) {
      this.box.patch(entry.clientId, { state: 'offline' });
      return;
    }
    this.settle(entry.clientId);
    this.onRefused(entry);
    toasts.show(i18n.m.failedToSend, { tone: 'error', detail: error.detail });
  }

  private async persist(entry: Sent): Promise<void> {
    try {
      await (await storage()).put('outbox', entry, entry.clientId);
    } catch {
      // Without a store it lives as long as the page.
    }
  }
}

export const outbox = new OutboxStore();
