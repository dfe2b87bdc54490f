export type Route =
  | { name: 'inbox' }
  | { name: 'agents' }
  | { name: 'processes' }
  | { name: 'jobs' }
  | { name: 'session'; project: string; session: string };

function parse(path: string): Route {
  const match = /^\/p\/([^/]+)\/s\/([^/]+)\/?$/.exec(path);
  if (match) return { name: 'session', project: decodeURIComponent(match[1]!), session: decodeURIComponent(match[2]!) };
  return { name: PAGES.find((name) => PATHS[name] === path.replace(/\/+$/, '')) ?? 'inbox' };
}

export type Page = 'jobs' | 'agents' | 'processes';

/** The pages that are no session, by their address. */
export const PATHS: Record<Page, string> = { jobs: '/jobs', agents: '/settings/agents', processes: '/processes' };
const PAGES = Object.keys(PATHS) as Page[];

export function sessionPath(project: string, session: string): string {
  return `/p/${encodeURIComponent(project)}/s/${encodeURIComponent(session)}`;
}

/** The address bar is the state: a link, Back and a reload all lead to the same place. */
class Router {
  route = $state.raw<Route>(parse(location.pathname));
  lane = $state<'worker' | 'planner'>(laneOf(location.search));
  /** Item named by a deep link. */
  item = $state<string | null>(new URLSearchParams(location.search).get('item'));

  constructor() {
    addEventListener('popstate', () => this.read());
  }

  go(path: string, replace = false): void {
    if (path === location.pathname + location.search) return;
    history[replace ? 'replaceState' : 'pushState'](null, '', path);
    this.read();
  }

  showLane(lane: 'worker' | 'planner'): void {
    this.lane = lane;
    const url = new URL(location.href);
    if (lane === 'worker') url.searchParams.delete('lane');
    else url.searchParams.set('lane', lane);
    history.replaceState(null, '', url);
  }

  private read(): void {
    this.route = parse(location.pathname);
    this.lane = laneOf(location.search);
    this.item = new URLSearchParams(location.search).get('item');
  }
}

function laneOf(search: string): 'worker' | 'planner' {
  return new URLSearchParams(search).get('lane') === 'planner' ? 'planner' : 'worker';
}

export const router = new Router();
