// What was sent and is not confirmed: shown at once, kept over a reload, tried again while young.

export interface Sent {
  clientId: string;
  session: string;
  lane: string;
  at: number;
  body: {
    text: string;
    agent: string;
    model?: string;
    mode?: string;
    effort?: string;
    attachments?: { upload: string }[];
    when?: 'queue' | 'now';
    /** Not before this moment (ISO). */
    notBefore?: string;
  };
  /** Thumbnails to show meanwhile. */
  images: number;
  state: 'sending' | 'offline' | 'stored';
  /** Known once the server stored it. */
  turn?: string;
}

/** Only prompts younger than this are sent again by themselves. */
export const YOUNG_MS = 10 * 60_000;

export class Outbox {
  private readonly entries = new Map<string, Sent>();

  constructor(private readonly changed: (entries: Sent[]) => void = () => {}) {}

  list(): Sent[] {
    return [...this.entries.values()];
  }

  of(session: string, lane: string): Sent[] {
    return this.list().filter((entry) => entry.session === session && entry.lane === lane);
  }

  put(entry: Sent): void {
    this.entries.set(entry.clientId, entry);
    this.changed(this.list());
  }

  patch(clientId: string, patch: Partial<Sent>): void {
    const entry = this.entries.get(clientId);
    if (entry) this.put({ ...entry, ...patch });
  }

  remove(clientId: string): Sent | undefined {
    const entry = this.entries.get(clientId);
    if (this.entries.delete(clientId)) this.changed(this.list());
    return entry;
  }

  /** What may be sent again after a reconnect, oldest first; the rest waits for the user. */
  replayable(now: number): Sent[] {
    return this.list()
      .filter((entry) => entry.state === 'offline' && now - entry.at < YOUNG_MS)
      .sort((a, b) => a.at - b.at);
  }
}
