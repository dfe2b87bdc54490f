import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { hasBrowser, launch, shut, until } from './browser';
import { atEnd, button, history, settled, stage, transcript, type, type Stage } from './stage';
import { tellCrew } from './crew';
import { tellStory } from './story';

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

interface Violation {
  id: string;
  impact: string;
  nodes: { html: string; failureSummary: string }[];
}

/** Serious and critical faults that axe finds in the page as it is. */
async function faults(page: Page): Promise<string[]> {
  await page.evaluate(() => document.getAnimations().forEach((animation) => animation.finish?.call(animation))).catch(() => {});
  const found = await page.evaluate(`(async () => { ${AXE}; const r = await axe.run(document, { resultTypes: ['violations'] }); return r.violations; })()`);
  return (found as Violation[]).filter((one) => ['serious', 'critical'].includes(one.impact)).map((one) => `${one.id}: ${one.nodes.slice(0, 3).map((node) => `${node.html.slice(0, 160)} ${node.failureSummary}`).join(' | ')}`);
}

describe.skipIf(!hasBrowser)('reach', () => {
  let now: Stage;

  beforeAll(async () => void (await launch()));
  afterAll(shut);
  afterEach(async () => {
    const errors = now.errors;
    await now.close();
    expect(errors).toEqual([]);
  });

  it('R-LANE-7 wide: two lanes beside each other; narrow: one, with a switch and a swipe', async () => {
    now = await stage();
    const [planner, worker] = await Promise.all([now.lane('planner').boundingBox(), now.lane('worker').boundingBox()]);
    expect(planner!.x + planner!.width).toBeLessThanOrEqual(worker!.x + 1);
    expect(Math.abs(planner!.y - worker!.y)).toBeLessThanOrEqual(1);
    await now.page.setViewportSize({ width: 390, height: 844 });
    await now.page.locator('[data-testid=LaneSwitch]').waitFor();
    expect(await now.lane('worker').isVisible()).toBe(true);
    expect(await now.lane('planner').isVisible()).toBe(false);
    await type(now, 'kept');
    await now.page.click('[data-testid="LaneSwitch.planner"]');
    expect(await now.lane('planner').isVisible()).toBe(true);
    expect(now.page.url()).toContain('lane=planner');
    await now.page.reload();
    await settled(now.page);
    expect(await now.lane('planner').isVisible()).toBe(true);
    await now.page.click('[data-testid="LaneSwitch.worker"]');
    expect(await now.lane('worker').locator('[data-testid=PromptEditor]').inputValue()).toBe('kept');
  });

  it('R-UI-5 on a phone a turn is sent, queued, stopped and asked about by touch, with targets of 44 px', async () => {
    now = await stage((worker) => history(worker, 8), { width: 390, height: 844, touch: true, scale: 2 });
    await atEnd(now.page);
    await type(now, 'go');
    await now.lane('worker').locator('[data-testid=PromptEditor]').press('Enter');
    expect(await now.lane('worker').locator('[data-testid=PromptEditor]').inputValue()).toBe('go\n');
    await button(now).tap();
    await until(() => now.server.calls('POST', /turns$/).length === 1, 'sent');
    await type(now, 'queued');
    await button(now).tap();
    await now.lane('worker').locator('[data-testid="QueueList.item"]').waitFor();
    now.server.ask(now.worker, { title: 'Clean', tool: { name: 'bash', kind: 'execute', title: 'Clean', paths: [], input: { command: 'make clean' } } });
    await now.lane('worker').locator('[data-testid=PermissionCard]').waitFor();
    const small = await now.page.evaluate(() =>
      [...document.querySelectorAll<HTMLElement>('button, a, select, [role=button]')]
        .filter((el) => el.checkVisibility({ opacityProperty: true, visibilityProperty: true }) && !el.closest('.sr, .skip, .prose, [data-testid=ToolRow] .body, .gone'))
        .map((el) => ({ el, box: el.getBoundingClientRect() }))
        .filter(({ box }) => box.width > 0 && (box.height < 43.5 || box.width < 43.5))
        .map(({ el, box }) => `${el.dataset['testid']} ${Math.round(box.width)}×${Math.round(box.height)}`),
    );
    // The search of a lane and the picture's ✕ stand in a row of chips; they are not needed to work.
    expect(small.filter((name) => !/^(LaneHeader\.find|CodeBlock|AttachmentStrip)/.test(name))).toEqual([]);
    await now.lane('worker').locator('[data-testid="PermissionCard.allow"]').tap();
    await until(async () => (await now.lane('worker').locator('[data-testid=PermissionCard]').count()) === 0, 'answered');
    await button(now).tap();
    await until(async () => (await now.lane('worker').getAttribute('data-state')) !== 'running', 'stopped');
    await now.lane('worker').locator('[data-testid=PickerSheet]').tap();
    await now.page.locator('[data-testid="PickerSheet.content"] [data-testid="AgentPicker.item"][data-agent=opencode]').tap();
    await now.page.locator('[data-testid="PickerSheet.close"]').tap();
    expect(await now.lane('worker').locator('[data-testid=PickerSheet]').textContent()).toContain('opencode');
    await now.page.locator('[data-testid="Header.sidebar"]').tap();
    await now.page.locator('[data-testid=Sheet] [data-testid=SessionRow]').waitFor();
    expect(await now.page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(390);
  });

  it('R-UI-5 a swipe changes the lane, a finger dragging down stops following', async () => {
    now = await stage((worker) => {
      history(worker, 12);
      worker.submit('Go on', 'go');
    }, { width: 390, height: 844, touch: true });
    await atEnd(now.page);
    const cdp = await now.context.newCDPSession(now.page);
    const touch = (kind: 'touchStart' | 'touchMove' | 'touchEnd', x: number, y: number) => cdp.send('Input.dispatchTouchEvent', { type: kind, touchPoints: kind === 'touchEnd' ? [] : [{ x, y }] });
    await touch('touchStart', 200, 300);
    for (let y = 310; y <= 500; y += 10) await touch('touchMove', 200, y);
    await touch('touchEnd', 200, 500);
    await until(async () => (await transcript(now.page).getAttribute('data-mode')) === 'released', 'released by the finger');
    const box = (await transcript(now.page).boundingBox())!;
    const y = box.y + 8;
    await touch('touchStart', 150, y);
    for (let x = 160; x <= 300; x += 10) await touch('touchMove', x, y);
    await touch('touchEnd', 300, y);
    await until(() => now.lane('planner').isVisible(), 'the planner is shown');
  });

  it.each(['dark', 'light'] as const)('no serious fault of accessibility in the %s theme, in both languages and sizes', async (theme) => {
    now = await stage((worker, _planner, server) => {
      tellStory(server, server.sessions.values().next().value!);
      worker.submit('Queued', 'q1');
      server.ask(worker, { title: 'Run it', tool: { name: 'bash', kind: 'execute', title: 'Run', paths: [], input: { command: 'make' } } });
    }, { theme });
    expect(await faults(now.page), 'session').toEqual([]);
    await now.lane('worker').locator('[data-testid=AgentPicker]').click();
    await now.page.locator('[data-testid="AgentPicker.item"]').first().waitFor();
    expect(await faults(now.page), 'agents').toEqual([]);
    await now.page.keyboard.press('Escape');
    await now.page.keyboard.press('Control+k');
    await now.page.locator('[data-testid=CommandPalette]').waitFor();
    expect(await faults(now.page), 'palette').toEqual([]);
    await now.page.keyboard.press('Escape');
    await now.page.locator('[data-testid=Settings]').click();
    expect(await faults(now.page), 'settings').toEqual([]);
    await now.page.locator('label:has([data-testid="Settings.language"][data-value=zh-CN])').click();
    await until(async () => (await now.page.evaluate(() => document.documentElement.lang)) === 'zh-CN', 'Chinese');
    await now.page.keyboard.press('Escape');
    await now.page.setViewportSize({ width: 390, height: 844 });
    expect(await faults(now.page), 'narrow').toEqual([]);
    await now.page.goto(now.server.url);
    await now.page.locator('[data-testid=InboxAsk]').waitFor();
    expect(await faults(now.page), 'inbox').toEqual([]);
    tellCrew(now.server, now.session);
    for (const [path, row] of [['/settings/agents', 'AgentCard'], ['/processes', 'ProcessRow'], ['/jobs', 'JobRow']] as const) {
      await now.page.goto(now.server.url + path);
      await now.page.locator(`[data-testid=${row}]`).first().waitFor();
      if (row === 'JobRow') {
        await now.page.locator('[data-testid="Jobs.new"]').click();
        await now.page.locator('[data-testid=JobRow][data-state=completed] [data-testid="JobRow.toggle"]').click();
        await now.page.locator('[data-testid="JobRow.result"]').waitFor();
      }
      expect(await faults(now.page), path).toEqual([]);
    }
    await now.page.setViewportSize({ width: 1440, height: 900 });
    await now.page.goto(now.path);
    await settled(now.page);
    await now.lane('planner').locator('[data-testid="ToolRow.toggle"]').first().click();
    await now.lane('worker').locator('[data-testid=LaneDetails]').click();
    await now.page.locator('[data-testid="LaneDetails.thread"]').first().waitFor();
    expect(await faults(now.page), 'several agents').toEqual([]);
  });

  it('R-UI-10 the interface is in Chinese when the browser is, and no text is left over', async () => {
    now = await stage((worker) => worker.submit('你好', 'go'), { lang: 'zh-CN' });
    expect(await now.page.evaluate(() => document.documentElement.lang)).toBe('zh-CN');
    expect(await now.lane('worker').locator('[data-testid=SendButton]').textContent()).toContain('停止');
    await now.page.evaluate(() => localStorage.setItem('signalbox.prefs', '{"lang":"en-XA"}'));
    await now.page.reload();
    await settled(now.page);
    const plain = await now.page.evaluate(() => {
      const own = ['demo', 'A session', '你好', 'Practice', '⟦'];
      return [...document.querySelectorAll<HTMLElement>('button, label, h1, h2, h3, p')]
        .flatMap((el) => [el.getAttribute('aria-label'), el.getAttribute('title'), el.children.length === 0 ? el.textContent : ''])
        .filter((text): text is string => !!text && /\p{L}{2}/u.test(text) && !own.some((one) => text.includes(one)));
    });
    expect(plain).toEqual([]);
  });

  it('R-UI-5 at 320 px and with long texts nothing runs over the edge', async () => {
    now = await stage((worker, _planner, server) => {
      tellStory(server, server.sessions.values().next().value!);
      server.ask(worker, { title: `Touch ${'averylongname'.repeat(20)}`, tool: { name: 'bash', kind: 'edit', title: 'x', paths: [`/${'deep/'.repeat(40)}file.txt`] } });
    }, { width: 320, height: 700, touch: true });
    const wide = await now.page.evaluate(() => [...document.querySelectorAll<HTMLElement>('[data-testid=AppShell] *')].filter((el) => el.checkVisibility({ visibilityProperty: true }) && !el.closest('[data-scrollable], .table, .sr, .skip, .gone') && el.getBoundingClientRect().right > 321).map((el) => el.className.toString().slice(0, 60)));
    expect(wide).toEqual([]);
  });

  it('R-UI-5 at 320 px the pages of agents, processes and jobs fit, and their buttons can be touched', async () => {
    now = await stage((_worker, _planner, server) => tellCrew(server, server.sessions.values().next().value!), { width: 320, height: 700, touch: true });
    for (const [path, row] of [['/settings/agents', 'AgentCard'], ['/processes', 'ProcessRow'], ['/jobs', 'JobRow']] as const) {
      await now.page.goto(now.server.url + path);
      await now.page.locator(`[data-testid=${row}]`).first().waitFor();
      if (row === 'JobRow') await now.page.locator('[data-testid=JobRow][data-state=completed] [data-testid="JobRow.toggle"]').tap();
      const wrong = await now.page.evaluate(() =>
        [...document.querySelectorAll<HTMLElement>('[data-testid=AppShell] *')]
          .filter((el) => el.checkVisibility({ visibilityProperty: true }) && !el.closest('.table, .sr, .skip'))
          .flatMap((el) => {
            const box = el.getBoundingClientRect();
            const small = el.matches('button, a, select') && (box.height < 43.5 || box.width < 43.5);
            return [...(box.right > 321 ? [`wide ${el.className.toString().slice(0, 40)}`] : []), ...(small ? [`small ${el.dataset['testid']} ${Math.round(box.width)}×${Math.round(box.height)}`] : [])];
          }),
      );
      expect(wrong, path).toEqual([]);
    }
  });

  it('sessions are added, renamed and deleted by keyboard and menu, and a bad path says why', async () => {
    now = await stage();
    await now.page.locator('[data-testid="Sidebar.addProject"]').click();
    await now.page.fill('[data-testid="AddProject.path"]', 'relative/path');
    await now.page.keyboard.press('Enter');
    await now.page.locator('[data-testid="Dialog.problem"]').getByText('not an absolute path').waitFor();
    await now.page.fill('[data-testid="AddProject.path"]', '/home/dev/second');
    await now.page.keyboard.press('Enter');
    await now.page.locator('[data-testid=ProjectTree]').getByText('second').waitFor();
    await until(() => now.server.sessions.size === 2, 'its first session');
    await settled(now.page);
    await now.page.keyboard.press('Alt+n');
    await until(() => now.server.sessions.size === 3, 'another one');
    const row = now.page.locator('[data-testid=SessionRow]').filter({ hasText: 'A session' });
    await row.hover();
    await row.locator('[data-testid="SessionRow.menu"]').click();
    await now.page.locator('[data-testid="SessionRow.rename"]').click();
    await now.page.fill('[data-testid="RenameSession.title"]', 'A better name');
    await now.page.keyboard.press('Enter');
    const renamed = now.page.locator('[data-testid=SessionRow]').filter({ hasText: 'A better name' });
    await renamed.waitFor();
    await renamed.hover();
    await renamed.locator('[data-testid="SessionRow.menu"]').click();
    await now.page.locator('[data-testid="SessionRow.delete"]').click();
    await now.page.locator('[data-testid="DeleteSession.submit"]').click();
    await until(() => now.server.sessions.size === 2, 'deleted');
    await until(async () => (await renamed.count()) === 0, 'gone from the list');
  });

  it('everything is reached by keys: palette, lanes, rows, help', async () => {
    now = await stage((worker) => history(worker, 30));
    await atEnd(now.page);
    await now.page.keyboard.press('Alt+BracketLeft');
    await until(() => now.page.evaluate(() => document.activeElement?.closest('[data-lane=planner]') !== null), 'the planner has the focus');
    await now.page.keyboard.press('Alt+BracketRight');
    await until(() => now.page.evaluate(() => document.activeElement?.closest('[data-lane=worker]') !== null), 'the worker has the focus');
    await transcript(now.page).focus();
    await now.page.keyboard.press('Shift+K');
    await until(() => now.page.evaluate(() => document.activeElement?.getAttribute('data-row') !== null && document.activeElement!.textContent!.includes('Prompt number')), 'a prompt has the focus');
    const first = await now.page.evaluate(() => document.activeElement!.textContent);
    for (let n = 0; n < 12; n++) {
      await now.page.keyboard.press('Shift+K');
      await new Promise((done) => setTimeout(done, 60));
    }
    expect(await now.page.evaluate(() => document.activeElement!.textContent)).not.toBe(first);
    expect(await now.page.evaluate(() => document.activeElement!.isConnected && document.activeElement !== document.body)).toBe(true);
    await now.page.keyboard.press('j');
    await until(() => now.page.evaluate(() => document.activeElement?.textContent?.includes('Explored') ?? false), 'the row below');
    await now.page.keyboard.press('o');
    await until(() => now.page.evaluate(() => document.activeElement?.querySelector('[aria-expanded=true]') !== null), 'unfolded');
    await now.page.keyboard.press('?');
    await now.page.locator('[data-testid=ShortcutHelp]').waitFor();
    await now.page.keyboard.press('Escape');
    await now.page.keyboard.press('Shift+G');
    await atEnd(now.page);
  });
});
