import type { AgentView, Ask, LaneState, ProjectView, SessionView } from '../core/protocol.gen';
import type { ListFrame } from '../core/types';
import { noticeText } from '../i18n/notices';
import { i18n } from '../i18n/t.svelte';
import { conn, openLink } from './conn.svelte';
import { jobs } from './jobs.svelte';
import { processes } from './processes.svelte';
import { announcer, toasts } from './toasts.svelte';

const URGENCY: Record<LaneState, number> = { waiting: 0, error: 2, running: 1, queued: 1, idle: 3 };

/** The list of projects and sessions, the open asks and the agents, as the list's socket tells it. */
class Sessions {
  projects = $state.raw<ProjectView[]>([]);
  sessions = $state.raw<SessionView[]>([]);
  asks = $state.raw<Ask[]>([]);
  agents = $state.raw<AgentView[]>([]);
  /** False until the server told us once: only it may say "empty". */
  loaded = $state(false);

  private readonly link = openLink({
    protocols: () => conn.protocols(),
    opened: () => {},
    frame: (frame) => this.take(frame as ListFrame),
    state: (state) => this.linkState(state),
    closed: (code, wasOpen) => this.linkClosed(code, wasOpen),
  });

  readonly waiting = $derived(this.asks.length);
  readonly byProject = $derived.by(() => {
    const groups = new Map<string, SessionView[]>(this.projects.map((project) => [project.id, []]));
    for (const session of this.sessions) groups.get(session.project)?.push(session);
    for (const group of groups.values()) group.sort(order);
    return groups;
  });
  /** All sessions as the sidebar shows them, for stepping through. */
  readonly listed = $derived(this.projects.flatMap((project) => this.byProject.get(project.id) ?? []));

  start(): void {
    this.link.start();
  }

  session(id: string): SessionView | undefined {
    return this.sessions.find((one) => one.id === id);
  }

  project(id: string): ProjectView | undefined {
    return this.projects.find((one) => one.id === id);
  }

  agent(id: string | undefined): AgentView | undefined {
    return this.agents.find((one) => one.id === id);
  }

  agentName(id: string | undefined): string {
    return this.agent(id)?.name ?? id ?? i18n.m.agent;
  }

  async addProject(path: string, name: string): Promise<ProjectView> {
    const project = await conn.api.call<ProjectView>('/api/projects', { method: 'POST', body: name ? { path, name } : { path } });
    this.putProject(project);
    return project;
  }

  async create(project: string): Promise<SessionView> {
    const session = await conn.api.call<SessionView>(`/api/projects/${project}/sessions`, { method: 'POST', body: {} });
    this.putSession(session);
    return session;
  }

  async rename(session: SessionView, title: string): Promise<void> {
    this.putSession({ ...session, title });
    try {
      this.putSession(await conn.api.call<SessionView>(`/api/sessions/${session.id}`, { method: 'PATCH', body: { title } }));
    } catch (error) {
      this.putSession(session);
      throw error;
    }
  }

  async remove(session: SessionView): Promise<void> {
    await conn.api.call(`/api/sessions/${session.id}`, { method: 'DELETE' });
    this.dropSession(session.id);
  }

  async refreshAgent(id: string): Promise<void> {
    const agent = await conn.api.call<AgentView | undefined>(`/api/agents/${id}/refresh`, { method: 'POST' });
    if (agent?.id) this.putAgent(agent);
  }

  private take(frame: ListFrame): void {
    switch (frame.type) {
      case 'welcome':
        this.projects = frame.projects ?? [];
        this.sessions = frame.sessions ?? [];
        this.asks = (frame.asks ?? []).filter((ask) => ask.state === 'open');
        this.agents = frame.agents ?? [];
        processes.welcome(frame.processes, frame.limits);
        jobs.welcome(frame.jobs);
        conn.disk = null;
        for (const notice of frame.notices ?? []) conn.heard(notice.code);
        this.loaded = true;
        return;
      case 'project.changed':
        return this.putProject(frame.project);
      case 'session.changed':
        return this.putSession(frame.session);
      case 'session.closed':
        return this.dropSession(frame.session);
      case 'lane.created':
        return this.addLane(frame.session, frame.view);
      case 'ask.opened':
        this.asks = [...this.asks.filter((ask) => ask.id !== frame.ask.id), frame.ask];
        return;
      case 'ask.closed':
        this.asks = this.asks.filter((ask) => ask.id !== frame.ask.id);
        return;
      case 'agent.changed':
        return this.putAgent(frame.agent);
      case 'notice':
        return this.notice(frame);
      case 'process.changed':
        return processes.changed(frame.id, frame.process ?? null);
      case 'job.changed':
        return jobs.changed(frame.id, frame.job ?? null);
      case 'ping':
      case 'error':
        return;
    }
  }

  private notice(frame: Extract<ListFrame, { type: 'notice' }>): void {
    const { notice } = frame;
    if (conn.heard(notice.code)) return;
    toasts.show(noticeText(i18n.m, notice.code, notice.detail), { tone: notice.level === 'error' ? 'error' : 'info' });
  }

  private linkState(state: Parameters<typeof conn.linkChanged>[0]): void {
    const lost = conn.lostAt !== null;
    conn.linkChanged(state);
    if (state === 'open' && lost && this.loaded) announcer.say(i18n.m.sayOnline);
    if (state === 'waiting' && !lost) announcer.urge(i18n.m.sayOffline);
  }

  private linkClosed(code: number, wasOpen: boolean): boolean {
    if (code === 4401) {
      conn.signedOut();
      return false;
    }
    // A browser hides why an upgrade failed; the answer to a plain request tells.
    if (!wasOpen) void conn.check();
    return true;
  }

  private putProject(project: ProjectView): void {
    const known = this.projects.some((one) => one.id === project.id);
    this.projects = known ? this.projects.map((one) => (one.id === project.id ? project : one)) : [...this.projects, project];
  }

  private putSession(session: SessionView): void {
    const known = this.sessions.some((one) => one.id === session.id);
    this.sessions = known ? this.sessions.map((one) => (one.id === session.id ? session : one)) : [session, ...this.sessions];
  }

  private dropSession(id: string): void {
    this.sessions = this.sessions.filter((one) => one.id !== id);
    this.asks = this.asks.filter((ask) => ask.session !== id);
  }

  private addLane(id: string, view: SessionView['lanes'][number]): void {
    const session = this.session(id);
    if (!session || session.lanes.some((lane) => lane.id === view.id)) return;
    this.putSession({ ...session, lanes: [...session.lanes, view] });
  }

  private putAgent(agent: AgentView): void {
    const known = this.agents.some((one) => one.id === agent.id);
    this.agents = known ? this.agents.map((one) => (one.id === agent.id ? agent : one)) : [...this.agents, agent];
  }
}

function order(a: SessionView, b: SessionView): number {
  return URGENCY[a.state] - URGENCY[b.state] || (a.updatedAt < b.updatedAt ? 1 : -1);
}

export const sessions = new Sessions();
