import { createReadStream, existsSync, statSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { extname, join } from 'node:path';
import type { AddressInfo } from 'node:net';
import { WebSocketServer, type WebSocket } from 'ws';
import type { AgentView, Ask, JobView, ProjectView, SessionView, Turn } from '../../src/core/protocol.gen';
import type { ProcessInfo } from '../../src/core/processes';
import { FakeLane, id } from './lane';

const TYPES: Record<string, string> = { '.html': 'text/html; charset=utf-8', '.js': 'text/javascript', '.css': 'text/css', '.svg': 'image/svg+xml', '.woff2': 'font/woff2' };
const POLICY =
  "default-src 'self'; script-src 'self'; require-trusted-types-for 'script'; style-src 'self' 'unsafe-inline'; connect-src 'self'; img-src 'self' data: blob:; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

export interface Seen {
  method: string;
  path: string;
  body: Record<string, unknown>;
  key: string | undefined;
}

const NO_AGENT = { commands: [], lastError: null, version: null, reason: null, notice: null, install: null, capabilities: null, models: null, modes: null, efforts: null };

export const AGENTS: AgentView[] = [
  {
    ...NO_AGENT, id: 'practice', name: 'Practice', driver: 'acp', installed: true, version: '0.1.0', ready: true,
    capabilities: { load: true, resume: true, fork: false, list: false, close: true, images: true, threads: true, steer: false },
    models: [{ id: 'small', name: 'Small', description: 'Fast and plain' }, { id: 'large', name: 'Large' }],
    modes: [{ id: 'plan', name: 'Plan', description: 'Reads only' }, { id: 'ask', name: 'Ask' }, { id: 'bypass', name: 'Bypass' }],
  },
  { ...NO_AGENT, id: 'opencode', name: 'opencode', driver: 'acp', installed: true, version: '1.2.3', ready: true, capabilities: { load: true, resume: false, fork: false, list: false, close: false, images: false, threads: true, steer: true } },
  { ...NO_AGENT, id: 'goose', name: 'goose', driver: 'acp', installed: false, ready: false, reason: 'goose is not installed.', install: 'npm install -g goose-example' },
  { ...NO_AGENT, id: 'gemini', name: 'Gemini', driver: 'acp', installed: true, version: '0.9', ready: false, reason: 'Not logged in. Run: gemini login' },
];

/** A server that speaks the contract from memory, on a port of its own, and does as the test says. */
export class FakeServer {
  readonly projects: ProjectView[] = [];
  readonly sessions = new Map<string, SessionView>();
  readonly lanes = new Map<string, FakeLane>();
  readonly seen: Seen[] = [];
  readonly uploads = new Map<string, number>();
  agents: AgentView[] = structuredClone(AGENTS);
  processes: ProcessInfo[] = [];
  jobs: JobView[] = [];
  limits: object | undefined = { processes: 10, memory: 4_000_000_000 };
  /** Codes that may be exchanged; with any set, everything else needs the key. */
  codes = new Set<string>();
  locked = false;
  control = true;
  /** Milliseconds before any REST answer. */
  latency = 0;
  /** Status that calls of a path (by pattern) are answered with. */
  refusals: { match: RegExp; status: number; code: string; detail: string; times: number }[] = [];
  /** Turns are run by this; without it they wait for the test. */
  onTurn: (lane: FakeLane) => void = () => {};
  refuseSockets = false;
  private readonly listeners = new Set<WebSocket>();
  private readonly key = 'fake-key';
  private http: Server;
  private readonly ws = new WebSocketServer({ noServer: true, handleProtocols: (offered) => (offered.has('signalbox.v1') ? 'signalbox.v1' : false) });
  private port = 0;

  constructor(private readonly dist: string) {
    this.http = this.make();
  }

  private make(): Server {
    const http = createServer((request, response) => void this.handle(request, response));
    http.on('upgrade', (request, socket, head) => {
      if (this.refuseSockets || !this.mayEnter(request)) {
        socket.end('HTTP/1.1 401 Unauthorized\r\nConnection: close\r\n\r\n');
        return;
      }
      this.ws.handleUpgrade(request, socket, head, (client) => this.accept(client, request));
    });
    return http;
  }

  async start(port = 0): Promise<void> {
    await new Promise<void>((done) => this.http.listen(port, '127.0.0.1', done));
    this.port = (this.http.address() as AddressInfo).port;
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  /** Gone, as after a kill; `resume` brings it back on the same port. */
  async suspend(): Promise<void> {
    this.cutAll();
    this.http.closeAllConnections();
    await new Promise<void>((done) => this.http.close(() => done()));
  }

  async resume(): Promise<void> {
    this.http = this.make();
    await this.start(this.port);
  }

  async stop(): Promise<void> {
    await this.suspend();
  }

  cutAll(): void {
    for (const lane of this.lanes.values()) lane.cut();
    for (const client of this.listeners) client.terminate();
    this.listeners.clear();
  }

  // ---- content ----

  addProject(name: string, path = `/home/dev/${name}`): ProjectView {
    const project = { id: id('project'), name, path, git: true };
    this.projects.push(project);
    this.tell({ type: 'project.changed', project });
    return project;
  }

  addSession(project: ProjectView, title: string): SessionView {
    const session = id('session');
    const lane = (name: 'worker' | 'planner') => {
      const one = new FakeLane(id('lane'), session, name);
      one.onState = () => this.refresh(session);
      this.lanes.set(one.id, one);
      return { id: one.id, name, role: name, policy: name === 'planner' ? 'read-only' : 'workspace-write', state: 'idle' as const, sandbox: 'none' };
    };
    const now = new Date().toISOString();
    const view: SessionView = { id: session, project: project.id, title, state: 'idle', isolation: 'in-place', createdAt: now, updatedAt: now, lanes: [lane('worker'), lane('planner')] };
    this.sessions.set(session, view);
    this.tell({ type: 'session.changed', session: view });
    return view;
  }

  lane(session: SessionView, name: 'worker' | 'planner'): FakeLane {
    return this.lanes.get(this.sessions.get(session.id)!.lanes.find((lane) => lane.name === name)!.id)!;
  }

  refresh(session: string): void {
    const view = this.sessions.get(session);
    if (!view) return;
    const lanes = view.lanes.map((lane) => ({ ...lane, state: this.lanes.get(lane.id)!.state }));
    const states = ['waiting', 'error', 'running', 'queued', 'idle'] as const;
    const state = states.find((one) => lanes.some((lane) => lane.state === one)) ?? 'idle';
    const next = { ...view, lanes, state, updatedAt: new Date().toISOString() };
    this.sessions.set(session, next);
    this.tell({ type: 'session.changed', session: next });
  }

  process(agent: string, patch: Partial<ProcessInfo> = {}): ProcessInfo {
    const process: ProcessInfo = { id: id('process'), agent, pid: 4_000 + this.processes.length, lanes: [], memory: 312_000_000, idleSince: new Date().toISOString(), pinned: false, sandbox: 'none', state: 'up', version: '1.2.3', turns: 0, ...patch };
    this.processes.push(process);
    this.tell({ type: 'process.changed', id: process.id, process });
    return process;
  }

  job(title: string, patch: Partial<JobView> = {}): JobView {
    const job: JobView = { id: id('job'), project: this.projects[0]!.id, agent: 'practice', isolation: 'folder', title, state: 'queued', attempt: 1, notes: [], createdAt: new Date().toISOString(), ...patch };
    this.jobs.unshift(job);
    this.tell({ type: 'job.changed', id: job.id, job });
    return job;
  }

  /** @param told false for what grows without being told of */
  changeJob(job: string, patch: Partial<JobView> | null, told = true): JobView | null {
    const known = this.jobs.find((one) => one.id === job);
    if (!known) return null;
    const now = patch === null ? null : { ...known, ...patch };
    this.jobs = this.jobs.flatMap((one) => (one.id !== job ? [one] : now ? [now] : []));
    if (told) this.tell({ type: 'job.changed', id: job, job: now });
    return now;
  }

  changeProcess(process: string, patch: Partial<ProcessInfo> | null): ProcessInfo | null {
    const known = this.processes.find((one) => one.id === process);
    if (!known) return null;
    const now = patch === null ? null : { ...known, ...patch };
    this.processes = this.processes.flatMap((one) => (one.id !== process ? [one] : now ? [now] : []));
    this.tell({ type: 'process.changed', id: process, process: now });
    return now;
  }

  ask(lane: FakeLane, part: Partial<Ask> & Pick<Ask, 'title'>): Ask {
    const ask = lane.ask(part);
    this.tell({ type: 'ask.opened', ask });
    return ask;
  }

  closeAsk(lane: FakeLane, ask: Ask, by = 'Pixel 9', option = 'allow-1'): void {
    lane.closeAsk(ask.id, 'answered', by, { option });
    this.tell({ type: 'ask.closed', ask: { ...ask, state: 'answered' } });
  }

  tell(frame: object): void {
    for (const client of this.listeners) if (client.readyState === 1) client.send(JSON.stringify(frame));
  }

  calls(method: string, path: RegExp): Seen[] {
    return this.seen.filter((one) => one.method === method && path.test(one.path));
  }

  // ---- sockets ----

  private accept(client: WebSocket, request: IncomingMessage): void {
    const offered = String(request.headers['sec-websocket-protocol'] ?? '').split(/,\s*/);
    const session = offered.find((one) => one.startsWith('ads-session.'))?.slice(12);
    const chat = offered.find((one) => one.startsWith('ads-chat.'))?.slice(9) ?? 'main';
    client.on('error', () => {});
    if (session === undefined) {
      this.listeners.add(client);
      client.on('close', () => this.listeners.delete(client));
      const asks = [...this.lanes.values()].flatMap((lane) => [...lane.asks.values()]);
      client.send(JSON.stringify({ type: 'welcome', projects: this.projects, sessions: [...this.sessions.values()], asks, agents: this.agents, processes: this.processes, jobs: this.jobs, limits: this.limits }));
      client.on('message', () => {});
      return;
    }
    const view = this.sessions.get(session);
    const lane = view && this.lane(view, chat === 'planner' ? 'planner' : 'worker');
    if (!lane) {
      client.send(JSON.stringify({ type: 'error', code: 'session_not_found', detail: session }));
      client.close(4404);
      return;
    }
    client.on('close', () => lane.clients.delete(client));
    client.on('message', (data) => {
      const frame = JSON.parse(String(data)) as { type: string; item?: string; after?: number; epoch?: string | null };
      if (frame.type === 'hello') lane.greet(client, frame);
      if (frame.type === 'item') {
        const open = lane.open.get(frame.item ?? '');
        const item = open ? { ...open.item, ...open.grown } : lane.items.find((one) => one.id === frame.item);
        if (item) client.send(JSON.stringify({ type: 'item', item }));
      }
      this.seen.push({ method: 'WS', path: frame.type, body: frame, key: undefined });
    });
  }

  private mayEnter(request: IncomingMessage): boolean {
    if (!this.locked) return true;
    const offered = String(request.headers['sec-websocket-protocol'] ?? '');
    const key = request.headers['x-signalbox-key'];
    return /sb=1/.test(request.headers.cookie ?? '') && (key === this.key || offered.includes(`signalbox.key.${this.key}`));
  }

  // ---- REST ----

  private async handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', this.url);
    if (!url.pathname.startsWith('/api/')) return this.file(url.pathname, response);
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const raw = Buffer.concat(chunks);
    const method = request.method ?? 'GET';
    let body: Record<string, unknown> = {};
    if (raw.length > 0 && String(request.headers['content-type']).includes('json')) body = JSON.parse(raw.toString()) as Record<string, unknown>;
    this.seen.push({ method, path: url.pathname, body, key: request.headers['idempotency-key'] as string | undefined });
    if (this.latency > 0) await new Promise((done) => setTimeout(done, this.latency));
    const json = (value: unknown, status = 200, headers: Record<string, string> = {}) => {
      response.writeHead(status, { 'content-type': status >= 400 ? 'application/problem+json' : 'application/json', ...headers });
      response.end(JSON.stringify(value));
    };
    const problem = (status: number, code: string, detail: string) => json({ type: 'about:blank', title: code, status, code, detail }, status);
    if (url.pathname === '/api/auth/code') {
      if (!this.codes.delete(String(body['code']))) return problem(401, 'code_wrong', 'used or old');
      return json({ key: this.key }, 200, { 'set-cookie': 'sb=1; Path=/; HttpOnly; SameSite=Strict' });
    }
    if (!this.mayEnter(request)) return problem(401, 'signed_out', 'no credentials');
    const refusal = this.refusals.find((one) => one.match.test(`${method} ${url.pathname}`));
    if (refusal) {
      if (--refusal.times <= 0) this.refusals.splice(this.refusals.indexOf(refusal), 1);
      return problem(refusal.status, refusal.code, refusal.detail);
    }
    if (!this.control && method !== 'GET') return problem(403, 'control_off', 'control is off');
    this.route(method, url, body, raw, json, problem);
  }

  private route(
    method: string,
    url: URL,
    body: Record<string, unknown>,
    raw: Buffer,
    json: (value: unknown, status?: number) => void,
    problem: (status: number, code: string, detail: string) => void,
  ): void {
    const path = url.pathname;
    const clientId = typeof body['clientId'] === 'string' ? body['clientId'] : undefined;
    let match: RegExpExecArray | null;
    if (path === '/api/auth/me') return json({ control: this.control, version: '0.1.0' });
    if (path === '/api/projects' && method === 'POST') {
      const at = String(body['path']);
      if (!at.startsWith('/')) return problem(422, 'path_invalid', `${at} is not an absolute path.`);
      return json(this.addProject(String(body['name'] ?? at.split('/').pop()), at));
    }
    if ((match = /^\/api\/projects\/([^/]+)\/sessions$/.exec(path))) {
      const project = this.projects.find((one) => one.id === match![1]);
      return project ? json(this.addSession(project, String(body['title'] ?? ''))) : problem(404, 'project_unknown', 'no such project');
    }
    if ((match = /^\/api\/agents\/([^/]+)\/refresh$/.exec(path))) return json(this.agents.find((one) => one.id === match![1]) ?? null);
    if (path === '/api/jobs') {
      if (method === 'GET') return json(this.jobs);
      const text = String(body['text']);
      return json(this.job(text.split('\n')[0]!, { project: String(body['project']), agent: String(body['agent']), isolation: String(body['isolation']), ...(body['model'] ? { model: String(body['model']) } : {}) }), 202);
    }
    if ((match = /^\/api\/jobs\/([^/]+?)(\/retry)?$/.exec(path))) {
      const job = this.jobs.find((one) => one.id === match![1]);
      if (!job) return problem(404, 'job_unknown', 'no such job');
      if (match[2]) return json(this.changeJob(job.id, { state: 'queued', attempt: job.attempt + 1, notes: [] }), 202);
      if (method !== 'DELETE') return json(job);
      const over = ['completed', 'failed', 'cancelled'].includes(job.state);
      return json(this.changeJob(job.id, over ? null : { state: 'cancelled', endedAt: new Date().toISOString() }));
    }
    if (path === '/api/processes') return json(this.processes);
    if ((match = /^\/api\/processes\/([^/]+)\/(pin|unpin|stop)$/.exec(path))) {
      if (!this.processes.some((one) => one.id === match![1])) return problem(404, 'process_unknown', 'no such process');
      const what = match[2];
      return json(this.changeProcess(match[1]!, what === 'stop' ? null : { pinned: what === 'pin', ...(what === 'pin' ? { evictsAt: null } : {}) }));
    }
    if (path === '/api/uploads') {
      const upload = id('upload');
      this.uploads.set(upload, raw.length);
      return json({ id: upload, type: 'image/png', bytes: raw.length });
    }
    if ((match = /^\/api\/asks\/([^/]+)$/.exec(path))) {
      const lane = [...this.lanes.values()].find((one) => one.asks.has(match![1]!));
      if (!lane) return problem(410, 'turn_over', 'over');
      const ask = lane.asks.get(match[1]!)!;
      if (body['hash'] !== ask.hash) return problem(409, 'hash', 'changed');
      const { clientId: _client, hash: _hash, ...answer } = body;
      lane.closeAsk(ask.id, 'answered', 'This browser', answer, clientId);
      this.tell({ type: 'ask.closed', ask: { ...ask, state: 'answered' } });
      return json({ ...ask, state: 'answered' });
    }
    if ((match = /^\/api\/sessions\/([^/]+)$/.exec(path))) {
      const session = this.sessions.get(match[1]!);
      if (!session) return problem(404, 'session_unknown', 'no such session');
      if (method === 'DELETE') {
        this.sessions.delete(session.id);
        this.tell({ type: 'session.closed', session: session.id, project: session.project });
        return json(null);
      }
      if (method === 'PATCH') {
        const next = { ...session, title: String(body['title']) };
        this.sessions.set(session.id, next);
        this.tell({ type: 'session.changed', session: next });
        return json(next);
      }
      return json(session);
    }
    if ((match = /^\/api\/sessions\/([^/]+)\/lanes\/(worker|planner)\/(.+)$/.exec(path))) {
      const view = this.sessions.get(match[1]!);
      if (!view) return problem(404, 'session_unknown', 'no such session');
      return this.laneRoute(this.lane(view, match[2] as 'worker'), method, match[3]!, url, body, clientId, json, problem);
    }
    problem(404, 'route_unknown', path);
  }

  private laneRoute(
    lane: FakeLane,
    method: string,
    rest: string,
    url: URL,
    body: Record<string, unknown>,
    clientId: string | undefined,
    json: (value: unknown, status?: number) => void,
    problem: (status: number, code: string, detail: string) => void,
  ): void {
    if (rest === 'turns' && method === 'POST') {
      const attachments = ((body['attachments'] as { upload: string }[] | undefined) ?? []).map(({ upload }) => ({ upload, type: 'image/png', bytes: this.uploads.get(upload) ?? 0 }));
      const before = lane.running;
      const turn = lane.submit(String(body['text']), clientId ?? id('client'), String(body['agent']), { attachments, ...(body['notBefore'] ? { notBefore: String(body['notBefore']) } : {}) });
      const queued = lane.running?.id !== turn.id && lane.turns.get(turn.id)?.state === 'queued';
      if (queued && body['when'] === 'now') lane.setQueue([turn.id, ...lane.queue.turns.filter((one) => one !== turn.id)]);
      json({ turn: turn.id, state: queued ? 'queued' : 'running', seq: lane.seq }, 202);
      if (queued && body['when'] === 'now') lane.end('interrupted', 'user');
      if (lane.running && lane.running !== before) this.onTurn(lane);
      return;
    }
    if (rest === 'turns') return json({ queue: lane.queue, turns: [...lane.turns.values()].reverse() });
    if (rest === 'threads') return json([]);
    if (rest === 'queue') {
      lane.setQueue(lane.queue.turns, body['state'] === 'hold', 'user', clientId);
      lane.next();
      return json(lane.queue);
    }
    if (rest === 'interrupt') {
      const turn = lane.running?.id ?? null;
      json({ turn }, turn ? 202 : 200);
      if (turn && body['force'] !== false) lane.end('interrupted', 'user');
      return;
    }
    if (rest === 'items') {
      const before = url.searchParams.get('before');
      const limit = Number(url.searchParams.get('limit') ?? 200);
      const at = before ? lane.items.findIndex((one) => one.id === before) : lane.items.length;
      const from = Math.max(0, at - limit);
      return json({ items: lane.items.slice(from, at), seq: lane.seq, more: from > 0 });
    }
    const turn = lane.turns.get(/^turns\/(.+)$/.exec(rest)?.[1] ?? '');
    if (!turn) return problem(404, 'route_unknown', rest);
    if (!lane.queue.turns.includes(turn.id)) return problem(409, 'turn_started', 'The turn has started.');
    if (method === 'DELETE') {
      lane.turns.set(turn.id, { ...turn, state: 'withdrawn' });
      lane.fact({ type: 'turn.withdrawn', turn: turn.id }, clientId);
      lane.setQueue(lane.queue.turns.filter((one) => one !== turn.id));
      return json(null);
    }
    const next: Turn = { ...turn, ...(typeof body['text'] === 'string' ? { text: body['text'] } : {}) };
    if ('notBefore' in body) delete next.notBefore;
    lane.turns.set(turn.id, next);
    lane.fact({ type: 'turn.changed', turn: next }, clientId);
    if ('before' in body) {
      const others = lane.queue.turns.filter((one) => one !== turn.id);
      const at = body['before'] === null ? others.length : others.indexOf(String(body['before']));
      lane.setQueue([...others.slice(0, at), turn.id, ...others.slice(at)]);
    }
    json(next);
    if ('notBefore' in body) lane.next();
  }

  private file(path: string, response: ServerResponse): void {
    let file = join(this.dist, path);
    if (path.includes('..') || !existsSync(file) || !statSync(file).isFile()) file = join(this.dist, 'index.html');
    response.writeHead(200, { 'content-type': TYPES[extname(file)] ?? 'application/octet-stream', 'content-security-policy': POLICY, 'cache-control': 'no-cache' });
    createReadStream(file).pipe(response);
  }
}
