import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hasBrowser, launch, open, shut, until, type Look, type Opened } from '../flow/browser';
import { WEB } from '../flow/build';
import { PNG, settled, transcript } from '../flow/stage';
import { RealServer } from './server';

// A check leaves the repository as it was; with DOCS=1 the committed pictures are taken anew.
const DOCS = process.env['DOCS'] ? join(dirname(WEB), 'docs', 'img') : join(WEB, 'test', '.out', 'docs');

// One server and one browser for the whole story: a test goes on where the one before ended.
describe.skipIf(!hasBrowser)('the browser and the true server', () => {
  const server = new RealServer();
  let now: Opened;
  let page: Page;

  const lane = (name: 'worker' | 'planner' = 'worker') => page.locator(`[data-testid=Lane][data-lane=${name}]`);
  const editor = (name: 'worker' | 'planner' = 'worker') => lane(name).locator('[data-testid=PromptEditor]');
  const state = (name: 'worker' | 'planner' = 'worker') => lane(name).getAttribute('data-state');
  const idle = (name: 'worker' | 'planner' = 'worker') => until(async () => (await state(name)) === 'idle', `${name} is idle`, 30_000);
  const send = async (text: string, name: 'worker' | 'planner' = 'worker') => {
    await editor(name).fill(text);
    await editor(name).press('Enter');
  };

  beforeAll(async () => {
    await server.start();
    await launch();
    now = await open();
    page = now.page;
  }, 300_000);

  afterAll(async () => {
    await shut();
    await server.stop();
  });

  it('R-SEC-8 R-THR-1 signs in by the link, adds a project, and a prompt streams an answer', async () => {
    await page.goto(server.link);
    await page.locator('[data-testid=Inbox]').waitFor();
    expect(page.url()).toBe(`${server.url}/`);
    await page.locator('[data-testid="Inbox.addProject"]').click();
    await page.fill('[data-testid="AddProject.path"]', join(server.project, 'nowhere'));
    await page.keyboard.press('Enter');
    await page.locator('[data-testid="Dialog.problem"]').waitFor();
    await page.fill('[data-testid="AddProject.path"]', server.project);
    await page.keyboard.press('Enter');
    await settled(page);
    await until(async () => !(await lane().locator('[data-testid=AgentPicker]').textContent())?.includes('!'), 'the practice agent is ready', 30_000);
    await lane().locator('[data-testid=AgentPicker]').click();
    await page.locator('[data-testid="AgentPicker.item"][data-agent=practice]').click();
    await send('list');
    await transcript(page).getByText('notes.txt').first().waitFor();
    await idle();
    expect(await transcript(page).locator('[data-testid=UserMessage]').count()).toBe(1);
    expect(await page.locator('[data-testid=PendingMessage]').count()).toBe(0);
  });

  it('R-LANE-3 R-LANE-4 the planner answers while the worker counts, and neither shows the other', async () => {
    await send('count 40');
    await until(async () => (await state()) === 'running', 'the worker runs');
    await lane('planner').locator('[data-testid=AgentPicker]').click();
    await page.locator('[data-testid="AgentPicker.item"][data-agent=practice]').click();
    const began = Date.now();
    await send('read notes.txt', 'planner');
    await transcript(page, 'planner').getByText('hello from a file').first().waitFor();
    expect(Date.now() - began).toBeLessThan(15_000);
    expect(await state()).toBe('running');
    expect(await transcript(page).textContent()).not.toContain('hello from a file');
  });

  it('R-INT-1 R-INT-11 Stop interrupts; the queue is held, says why, and goes on when told', async () => {
    await send('think about it');
    await lane().locator('[data-testid="QueueList.item"]').waitFor();
    await lane().locator('[data-testid=SendButton][data-state=stop]').click();
    await lane().locator('[data-testid="QueueList.goOn"]').waitFor();
    await lane().locator('[data-testid="QueueList.goOn"]').click();
    await transcript(page).locator('[data-testid=ReasoningBlock]').waitFor();
    await idle();
  });

  it('R-ASK-1 a write is asked for, denied without effect, allowed with it, and shown as a diff', async () => {
    await send('write made.txt by signalbox');
    const card = lane().locator('[data-testid=PermissionCard]');
    await card.waitFor();
    expect(await card.textContent()).toContain('made.txt');
    await card.locator('[data-testid="PermissionCard.deny"]').click();
    await idle();
    expect(existsSync(join(server.project, 'made.txt'))).toBe(false);
    await send('write made.txt by signalbox');
    await card.waitFor();
    await page.reload();
    await settled(page);
    await card.waitFor();
    await card.locator('[data-testid="PermissionCard.allow"]').click();
    await idle();
    expect(readFileSync(join(server.project, 'made.txt'), 'utf8')).toBe('by signalbox\n');
    await transcript(page).locator('[data-testid=ToolRow][data-kind=edit][data-status=done] .add').getByText('by signalbox').waitFor();
  });

  it('R-ASK-1 a planner’s write is denied without asking', async () => {
    await send('write plan.txt no', 'planner');
    await transcript(page, 'planner').locator('[data-testid=NoticeLine][data-code=denied-read-only]').waitFor();
    await idle('planner');
    expect(existsSync(join(server.project, 'plan.txt'))).toBe(false);
    expect(await lane('planner').locator('[data-testid=PermissionCard]').count()).toBe(0);
  });

  it('R-ASK-5 an answer on a phone closes the ask on the desk', async () => {
    await send('run echo from-the-shell');
    await lane().locator('[data-testid=PermissionCard]').waitFor();
    const phone = await look(page, { width: 390, height: 844, touch: true });
    await phone.page.goto(server.url);
    await phone.page.locator('[data-testid="InboxAsk.allow"]').tap();
    await until(async () => (await lane().locator('[data-testid=PermissionCard]').count()) === 0, 'gone here');
    await idle();
    await transcript(page).getByText('exit code 0').first().waitFor();
    await phone.context.close();
  });

  it('R-SEND-9 a picture goes with a message and is shown after a reload', async () => {
    await lane().locator('[data-testid="Composer.file"]').setInputFiles({ name: 'a.png', mimeType: 'image/png', buffer: PNG });
    await lane().locator('[data-testid=AttachmentStrip] [data-state=ready]').waitFor();
    await send('help');
    await transcript(page).locator('img[data-testid=UploadImage]').waitFor();
    await idle();
    await page.reload();
    await settled(page);
    await transcript(page).locator('img[data-testid=UploadImage]').waitFor();
  });

  it('R-UI-8 R-TURN-12 a killed server: the draft stays, the browser comes back, the turn is interrupted, the history whole', async () => {
    const before = await transcript(page).locator('[data-testid=UserMessage]').count();
    await send('count 200');
    await until(async () => (await state()) === 'running', 'running');
    await editor().fill('typed while it died');
    const port = server.port;
    await server.kill();
    await page.locator('[data-testid=ConnectionBanner]').waitFor();
    await server.start(port);
    await until(async () => (await page.locator('[data-testid=ConnectionBanner]').count()) === 0, 'back', 60_000);
    await until(async () => (await state()) !== 'running', 'the turn has ended');
    expect(await editor().inputValue()).toBe('typed while it died');
    expect(await transcript(page).locator('[data-testid=UserMessage]').count()).toBe(before + 1);
    await editor().fill('');
    await send('help');
    await until(async () => (await transcript(page).locator('[data-testid=UserMessage]').count()) === before + 2, 'the lane works on');
    await idle();
    expect(now.errors).toEqual([]);
  });

  it('R-ATTR-4 R-LIFE-18 R-LIFE-5 the chip and the page of processes tell the truth: resumed while the agent is up, handed over once it was stopped, for this one cannot load', async () => {
    const chip = lane().locator('[data-testid=ResumeChip]');
    const says = (origin: string) => until(async () => (await chip.getAttribute('data-origin')) === origin, `the chip says ${origin}`, 30_000);
    await says('resumed');
    await page.click('[data-testid="Sidebar.processes"]');
    const row = page.locator('[data-testid=ProcessRow][data-agent=practice]').first();
    await row.waitFor();
    expect(await page.locator('[data-testid="Processes.sums"]').textContent()).toMatch(/\d+ of \d+/);
    expect(await row.textContent()).not.toMatch(/undefined|NaN/);
    await row.locator('[data-testid="ProcessRow.pin"]').click();
    await until(async () => (await row.getAttribute('data-pinned')) === 'true', 'kept warm');
    await until(async () => !/unknown/.test((await row.textContent()) ?? ''), 'its memory is known', 20_000);
    const id = await row.getAttribute('data-process');
    await row.locator('[data-testid="ProcessRow.stop"]').click();
    await until(async () => (await page.locator(`[data-testid=ProcessRow][data-process="${id}"]`).count()) === 0, 'stopped', 20_000);
    await page.goBack();
    await settled(page);
    await says('handed-over');
    await send('help');
    await says('resumed');
    await lane().locator('[data-testid=LaneDetails][data-origin=handed-over]').waitFor();
    await idle();
  });

  it('R-WARM-6 a job runs in a process of its own and shows what it answered', async () => {
    await page.click('[data-testid="Sidebar.jobs"]');
    await page.click('[data-testid="Jobs.new"]');
    await page.fill('[data-testid="NewJob.text"]', 'count 3');
    await page.locator('[data-testid=NewJob] [data-testid=AgentPicker]').click();
    await page.locator('[data-testid="AgentPicker.item"][data-agent=practice]').click();
    await page.click('[data-testid="NewJob.submit"]');
    const row = page.locator('[data-testid=JobRow]');
    await until(async () => (await row.getAttribute('data-state')) === 'completed', 'done', 60_000);
    await row.locator('[data-testid="JobRow.result"]').getByText('3').first().waitFor();
    await row.locator('[data-testid="JobRow.retry"]').click();
    await until(async () => /attempt 2/.test((await row.textContent()) ?? '') && (await row.getAttribute('data-state')) === 'completed', 'done again', 60_000);
    await row.locator('[data-testid="JobRow.remove"]').click();
    await page.locator('[data-testid=Jobs] [data-testid=EmptyState]').waitFor();
    await page.click('[data-testid="Sidebar.agents"]');
    expect(await page.locator('[data-testid=AgentCard][data-agent=practice]').getAttribute('data-state')).toBe('ready');
    expect(await page.locator('[data-testid=Agents]').textContent()).not.toMatch(/undefined|NaN/);
    await page.locator('[data-testid="SessionRow.open"]').first().click();
    await settled(page);
    expect(now.errors).toEqual([]);
  });

  it('takes the pictures of the documentation', async () => {
    mkdirSync(DOCS, { recursive: true });
    await page.locator('[data-testid="Header.newSession"], [data-testid="ProjectTree.newSession"]').first().click();
    await until(async () => (await transcript(page).locator('[data-row]').count()) === 0, 'a new session');
    await settled(page);
    for (const name of ['worker', 'planner'] as const) {
      await lane(name).locator('[data-testid=AgentPicker]').click();
      await page.locator('[data-testid="AgentPicker.item"][data-agent=practice]').click();
      await page.locator('[data-testid="AgentPicker.item"]').first().waitFor({ state: 'detached' }); // it fades away
    }
    const done = async (text: string, name: 'worker' | 'planner' = 'worker') => {
      const before = await transcript(page, name).locator('[data-testid=UserMessage]').count();
      await send(text, name);
      await until(async () => (await transcript(page, name).locator('[data-testid=UserMessage]').count()) > before, 'begun');
    };
    await done('list src', 'planner');
    await idle('planner');
    await done('think The greeting is the only text. A second language needs a catalogue, and the greeting has to come from it.', 'planner');
    await idle('planner');
    await done('plan', 'planner');
    await idle('planner');
    await done('read src/greeting.js');
    await idle();
    await done('write src/greeting.js export const greeting = (name, text) => text.hello(name);');
    await lane().locator('[data-testid="PermissionCard.allow"]').click();
    await idle();
    const row = page.locator('[data-testid=SessionRow]').filter({ has: page.locator('[aria-current=page]') });
    await row.hover();
    await row.locator('[data-testid="SessionRow.menu"]').click();
    await page.locator('[data-testid="SessionRow.rename"]').click();
    await page.fill('[data-testid="RenameSession.title"]', 'A greeting in two languages');
    await page.keyboard.press('Enter');
    await page.locator('[data-testid=RenameSession]').waitFor({ state: 'detached' });
    await row.getByText('A greeting in two languages').waitFor();
    await done('run grep -rn greeting src');
    await lane().locator('[data-testid=PermissionCard]').waitFor();
    await send('write src/text/zh.js export const text = { hello: (name) => `你好，${name}` };');
    await lane().locator('[data-testid="QueueList.item"]').waitFor();
    const here = page.url();
    for (const theme of ['dark', 'light'] as const) {
      for (const [width, height] of [[1440, 900], [390, 844]] as const) {
        const shot = await look(page, { width, height, theme, touch: width < 500, scale: 2 });
        await shot.page.goto(here);
        await settled(shot.page);
        await shot.page.locator('[data-testid=PermissionCard]').first().waitFor();
        await until(async () => shot.page.evaluate(() => document.getAnimations().every((one) => one.playState !== 'running' || one.effect?.getTiming().iterations === Infinity)), 'nothing moves');
        await shot.page.screenshot({ path: join(DOCS, `session-${width}-${theme}.png`) });
        await shot.context.close();
      }
    }
  });

  /** Another window of the browser that is signed in. */
  async function look(from: Page, how: Look): Promise<Opened> {
    const opened = await open(how);
    await opened.context.addCookies(await from.context().cookies());
    const key = await from.evaluate(() => localStorage.getItem('signalbox.key'));
    await opened.page.addInitScript((value) => localStorage.setItem('signalbox.key', value ?? ''), key);
    return opened;
  }
});
