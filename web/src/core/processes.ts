// The agent processes that are up, as the page of processes shows them.
import type { ProcessView, SessionView } from './protocol.gen';

/** A process; what an older server does not say is absent and not shown. */
export type ProcessInfo = ProcessView & {
  /** starting, up, draining or down. */
  state?: string;
  version?: string | null;
  /** How many turns run in it. */
  turns?: number;
  evictsAt?: string | null;
  lastError?: string | null;
};

/** How many processes may be up and what they may use together; absent when the server does not say. */
export interface PoolLimits {
  processes?: number;
  memory?: number;
}

/** What `GET /api/processes` answers: the list, or the list with the limits beside it. */
export function readPool(answer: unknown): { processes: ProcessInfo[]; limits: PoolLimits | null } {
  if (Array.isArray(answer)) return { processes: answer as ProcessInfo[], limits: null };
  const whole = (answer ?? {}) as { processes?: unknown; limits?: unknown };
  return { processes: Array.isArray(whole.processes) ? (whole.processes as ProcessInfo[]) : [], limits: readLimits(whole.limits) };
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
export function served(process: ProcessView, sessions: readonly SessionView[]): Served[] {
  return process.lanes.flatMap((id) => {
    const session = sessions.find((one) => one.lanes.some((lane) => lane.id === id));
    return session ? [{ session, lane: session.lanes.find((lane) => lane.id === id)!.name }] : [];
  });
}
