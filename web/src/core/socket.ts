// One socket that stays: connects, says hello, notices silence, comes back. Knows nothing of what
// the frames mean.

export type LinkState = 'connecting' | 'open' | 'waiting' | 'stopped';

export interface SocketLike {
  readyState: number;
  onopen: (() => void) | null;
  onmessage: ((event: { data: unknown }) => void) | null;
  onclose: ((event: { code: number }) => void) | null;
  onerror: (() => void) | null;
  send(text: string): void;
  close(code?: number): void;
}

export interface LinkEnv {
  open(protocols: string[]): SocketLike;
  now(): number;
  later(run: () => void, ms: number): unknown;
  cancel(timer: unknown): void;
  random(): number;
  hidden(): boolean;
}

export interface LinkEvents {
  protocols(): string[];
  /** The socket is open: say hello. */
  opened(): void;
  frame(frame: { type: string }): void;
  state(state: LinkState): void;
  /** It closed or could not be opened. Says whether to try again. */
  closed(code: number, wasOpen: boolean): boolean;
}

export const PING_MS = 15_000;
export const DEAD_MS = 30_000;

export function backoff(attempt: number, hidden: boolean, random: number): number {
  const base = 250 * 2 ** Math.min(attempt, 16);
  return Math.min(base + random * base * 0.3, hidden ? 60_000 : 5_000);
}

export class Link {
  state: LinkState = 'stopped';
  private socket: SocketLike | null = null;
  private attempt = 0;
  private heard = 0;
  private timer: unknown;
  private heart: unknown;

  constructor(
    private readonly env: LinkEnv,
    private readonly events: LinkEvents,
  ) {}

  start(): void {
    if (this.state !== 'stopped') return;
    this.attempt = 0;
    this.connect();
  }

  stop(): void {
    this.env.cancel(this.timer);
    this.drop(1000);
    this.set('stopped');
  }

  /** Tries at once instead of when the wait is over; also checks a socket that seems open. */
  retryNow(): void {
    if (this.state === 'waiting') {
      this.env.cancel(this.timer);
      this.attempt = 0;
      this.connect();
    } else if (this.state === 'open' && this.env.now() - this.heard > DEAD_MS) {
      this.reconnect();
    }
  }

  /** Closes and comes back at once with whatever number `opened` then says. */
  reconnect(): void {
    this.drop(1000);
    this.env.cancel(this.timer);
    this.connect();
  }

  send(frame: object): boolean {
    if (this.state !== 'open' || !this.socket) return false;
    this.socket.send(JSON.stringify(frame));
    return true;
  }

  private connect(): void {
    this.set('connecting');
    let socket: SocketLike;
    try {
      socket = this.env.open(this.events.protocols());
    } catch {
      this.ended(1006, false);
      return;
    }
    this.socket = socket;
    let wasOpen = false;
    socket.onopen = () => {
      if (this.socket !== socket) return;
      wasOpen = true;
      this.heard = this.env.now();
      this.set('open');
      this.beat();
      this.events.opened();
    };
    socket.onmessage = (event) => {
      if (this.socket !== socket) return;
      this.heard = this.env.now();
      const frame = parse(event.data);
      // Only a welcome proves that the server is well; a socket alone may be refused right after.
      if (frame?.type === 'welcome') this.attempt = 0;
      if (frame) this.events.frame(frame);
    };
    socket.onerror = () => {};
    socket.onclose = (event) => {
      if (this.socket !== socket) return;
      this.socket = null;
      this.ended(event.code, wasOpen);
    };
  }

  private ended(code: number, wasOpen: boolean): void {
    this.env.cancel(this.heart);
    if (!this.events.closed(code, wasOpen)) {
      this.set('stopped');
      return;
    }
    this.set('waiting');
    // Too slow is our own fault and known: come back at once, with our number.
    const wait = code === 1013 && wasOpen ? 0 : backoff(this.attempt++, this.env.hidden(), this.env.random());
    this.timer = this.env.later(() => this.connect(), wait);
  }

  private beat(): void {
    this.env.cancel(this.heart);
    this.heart = this.env.later(() => {
      if (this.state !== 'open') return;
      if (this.env.now() - this.heard >= DEAD_MS) {
        this.drop(4000);
        this.ended(1006, true);
        return;
      }
      this.send({ type: 'ping' });
      this.beat();
    }, PING_MS);
  }

  private drop(code: number): void {
    this.env.cancel(this.heart);
    const socket = this.socket;
    this.socket = null;
    if (!socket) return;
    socket.onopen = socket.onmessage = socket.onclose = socket.onerror = null;
    socket.close(code);
  }

  private set(state: LinkState): void {
    if (this.state === state) return;
    this.state = state;
    this.events.state(state);
  }
}

/** A frame, or null for what is none: one bad frame never stops the others. */
function parse(data: unknown): { type: string } | null {
  if (typeof data !== 'string') return null;
  try {
    const frame: unknown = JSON.parse(data);
    if (typeof frame === 'object' && frame !== null && typeof (frame as { type?: unknown }).type === 'string') {
      return frame as { type: string };
    }
  } catch {
    // falls through
  }
  return null;
}
