// Frames of the two sockets and shapes of REST answers that are not records of the vocabulary, and
// the view types of the transcript. Wire fields are those of contract.md.
import type { ProcessInfo } from './processes';
import type { AgentCommands, AgentView, Ask, Change, Fact, Item, ItemField, ItemNotice, JobView, LaneId, LaneView, ProjectView, Queue, SessionView, ThreadState } from './protocol.gen';

/** A fact as it stands in a lane's journal. */
export type SeqFact = Fact & { lane: LaneId; seq: number; at: string; clientId?: string };

export interface Delta {
  type: 'delta';
  item: string;
  field: ItemField;
  at: number;
  text: string;
}

export interface LaneWelcome {
  type: 'welcome';
  lane: string;
  epoch: string;
  seq: number;
  running?: unknown;
  asks?: Ask[];
  queue?: Queue;
  view?: LaneView;
  threads?: ThreadState[];
  /** The slash commands that each agent announced last. */
  commands?: AgentCommands[];
}

export interface LaneReset {
  type: 'reset';
  epoch: string;
  seq: number;
  items: Item[];
  more: boolean;
}

export interface ErrorFrame {
  type: 'error';
  code?: string;
  detail?: string;
  clientId?: string;
  /** Type of the command that was refused. */
  command?: string;
}

/** What a lane's socket may say. Anything else is ignored, never fatal. */
export type LaneFrame =
  | LaneWelcome
  | LaneReset
  | SeqFact
  | Delta
  | { type: 'item'; item: Item }
  | { type: 'ack'; clientId: string }
  | { type: 'ping' }
  | ErrorFrame;

export interface ListWelcome {
  type: 'welcome';
  projects: ProjectView[];
  sessions: SessionView[];
  asks: Ask[];
  agents: AgentView[];
  processes?: ProcessInfo[];
  jobs?: JobView[];
  /** How many processes may be up, and what they may use together. */
  limits?: unknown;
  /** What holds for the whole server now, a full disk for example. */
  notices?: ItemNotice[];
}

export type ListFrame =
  | ListWelcome
  | Change
  | { type: 'agent.changed'; agent: AgentView }
  | { type: 'process.changed'; id: string; process: ProcessInfo | null }
  | { type: 'job.changed'; id: string; job: JobView | null }
  | { type: 'notice'; notice: ItemNotice }
  | { type: 'ping' }
  | ErrorFrame;

/** One line of the transcript, whatever it holds. */
export interface Row {
  key: string;
  kind: 'item' | 'group' | 'divider';
  /** Ids of the items it shows, in order. */
  items: readonly string[];
  /** Height in pixels to assume until it was measured. */
  est: number;
  /** Whether anything in it may still change. */
  live: boolean;
  /** Number of the turn start this row belongs to, for jumping between prompts. */
  prompt: boolean;
}

export type Density = 'compact' | 'normal' | 'everything';
