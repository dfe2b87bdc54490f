import type { Locator, Page } from 'playwright-core';
import type { ProjectView, SessionView } from '../../src/core/protocol.gen';
import type { FakeLane } from '../fake-server/lane';
import { FakeServer } from '../fake-server/server';
import { open, until, type Look, type Opened } from './browser';
import { DIST } from './build';

/** A server with one project and one session, and a browser that looks at it. */
export interface Stage extends Opened {
  server: FakeServer;
  project: ProjectView;
  session: SessionView;
  worker: FakeLane;
  planner: FakeLane;
  path: string;
  lane(name: 'worker' | 'planner'): Locator;
  close(): Promise<void>;
}

export async function stage(prepare: (worker: FakeLane, planner: FakeLane, server: FakeServer) => void = () => {}, look: Look = {}): Promise<Stage> {
  const server = new FakeServer(DIST);
  await server.start();
  const project = server.addProject('demo');
  const session = server.addSession(project, 'A session');
  const worker = server.lane(session, 'worker');
  const planner = server.lane(session, 'planner');
  prepare(worker, planner, server);
  const opened = await open(look);
  const path = `${server.url}/p/${project.id}/s/${session.id}`;
  await opened.page.goto(path);
  await settled(opened.page);
  return {
    ...opened, server, project, session, worker, planner, path,
    lane: (name) => opened.page.locator(`[data-testid=Lane][data-lane=${name}]`),
    async close() {
      await opened.context.close();
      await server.stop();
    },
  };
}

export async function settled(page: Page): Promise<void> {
  await page.waitForSelector('[data-testid=Lane][data-lane=worker][data-settled=true]', { state: 'attached' });
  await page.waitForSelector('[data-testid=Lane][data-lane=planner][data-settled=true]', { state: 'attached' });
}

/** The worker's transcript and its numbers. */
export function transcript(page: Page, lane = 'worker'): Locator {
  return page.locator(`[data-testid=Transcript][data-lane=${lane}]`);
}

export async function scroll(page: Page, lane = 'worker'): Promise<{ top: number; gap: number; mode: string; view: number; height: number }> {
  return transcript(page, lane).evaluate((el) => ({
    top: el.scrollTop,
    gap: el.scrollHeight - el.clientHeight - el.scrollTop,
    mode: (el as HTMLElement).dataset['mode'] ?? '',
    view: el.clientHeight,
    height: el.scrollHeight,
  }));
}

export async function atEnd(page: Page, why = 'the transcript is at its end'): Promise<void> {
  await until(async () => (await scroll(page)).gap <= 2, why);
}

/** Waits until the wheel's momentum is over. */
export async function still(page: Page): Promise<void> {
  let last = NaN;
  await until(async () => {
    const { top } = await scroll(page);
    const same = top === last;
    last = top;
    if (!same) await new Promise((done) => setTimeout(done, 80));
    return same;
  }, 'the transcript stands still');
}

/** A row's distance from the top of the window it is scrolled in. */
export async function offset(page: Page, text: string, lane = 'worker'): Promise<number> {
  return transcript(page, lane).evaluate((el, wanted) => {
    const row = [...el.querySelectorAll('[data-row]')].find((one) => one.textContent?.includes(wanted));
    return row ? row.getBoundingClientRect().top - el.getBoundingClientRect().top : NaN;
  }, text);
}

/** Samples the gap at the end after every frame, until stopped. */
export async function watchGap(page: Page): Promise<() => Promise<{ worst: number; samples: number }>> {
  await transcript(page).evaluate((el) => {
    const watch = { worst: 0, samples: 0, on: true };
    (window as unknown as { gapWatch: typeof watch }).gapWatch = watch;
    const sample = () => {
      // A message of a channel comes after layout and paint of the frame, not in the middle of it.
      const channel = new MessageChannel();
      channel.port1.onmessage = () => {
        if (!watch.on) return;
        watch.samples++;
        watch.worst = Math.max(watch.worst, el.scrollHeight - el.clientHeight - el.scrollTop);
        requestAnimationFrame(sample);
      };
      channel.port2.postMessage(0);
    };
    requestAnimationFrame(sample);
  });
  return () =>
    page.evaluate(() => {
      const watch = (window as unknown as { gapWatch: { worst: number; samples: number; on: boolean } }).gapWatch;
      watch.on = false;
      return { worst: watch.worst, samples: watch.samples };
    });
}

/** Many turns of ordinary work, as facts. */
export function history(lane: FakeLane, turns: number, from = 0): void {
  for (let n = from; n < from + turns; n++) {
    lane.submit(`Prompt number ${n}`, `history-${n}`);
    lane.tool('read', `Read file-${n}.ts`, { paths: [`src/file-${n}.ts`] });
    lane.tool('execute', 'Run', { input: { command: `make test-${n}` }, exitCode: 0 }, 'done', { output: 'ok\n'.repeat(20) });
    lane.done({ kind: 'text', text: `Answer number ${n}.\n\n${'Some words that fill a line or two of the answer, so that rows have different heights. '.repeat(1 + (n % 5))}\n\n- one\n- two` });
    lane.end();
  }
}

export async function type(stage: Stage, text: string, lane: 'worker' | 'planner' = 'worker'): Promise<void> {
  await stage.lane(lane).locator('[data-testid=PromptEditor]').fill(text);
}

export function button(stage: Stage, lane: 'worker' | 'planner' = 'worker'): Locator {
  return stage.lane(lane).locator('[data-testid=SendButton]');
}

/** One red pixel. */
export const PNG = Buffer.from('iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQDwAEhQGAhKmMIQAAAABJRU5ErkJggg==', 'base64');
