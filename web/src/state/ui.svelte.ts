import { ApiError } from '../core/api';
import type { SessionView } from '../core/protocol.gen';
import { i18n } from '../i18n/t.svelte';
import { router, sessionPath } from './router.svelte';
import { sessions } from './sessions.svelte';
import { toasts } from './toasts.svelte';

export type Dialog =
  | { name: 'add-project' }
  | { name: 'rename'; session: SessionView }
  | { name: 'delete'; session: SessionView }
  | { name: 'help' }
  | { name: 'palette' };

/** Which overlay is open, and the few actions that more than one place offers. */
class Ui {
  dialog = $state.raw<Dialog | null>(null);
  /** The session list as a sheet, where there is no room for it beside. */
  sheet = $state(false);
  /** Counts up to ask the session screen for something. */
  wanted = $state.raw<{ what: string; nth: number }>({ what: '', nth: 0 });
  focusedLane = $state<'worker' | 'planner'>('worker');

  want(what: string): void {
    this.wanted = { what, nth: this.wanted.nth + 1 };
  }

  failed(error: unknown): void {
    const detail = error instanceof ApiError && !error.offline ? error.detail : i18n.m.unreachable;
    toasts.show(i18n.m.failed, { tone: 'error', detail });
  }

  async newSession(project?: string): Promise<void> {
    const here = router.route.name === 'session' ? router.route.project : undefined;
    const target = project ?? here ?? sessions.projects[0]?.id;
    if (!target) {
      this.dialog = { name: 'add-project' };
      return;
    }
    try {
      const session = await sessions.create(target);
      this.open(session);
    } catch (error) {
      this.failed(error);
    }
  }

  open(session: SessionView, lane?: 'worker' | 'planner'): void {
    this.sheet = false;
    router.go(sessionPath(session.project, session.id) + (lane === 'planner' ? '?lane=planner' : ''));
  }

  /** The oldest request that waits for the user, wherever it is. */
  nextAttention(): void {
    const here = router.route.name === 'session' ? router.route.session : null;
    const asks = sessions.asks;
    const ask = asks.find((one) => one.session === here) ?? asks[0];
    const session = ask && sessions.session(ask.session);
    if (!ask || !session) {
      router.go('/');
      return;
    }
    const lane = session.lanes.find((one) => one.id === ask.lane)?.name === 'planner' ? 'planner' : 'worker';
    if (session.id !== here) this.open(session, lane);
    router.showLane(lane);
    this.focusedLane = lane;
    this.want('ask');
  }

  step(by: 1 | -1): void {
    const list = sessions.listed;
    if (list.length === 0) return;
    const here = router.route.name === 'session' ? router.route.session : null;
    const at = list.findIndex((one) => one.id === here);
    const next = list[at < 0 ? (by > 0 ? 0 : list.length - 1) : (at + by + list.length) % list.length];
    if (next) this.open(next);
  }
}

export const ui = new Ui();
