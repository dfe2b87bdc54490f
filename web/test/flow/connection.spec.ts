import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { FakeServer } from '../fake-server/server';
import { hasBrowser, launch, open, shut, until, type Opened } from './browser';
import { DIST } from './build';
import { button, history, settled, stage, transcript, type, type Stage } from './stage';

describe.skipIf(!hasBrowser)('the connection', () => {
  let now: Stage | null = null;
  let other: Opened | null = null;

  beforeAll(async () => void (await launch()));
  afterAll(shut);
  afterEach(async () => {
    await other?.context.close();
    const errors = now?.errors ?? [];
    await now?.close();
    now = other = null;
    expect(errors).toEqual([]);
  });

  it('R-EVT-3 text that is cut off twenty times while it streams is whole, once', async () => {
    now = await stage((worker) => worker.submit('Write', 'go'));
    const item = now.worker.item({ kind: 'text' });
    let whole = '';
    for (let n = 0; n < 200; n++) {
      const part = `w${n} `;
      whole += part;
      now.worker.grow(item.id, part);
      if (n % 10 === 9) {
        now.worker.cut();
        await until(() => now!.worker.clients.size > 0, 'back again');
      }
    }
    const text = async () => (await transcript(now!.page).locator('[data-testid=AssistantText]').textContent())?.trim();
    await until(async () => (await text()) === whole.trim(), 'whole while open');
    now.worker.complete(item.id);
    now.worker.end();
    await until(async () => (await now!.lane('worker').getAttribute('data-state')) === 'idle', 'idle');
    expect(await text()).toBe(whole.trim());
    expect(now.worker.hellos.length).toBeGreaterThanOrEqual(20);
    expect(now.worker.hellos.slice(1).every((hello) => hello.after > 0 && hello.epoch === now!.worker.epoch)).toBe(true);
  }, 120_000);

  it('R-EVT-3 duplicates are dropped; a missing number brings a new connection that fills the gap', async () => {
    now = await stage();
    now.worker.duplicate = true;
    now.worker.submit('Go', 'go');
    now.worker.done({ kind: 'text', text: 'first' });
    await transcript(now.page).getByText('first').waitFor();
    const hellos = now.worker.hellos.length;
    now.worker.swallow.add(now.worker.seq + 1);
    now.worker.done({ kind: 'text', text: 'second' });
    now.worker.done({ kind: 'text', text: 'third' });
    await transcript(now.page).getByText('third').waitFor();
    expect(now.worker.hellos.length).toBe(hellos + 1);
    expect(await transcript(now.page).locator('[data-testid=AssistantText]').allTextContents()).toEqual(['first', 'second', 'third'].map((text) => expect.stringContaining(text)));
    expect(await transcript(now.page).locator('[data-testid=UserMessage]').count()).toBe(1);
  });

  it('R-EVT-4 another epoch replaces what was shown', async () => {
    now = await stage((worker) => {
      worker.submit('Old prompt', 'go');
      worker.done({ kind: 'text', text: 'old answer' });
      worker.end();
    });
    await transcript(now.page).getByText('old answer').waitFor();
    now.worker.newEpoch(false);
    await until(async () => (await transcript(now!.page).locator('[data-row]').count()) === 0, 'the old history is gone');
    now.worker.submit('New prompt', 'new');
    await transcript(now.page).getByText('New prompt').waitFor();
  });

  it('R-UI-8 without a server a banner says so, the draft is kept, a sent message waits and goes out once', async () => {
    now = await stage();
    await type(now, 'typed before');
    await now.server.suspend();
    await now.page.locator('[data-testid=ConnectionBanner]').waitFor();
    expect(await now.page.locator('[data-testid=ConnectionBanner]').textContent()).toContain('your draft is safe');
    expect(await now.lane('worker').locator('[data-testid=PromptEditor]').inputValue()).toBe('typed before');
    expect(await button(now).getAttribute('data-state')).toBe('offline');
    await button(now).click();
    await now.page.locator('[data-testid=PendingMessage][data-state=offline]').waitFor();
    await type(now, 'typed meanwhile');
    await now.server.resume();
    await now.page.locator('[data-testid="ConnectionBanner.retry"]').click({ timeout: 3_000 }).catch(() => {});
    await until(() => now!.server.calls('POST', /\/turns$/).length === 1, 'sent after the reconnect');
    await until(async () => (await now!.page.locator('[data-testid=PendingMessage]').count()) === 0, 'not pending any more');
    await until(async () => (await now!.page.locator('[data-testid=ConnectionBanner]').count()) === 0, 'no banner');
    expect(await transcript(now.page).locator('[data-testid=UserMessage]').count()).toBe(1);
    expect(await now.lane('worker').locator('[data-testid=PromptEditor]').inputValue()).toBe('typed meanwhile');
  });

  it('R-UI-8 a message that waits survives a reload, and can be taken back', async () => {
    now = await stage();
    await until(async () => (await now!.page.locator('[data-testid=StatusBar]').getAttribute('data-state')) === 'open', 'connected');
    now.server.refusals.push({ match: /turns$/, status: 503, code: 'starting', detail: 'not yet', times: 99 });
    await type(now, 'wait for me');
    await button(now).click();
    await now.page.locator('[data-testid=PendingMessage][data-state=offline]').waitFor();
    await now.page.reload();
    await settled(now.page);
    await now.page.locator('[data-testid=PendingMessage]').getByText('wait for me').waitFor();
    await now.page.locator('[data-testid="PendingMessage.takeBack"]').click();
    expect(await now.lane('worker').locator('[data-testid=PromptEditor]').inputValue()).toBe('wait for me');
  });

  it('R-LANE-12 two browsers on one lane show each message once, whoever sent it', async () => {
    now = await stage();
    other = await open();
    await other.page.goto(now.path);
    await settled(other.page);
    now.server.latency = 200;
    await type(now, 'hello from the first');
    await button(now).click();
    await now.page.locator('[data-testid=UserMessage]').getByText('hello from the first').waitFor();
    for (const page of [now.page, other.page]) {
      await until(async () => (await page.locator('[data-testid=PendingMessage]').count()) === 0 && (await transcript(page).locator('[data-testid=UserMessage]').count()) === 1, 'once');
    }
    now.worker.done({ kind: 'text', text: 'answer for all' });
    for (const page of [now.page, other.page]) await transcript(page).getByText('answer for all').waitFor();
  });

  it('R-LANE-6 R-THR-2 a reload shows each lane its own history; R-THR-4 also with an empty browser', async () => {
    now = await stage((worker, planner) => {
      history(worker, 3);
      planner.submit('Only the planner', 'p');
      planner.done({ kind: 'text', text: 'planner words' });
      planner.end();
    });
    await now.page.reload();
    await settled(now.page);
    await now.page.evaluate(async () => {
      localStorage.clear();
      for (const { name } of await indexedDB.databases()) indexedDB.deleteDatabase(name!);
    });
    await now.page.reload();
    await settled(now.page);
    expect(await transcript(now.page).textContent()).not.toContain('planner words');
    expect(await transcript(now.page, 'planner').textContent()).toMatch(/Only the planner.*planner words/s);
    expect(await transcript(now.page).locator('[data-testid=UserMessage]').count()).toBe(3);
  });

  it('R-LANE-4 nothing of one lane appears in the other, also while both run', async () => {
    now = await stage((worker, planner) => {
      worker.submit('W', 'w');
      planner.submit('P', 'p');
    });
    const w = now.worker.item({ kind: 'text' });
    const p = now.planner.item({ kind: 'text' });
    for (let n = 0; n < 30; n++) {
      now.worker.grow(w.id, 'wwww ');
      now.planner.grow(p.id, 'pppp ');
    }
    await until(async () => (await transcript(now!.page, 'planner').textContent())?.includes('pppp pppp') ?? false, 'the planner streams');
    await until(async () => (await transcript(now!.page).textContent())?.includes('wwww wwww') ?? false, 'the worker streams');
    expect(await transcript(now.page).textContent()).not.toContain('pppp');
    expect(await transcript(now.page, 'planner').textContent()).not.toContain('wwww');
  });

  it('R-SEC-8 the one-time code leaves the address, the key goes with everything, and a revoked browser learns how to get in', async () => {
    const server = new FakeServer(DIST);
    server.locked = true;
    server.codes.add('good');
    await server.start();
    server.addSession(server.addProject('demo'), 'Secret');
    other = await open();
    await other.page.goto(server.url);
    await other.page.locator('[data-testid=SignedOut][data-phase=signed-out]').getByText('signalbox open').waitFor();
    await other.page.goto('about:blank');
    await other.page.goto(`${server.url}/#code=good`);
    await other.page.locator('[data-testid=Inbox]').waitFor();
    await other.page.locator('[data-testid=SessionRow]').first().waitFor();
    expect(other.page.url()).toBe(`${server.url}/`);
    await other.page.reload();
    await other.page.locator('[data-testid=SessionRow]').first().waitFor();
    await other.page.goto('about:blank');
    await other.page.goto(`${server.url}/#code=good`);
    await other.page.locator('[data-testid=Inbox]').waitFor(); // used, but this browser is signed in
    await other.context.clearCookies();
    await other.page.goto('about:blank');
    await other.page.goto(`${server.url}/#code=good`);
    await other.page.locator('[data-testid=SignedOut]').getByText('already used').waitFor();
    expect(other.errors).toEqual([]);
    await server.stop();
  });

  it('R-SEC-3 with control off nothing can be sent, and a banner says so', async () => {
    now = await stage((_worker, _planner, server) => (server.control = false));
    await now.page.locator('[data-testid=ControlOffBanner]').waitFor();
    await type(now, 'try');
    expect(await button(now).isDisabled()).toBe(true);
  });

  it('a full disk is said until there is room, and the message is kept', async () => {
    now = await stage((_worker, _planner, server) => server.refusals.push({ match: /turns$/, status: 503, code: 'disk_full', detail: 'No room.', times: 1 }));
    await type(now, 'keep me');
    await button(now).click();
    await now.page.locator('[data-testid=DiskBanner]').waitFor();
    await now.page.locator('[data-testid=PendingMessage]').getByText('keep me').waitFor();
    now.server.tell({ type: 'notice', notice: { code: 'disk_ok', level: 'info', detail: 'Everything is stored again.' } });
    await until(async () => (await now!.page.locator('[data-testid=DiskBanner]').count()) === 0, 'room again');
  });

  it('an unknown session says so and offers the way back', async () => {
    now = await stage();
    await now.page.goto(`${now.server.url}/p/x/s/nowhere`);
    await now.page.locator('[data-testid=SessionGone]').waitFor();
    await now.page.locator('[data-testid="SessionGone.inbox"]').click();
    await now.page.locator('[data-testid=Inbox]').waitFor();
  });
});
