// The agent processes that are up, as the page of processes shows them.
import type { ProcessView, SessionView } from './protocol.gen';

type Later = 'state' | 'version' | 'turns' | 'evictsAt';

/** A process; what a server of another version does not say is absent and not shown. */
export type ProcessInfo = Omit<ProcessView, Later> & Partial<Pick<ProcessView, Later>>;

/** How many processes may be up and what they may use together; absent when the server does not say. */
export interface PoolLimits {
  processes?: number;
  memory?: number;
}

export function readLimits(limits: unknown): PoolLimits | null {
  if (typeof limits !== 'object' || limits === null) return null;
  const { processes, memory } = limits as Record<string, unknown>;
  return { ...(typeof processes === 'number' ? { processes } : {}), ...(typeof memory === 'number' ? { memory } : {}) };
}

/** Busy ones first, then by who was used last; a process that is being replaced or has gone comes last. */
export function sorted(processes: readonly ProcessInfo[]): ProcessInfo[] {
  const rank = (one: ProcessInfo) => (one.state === 'draining' || one.state === 'down' ? 2 : one.idleSince === null ? 0 : 1);
  return [...processes].sort((a, b) => rank(a) - rank(b) || ((a.idleSince ?? '') < (b.idleSince ?? '') ? 1 : -1) || (a.id < b.id ? -1 : 1));
}

export interface Served {
  session: SessionView;
  lane: string;
}

/** The lanes a process serves, as far as the list of sessions knows them. */
export function served(process: ProcessInfo, sessions: readonly SessionView[]): Served[] {
  return process.lanes.flatMap((id) => {
    const session = sessions.find((one) => one.lanes.some((lane) => lane.id === id));
    return session ? [{ session, lane: session.lanes.find((lane) => lane.id === id)!.name }] : [];
  });
}
