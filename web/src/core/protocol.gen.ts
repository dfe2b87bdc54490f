// Generated from the server's records by ProtocolTsGen. Do not edit: change the record and run
// `./mvnw -pl server test -Dtest=ProtocolTsTest -Dprotocol.write=true`.

export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

export interface AgentCommands {
  agent: string;
  commands: Command[];
}

export interface AgentEventCommandsCommand {
  name: string;
  description: string | null;
  hint: string | null;
}

export interface AgentView {
  id: string;
  name: string;
  driver: string;
  installed: boolean | null;
  version: string | null;
  ready: boolean;
  reason: string | null;
  notice: string | null;
  install: string | null;
  capabilities: Capabilities | null;
  models: Choice[] | null;
  modes: Choice[] | null;
  efforts: Choice[] | null;
  lastError: string | null;
  commands: AgentEventCommandsCommand[];
}

export interface Answer {
  option?: string;
  values?: Json;
  decline?: boolean;
  scope?: string;
  note?: string;
}

export interface Ask {
  id: AskId;
  session: SessionId;
  lane: LaneId;
  turn: TurnId;
  item: ItemId;
  agent: string;
  hash: string;
  kind: AskKind;
  state: AskState;
  title: string;
  tool?: ItemTool;
  input?: Json;
  diff?: string;
  options: AskOption[];
  schema?: Json;
  at: string;
  expires?: string;
}

export type AskId = string;

export type AskKind = 'permission' | 'question' | 'plan';

export interface AskOption {
  id: string;
  kind: string;
  label: string;
}

export type AskState = 'open' | 'answered' | 'withdrawn' | 'expired';

export interface Capabilities {
  load: boolean;
  resume: boolean;
  fork: boolean;
  list: boolean;
  close: boolean;
  images: boolean;
  threads: boolean;
  steer: boolean;
}

export type Change =
  | { type: 'project.changed'; project: ProjectView }
  | { type: 'session.changed'; session: SessionView }
  | { type: 'session.closed'; session: SessionId; project: ProjectId }
  | { type: 'lane.created'; session: SessionId; lane: LaneId; view: LaneView; agent: string | null; directory: string; mode: string | null }
  | { type: 'ask.opened'; ask: Ask }
  | { type: 'ask.closed'; ask: Ask };

export interface Choice {
  id: string;
  name: string;
  description?: string;
}

export interface Command {
  name: string;
  description?: string;
  hint?: string;
}

export type Fact =
  | { type: 'turn.queued'; turn: Turn }
  | { type: 'turn.changed'; turn: Turn }
  | { type: 'turn.withdrawn'; turn: TurnId }
  | { type: 'turn.started'; turn: TurnId; agent: string }
  | { type: 'turn.ended'; turn: TurnId; state: TurnState; reason: string; error?: Problem; usage?: Usage }
  | { type: 'item.started'; item: Item }
  | { type: 'item.updated'; item: Item }
  | { type: 'item.completed'; item: Item }
  | { type: 'ask.opened'; ask: Ask }
  | { type: 'ask.closed'; ask: Ask; answer?: Answer; by: string }
  | { type: 'thread.changed'; thread: ThreadState }
  | { type: 'lane.changed'; state: LaneState; waitsFor?: WaitsFor }
  | { type: 'commands.changed'; agent: string; commands: Command[] }
  | { type: 'usage.changed'; agent: string; usage: Usage }
  | { type: 'queue.changed'; queue: Queue };

export interface Item {
  id: ItemId;
  lane: LaneId;
  turn?: TurnId;
  parent?: ItemId;
  agent?: string;
  kind: ItemKind;
  status: ItemStatus;
  at: string;
  endedAt?: string;
  text?: string;
  output?: string;
  diff?: string;
  bytes?: number;
  truncated?: boolean;
  cut?: { [key: string]: ItemCut };
  tool?: ItemTool;
  plan?: ItemPlanEntry[];
  ask?: AskId;
  notice?: ItemNotice;
  error?: Problem;
  attachments?: ItemAttachment[];
}

export interface ItemAttachment {
  upload: UploadId;
  type: string;
  bytes: number;
  width?: number;
  height?: number;
}

export interface ItemCut {
  at: number;
  omitted: number;
}

export type ItemField = 'text' | 'output' | 'diff';

export type ItemId = string;

export type ItemKind = 'user' | 'text' | 'reasoning' | 'tool' | 'plan' | 'todo' | 'ask' | 'review' | 'change' | 'checkpoint' | 'compaction' | 'notice' | 'error';

export interface ItemNotice {
  code: string;
  level: string;
  detail: string;
  raw?: Json;
}

export interface ItemPlanEntry {
  text: string;
  status: string;
  priority?: string;
}

export type ItemStatus = 'open' | 'done' | 'failed' | 'cancelled';

export interface ItemTool {
  name: string;
  kind: string;
  title: string;
  input?: Json;
  paths: string[];
  exitCode?: number;
}

export type JobId = string;

export interface JobView {
  id: JobId;
  project: ProjectId;
  agent: string;
  model?: string;
  mode?: string;
  isolation: string;
  title: string;
  state: JobViewState;
  attempt: number;
  result?: string;
  notes: string[];
  usage?: Usage;
  error?: Problem;
  waitsFor?: WaitsFor;
  folder?: string;
  createdAt: string;
  startedAt?: string;
  endedAt?: string;
}

export type JobViewState = 'queued' | 'running' | 'completed' | 'failed' | 'cancelled';

export type LaneId = string;

export type LaneState = 'idle' | 'queued' | 'running' | 'waiting' | 'error';

export interface LaneView {
  id: LaneId;
  name: string;
  role: string;
  policy: string;
  state: LaneState;
  sandbox: string;
  agent?: string;
  model?: string;
  mode?: string;
}

export interface Problem {
  code: string;
  detail: string;
  hint?: string;
  action?: string;
  stderr?: string;
  resetsAt?: string;
}

export interface ProcessView {
  id: string;
  agent: string;
  pid: number;
  lanes: LaneId[];
  memory: number;
  idleSince: string | null;
  pinned: boolean;
  sandbox: string;
  state: string;
  version: string | null;
  turns: number;
  evictsAt: string | null;
}

export type ProjectId = string;

export interface ProjectView {
  id: ProjectId;
  name: string;
  path: string;
  git: boolean;
}

export interface Queue {
  held: boolean;
  reason?: string;
  turns: TurnId[];
}

export type SessionId = string;

export interface SessionView {
  id: SessionId;
  project: ProjectId;
  title: string;
  state: LaneState;
  isolation: string;
  worktree?: string;
  createdAt: string;
  updatedAt: string;
  lanes: LaneView[];
}

export interface Submitted {
  turn: TurnId;
  state: string;
  seq: number;
}

export interface ThreadState {
  lane: LaneId;
  agent: string;
  driver: string;
  nativeId?: string;
  status: string;
  hasThread: boolean;
  origin?: string;
  model?: string;
  mode?: string;
  lastActiveAt?: string;
  usage?: Usage;
  pid?: number;
}

export interface Turn {
  id: TurnId;
  lane: LaneId;
  state: TurnState;
  text: string;
  bytes: number;
  agent: string;
  model?: string;
  mode?: string;
  effort?: string;
  attachments: ItemAttachment[];
  clientId: string;
  queuedAt: string;
  notBefore?: string;
  startedAt?: string;
  endedAt?: string;
  reason?: string;
  error?: Problem;
  usage?: Usage;
}

export type TurnId = string;

export type TurnState = 'queued' | 'running' | 'waiting' | 'completed' | 'failed' | 'interrupted' | 'withdrawn';

export type UploadId = string;

export interface Usage {
  inputTokens?: number;
  outputTokens?: number;
  cachedTokens?: number;
  thoughtTokens?: number;
  totalTokens?: number;
  contextUsed?: number;
  contextSize?: number;
  cost?: number;
  currency?: string;
}

export interface WaitsFor {
  reason: string;
  session?: SessionId;
  lane?: LaneId;
  turn?: TurnId;
  job?: JobId;
}
