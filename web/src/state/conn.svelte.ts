import { Api, ApiError } from '../core/api';
import { Link, type LinkEnv, type LinkState, type SocketLike } from '../core/socket';

const KEY = 'signalbox.key';

const DISK = /^disk_(full|readonly|error)$/;

export type Phase = 'starting' | 'signed-out' | 'away' | 'in';

/** Who we are to the server, and whether it can be reached. */
class Conn {
  phase = $state<Phase>('starting');
  /** Why the sign-in with a code failed, if it did. */
  codeRefused = $state(false);
  link = $state<LinkState>('connecting');
  /** When the list's socket was lost; null while it is open. */
  lostAt = $state<number | null>(null);
  controlOff = $state(false);
  /** Why nothing can be stored now: the stable code, or null. */
  disk = $state<string | null>(null);
  version = $state('');
  /** The server is another version than the one this page came from. */
  outdated = $state(false);

  private key = readKey();
  readonly api = new Api(() => this.key);

  constructor() {
    this.api.onRefused = (error) => this.refused(error);
  }

  get online(): boolean {
    return this.link === 'open';
  }

  /** Signs in with the code in the address, or with what this browser remembers. */
  async begin(): Promise<void> {
    const code = takeCode();
    if (code) {
      try {
        const { key } = await this.api.call<{ key: string }>('/api/auth/code', { method: 'POST', body: { code } });
        this.remember(key);
      } catch (error) {
        if (error instanceof ApiError && !error.offline) this.codeRefused = true;
      }
    }
    await this.check();
  }

  /** Asks the server whether we are signed in. Never turns "no answer" into "signed out". */
  async check(): Promise<Phase> {
    try {
      const me = await this.api.call<{ control?: boolean; version?: string } | undefined>('/api/auth/me');
      this.controlOff = me?.control === false;
      this.sawVersion(me?.version);
      this.phase = 'in';
      this.codeRefused = false;
    } catch (error) {
      const refused = error instanceof ApiError ? error : null;
      if (refused?.status === 401 || refused?.status === 403) this.phase = 'signed-out';
      else if (this.phase !== 'in') this.phase = 'away';
    }
    return this.phase;
  }

  protocols(more: string[] = []): string[] {
    return ['signalbox.v1', ...(this.key ? [`signalbox.key.${this.key}`] : []), ...more];
  }

  /** A socket was revoked or refused. */
  signedOut(): void {
    this.phase = 'signed-out';
  }

  linkChanged(state: LinkState): void {
    this.link = state;
    if (state === 'open') this.lostAt = null;
    else this.lostAt ??= Date.now();
  }

  sawVersion(version: string | undefined): void {
    if (!version) return;
    if (this.version && this.version !== version) this.outdated = true;
    this.version = version;
  }

  /** A standing notice of the server; other notices are not of this kind. */
  heard(code: string): boolean {
    if (DISK.test(code)) this.disk = code;
    else if (code === 'disk_ok') this.disk = null;
    else return false;
    return true;
  }

  private refused(error: ApiError): void {
    if (error.status === 401) this.phase = 'signed-out';
    else if (error.code === 'control_off') this.controlOff = true;
    else if (DISK.test(error.code)) this.disk = error.code;
  }

  private remember(key: string): void {
    this.key = key;
    try {
      localStorage.setItem(KEY, key);
    } catch {
      // Signed in until the tab closes.
    }
  }
}

function readKey(): string {
  try {
    return localStorage.getItem(KEY) ?? '';
  } catch {
    return '';
  }
}

/** Takes the one-time code out of the address, so that it is in no history and no screenshot. */
function takeCode(): string | null {
  const code = new URLSearchParams(location.hash.slice(1)).get('code');
  if (code) history.replaceState(null, '', location.pathname + location.search);
  return code;
}

export const conn = new Conn();

const env: LinkEnv = {
  open: (protocols) => new WebSocket(`${location.origin.replace(/^http/, 'ws')}/ws`, protocols) as unknown as SocketLike,
  now: () => performance.now(),
  later: (run, ms) => setTimeout(run, ms),
  cancel: (timer) => clearTimeout(timer as number | undefined),
  random: Math.random,
  hidden: () => document.visibilityState === 'hidden',
};

const links = new Set<Link>();

export function openLink(events: ConstructorParameters<typeof Link>[1]): Link {
  const link = new Link(env, events);
  links.add(link);
  return link;
}

export function forgetLink(link: Link): void {
  link.stop();
  links.delete(link);
}

/** Every socket that waits tries now. */
export function retryLinks(): void {
  for (const link of links) link.retryNow();
}

for (const name of ['online', 'focus', 'pageshow'] as const) addEventListener(name, retryLinks);
document.addEventListener('visibilitychange', () => {
  if (document.visibilityState === 'visible') retryLinks();
});
