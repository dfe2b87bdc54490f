// What the interface says about agents in a lane: what the next turn with one of them will be, how
// its conversation stands, by which mark it is told from the others. Pure, so that every case has
// a test.
import type { AgentView, Item, LaneState, ThreadState, Turn } from './protocol.gen';

/** How the next turn of an agent begins: with its own memory, with none, or with an account of the lane. */
export type Origin = 'new' | 'resumed' | 'handed-over';

export interface LaneSoFar {
  agent: string;
  thread: ThreadState | undefined;
  /** What the agent said it can do; null until it was asked. */
  capabilities: AgentView['capabilities'] | undefined;
  /** Whether anything was said in the lane at all, by whomever. */
  history: boolean;
  /** Whether a turn of this agent runs now or waits in front of the next one. */
  ahead: boolean;
}

/**
 * What the next turn will be, as far as a client can know: the server says afterwards what it was.
 * An agent that can neither load nor resume keeps its memory only as long as its process is up.
 */
export function nextOrigin(now: LaneSoFar): Origin {
  const { thread, capabilities } = now;
  if (now.ahead) return 'resumed';
  const up = thread?.pid !== undefined && (thread.status === 'idle' || thread.status === 'active');
  const returns = !capabilities || capabilities.load || capabilities.resume;
  if (thread?.hasThread && thread.status !== 'none' && (up || returns)) return 'resumed';
  return now.history ? 'handed-over' : 'new';
}

/** Whether others have worked in the lane since this agent's last turn: it will be told of that. */
export function workedSince(agent: string, turns: Iterable<Turn>): boolean {
  let others = false;
  const begun = [...turns].filter((turn) => turn.startedAt !== undefined).sort((a, b) => (a.startedAt! < b.startedAt! ? -1 : 1));
  for (const turn of begun) others = turn.agent !== agent;
  return others;
}

export type ThreadWord = 'working' | 'waiting' | 'idle' | 'error';

/** One word for how an agent stands in a lane, the same for every kind of agent. */
export function threadWord(thread: ThreadState, lane: LaneState): ThreadWord {
  if (thread.status === 'crashed') return 'error';
  if (thread.status === 'active') return lane === 'waiting' ? 'waiting' : 'working';
  return 'idle';
}

export const MARKS = 8;
export const SHAPES = ['square', 'circle', 'hex', 'tri'] as const;

export interface AgentMark {
  initials: string;
  /** Number of its colour among the tokens `--agent0` and following. */
  colour: number;
  shape: (typeof SHAPES)[number];
}

/** The agents people use most never share a colour; every other gets one by its name. */
const FIRST: readonly string[] = ['claude', 'codex', 'opencode', 'gemini', 'goose', 'qwen', 'practice'];

/** The same on every device and for ever: a function of the name alone. */
export function agentMark(id: string, name: string): AgentMark {
  let hash = 2_166_136_261;
  for (let at = 0; at < id.length; at++) hash = Math.imul(hash ^ id.charCodeAt(at), 16_777_619) >>> 0;
  const first = FIRST.indexOf(id);
  const colour = first >= 0 ? first : hash % MARKS;
  const words = name.split(/[\s\-_./]+/).filter(Boolean);
  const initials = words.length > 1 ? words[0]![0]! + words[1]![0]! : (words[0] ?? id).slice(0, 2);
  return { initials: initials.toUpperCase(), colour, shape: SHAPES[first >= 0 ? first % SHAPES.length : (hash >>> 8) % SHAPES.length]! };
}

/** The agents that have worked in a lane, in order of their first turn. */
export function agentsOf(turns: Iterable<Turn>, threads: Iterable<ThreadState>): string[] {
  const found = new Set<string>();
  for (const turn of turns) if (turn.startedAt !== undefined) found.add(turn.agent);
  for (const thread of threads) if (thread.hasThread) found.add(thread.agent);
  return [...found];
}

/** Which agent a prompt went to: what its turn says, else who answered. */
export function agentOfTurn(turn: string, turns: ReadonlyMap<string, Turn>, order: readonly string[], items: ReadonlyMap<string, Item>, from: number): string | undefined {
  const known = turns.get(turn)?.agent;
  if (known) return known;
  for (let at = from; at >= 0 && at < order.length; at++) {
    const item = items.get(order[at]!);
    if (item?.turn !== turn) break;
    if (item.agent) return item.agent;
  }
  return undefined;
}
