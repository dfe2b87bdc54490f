import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { hasBrowser, launch, open, shut, until, type Opened } from './browser';
import { settled, stage, transcript, type Stage } from './stage';

describe.skipIf(!hasBrowser)('requests to the user', () => {
  let now: Stage;
  let other: Opened | null = null;
  const answers = () => now.server.calls('POST', /\/api\/asks\//);

  beforeAll(async () => void (await launch()));
  afterAll(shut);
  afterEach(async () => {
    await other?.context.close();
    other = null;
    const errors = now.errors;
    await now.close();
    expect(errors).toEqual([]);
  });

  const command = { tool: { name: 'bash', kind: 'execute', title: 'Clean', paths: [], input: { command: 'rm -rf build' } }, input: { command: 'rm -rf build' } };

  it('R-ASK-1 R-ASK-8 a permission shows tool and input, and is answered by the option’s id', async () => {
    now = await stage((worker, _planner, server) => {
      worker.submit('Clean', 'go');
      server.ask(worker, { title: 'Clean the build', ...command, options: [{ id: 'no-7', kind: 'reject', label: 'No' }, { id: 'yes-3', kind: 'allow', label: 'Yes' }] });
    });
    const card = now.lane('worker').locator('[data-testid=PermissionCard]');
    expect(await card.textContent()).toMatch(/Practice wants to run a command.*Clean the build.*rm -rf build.*deletes/s);
    expect(await now.page.evaluate(() => document.activeElement?.closest('[data-testid=PermissionCard]') === null)).toBe(true);
    expect(await now.lane('worker').getAttribute('data-state')).toBe('waiting');
    await transcript(now.page).locator('[data-testid=AskMark]').getByText('Waiting for you').waitFor();
    await card.locator('[data-testid="PermissionCard.allow"]').click();
    await until(() => answers().length === 1, 'answered');
    const ask = answers()[0]!;
    expect(ask.body).toMatchObject({ option: 'yes-3' });
    expect(ask.body['hash']).toMatch(/^hash-/);
    expect(ask.key).toBe(ask.body['clientId']);
    await until(async () => (await card.count()) === 0, 'the card is gone');
    await transcript(now.page).locator('[data-testid=AskMark]').getByText('Allowed').waitFor();
  });

  it('R-ASK-1 a denial can carry a note', async () => {
    now = await stage((worker, _planner, server) => {
      worker.submit('Clean', 'go');
      server.ask(worker, { title: 'Clean', ...command });
    });
    await now.page.click('[data-testid="PermissionCard.denyNote"]');
    await now.page.fill('[data-testid="PermissionCard.note"]', 'use make clean');
    await now.page.click('[data-testid="PermissionCard.deny"]');
    await until(() => answers().length === 1, 'answered');
    expect(answers()[0]!.body).toMatchObject({ option: 'reject-1', note: 'use make clean' });
    await transcript(now.page).locator('[data-testid=AskMark]').getByText('Denied').waitFor();
  });

  it('R-ASK-5 an ask survives a reload, and an answer on another device closes it everywhere', async () => {
    now = await stage((worker, _planner, server) => {
      worker.submit('Clean', 'go');
      server.ask(worker, { title: 'Clean', ...command });
    });
    await now.page.reload();
    await settled(now.page);
    await now.lane('worker').locator('[data-testid=PermissionCard]').waitFor();
    other = await open({ width: 390, height: 844, touch: true });
    await other.page.goto(now.server.url);
    await other.page.locator('[data-testid="InboxAsk.allow"]').tap();
    await now.lane('worker').locator('[data-testid="AskDock.closed"]').getByText('Allowed by This browser').waitFor();
    await until(async () => (await now.lane('worker').locator('[data-testid=PermissionCard]').count()) === 0, 'gone here');
    await until(async () => (await other!.page.locator('[data-testid=InboxAsk]').count()) === 0, 'gone there');
    await until(async () => (await now.lane('worker').locator('[data-testid=AskDock]').count()) === 0, 'the note goes, too');
    expect(answers()).toHaveLength(1);
  });

  it('an answer that does not arrive gives the card back, and trying again counts once', async () => {
    now = await stage((worker, _planner, server) => {
      worker.submit('Clean', 'go');
      server.ask(worker, { title: 'Clean', ...command });
      server.refusals.push({ match: /asks/, status: 503, code: 'starting', detail: 'not yet', times: 1 });
    });
    const card = now.lane('worker').locator('[data-testid=PermissionCard]');
    await card.locator('[data-testid="PermissionCard.allow"]').click();
    await card.getByText('try again').waitFor();
    await card.locator('[data-testid="PermissionCard.allow"]').click();
    await until(async () => (await card.count()) === 0, 'gone');
    expect(new Set(answers().map((one) => one.body['clientId'])).size).toBe(1);
  });

  it('several asks stack: the oldest open, the others folded; the same ones are allowed together', async () => {
    now = await stage((worker, _planner, server) => {
      worker.submit('Clean', 'go');
      server.ask(worker, { title: 'Clean', ...command });
      server.ask(worker, { title: 'Clean', ...command });
      server.ask(worker, { title: 'Fetch', tool: { name: 'web', kind: 'fetch', title: 'Fetch', paths: [] } });
    });
    const dock = now.lane('worker').locator('[data-testid=AskDock]');
    expect(await dock.locator('[data-testid=PermissionCard]').textContent()).toContain('1 of 3');
    expect(await dock.locator('[data-testid="AskDock.folded"]').count()).toBe(2);
    await dock.locator('[data-testid="AskDock.allowAll"]').click();
    await until(() => answers().length === 2, 'two answered');
    await dock.locator('[data-testid=PermissionCard]').getByText('Fetch').first().waitFor();
  });

  it('the card’s keys do nothing in its first half second, then y allows', async () => {
    now = await stage((worker) => worker.submit('Clean', 'go'));
    now.server.ask(now.worker, { title: 'Clean', ...command });
    const card = now.lane('worker').locator('[data-testid=PermissionCard]');
    await card.waitFor();
    await now.page.keyboard.press('Alt+a');
    await now.page.keyboard.press('y');
    expect(answers()).toHaveLength(0);
    await new Promise((done) => setTimeout(done, 600));
    await card.focus();
    await now.page.keyboard.press('y');
    await until(() => answers().length === 1, 'answered');
  });

  it('R-ASK-2 a question is a form, its half-filled fields survive a reload, and its values arrive', async () => {
    now = await stage((worker, _planner, server) => {
      worker.submit('Ask me', 'go');
      server.ask(worker, {
        title: 'How shall it be released?', kind: 'question', options: [],
        schema: { type: 'object', required: ['name', 'channel'], properties: { name: { type: 'string', title: 'Name' }, channel: { type: 'string', title: 'Channel', enum: ['stable', 'beta'] }, draft: { type: 'boolean', title: 'As a draft' }, count: { type: 'integer', title: 'Copies', minimum: 1 } } },
      });
    });
    const card = now.lane('worker').locator('[data-testid=ElicitationCard]');
    await card.locator('[data-testid="ElicitationCard.submit"]').click();
    await card.getByText('required').first().waitFor();
    expect(answers()).toHaveLength(0);
    await card.locator('[data-testid="ElicitationCard.text"]').first().fill('1.2');
    await now.page.reload();
    await settled(now.page);
    expect(await card.locator('[data-testid="ElicitationCard.text"]').first().inputValue()).toBe('1.2');
    await card.focus();
    await now.page.keyboard.press('2');
    await card.locator('[data-testid="ElicitationCard.boolean"]').check();
    await card.locator('[data-testid="ElicitationCard.text"]').nth(1).fill('3');
    await card.locator('[data-testid="ElicitationCard.submit"]').click();
    await until(() => answers().length === 1, 'answered');
    expect(answers()[0]!.body['values']).toEqual({ name: '1.2', channel: 'beta', draft: true, count: 3 });
  });

  it('R-ASK-2 a plan is approved, a question with options is answered by its number, and declining differs', async () => {
    now = await stage((worker, planner, server) => {
      worker.submit('Plan', 'go');
      planner.submit('Ask', 'p');
      server.ask(worker, { title: 'The plan', kind: 'plan', input: { plan: '1. **Read**\n2. Write' } });
      server.ask(planner, { title: 'Which one?', kind: 'question', options: [{ id: 'a', kind: 'allow', label: 'This' }, { id: 'b', kind: 'allow', label: 'That' }] });
    });
    await now.lane('worker').locator('[data-testid=PermissionCard] strong').getByText('Read').waitFor();
    await now.lane('worker').locator('[data-testid="PermissionCard.allow"]').getByText('Approve plan').click();
    const question = now.lane('planner').locator('[data-testid=ElicitationCard]');
    await question.focus();
    await now.page.keyboard.press('2');
    await until(() => answers().length === 2, 'both answered');
    expect(answers().map((one) => one.body['option'])).toEqual(['allow-1', 'b']);
    now.server.ask(now.worker, { title: 'More?', kind: 'question', options: [], schema: { type: 'string' } });
    await now.lane('worker').locator('[data-testid="ElicitationCard.decline"]').click();
    await until(() => answers().length === 3, 'declined');
    expect(answers()[2]!.body['decline']).toBe(true);
  });

  it('R-INT-5 an ask of an interrupted turn is gone', async () => {
    now = await stage((worker, _planner, server) => {
      worker.submit('Clean', 'go');
      server.ask(worker, { title: 'Clean', ...command });
    });
    await now.lane('worker').locator('[data-testid=SendButton][data-state=stop]').click();
    await until(async () => (await now.lane('worker').locator('[data-testid=PermissionCard]').count()) === 0, 'gone');
    await transcript(now.page).locator('[data-testid=AskMark]').getByText('Withdrawn').waitFor();
  });

  it('the inbox, the list and the title count what needs the user, and lead there', async () => {
    now = await stage((worker, planner, server) => {
      planner.submit('Ask', 'p');
      server.ask(planner, { title: 'Which one?', kind: 'question', options: [], schema: { type: 'string' } });
      void worker;
    });
    await until(async () => (await now.page.title()).startsWith('(1) '), 'the title counts');
    expect(await now.page.locator('[data-testid=AttentionBadge]').textContent()).toContain('1');
    await now.page.click('[data-testid="Sidebar.inbox"]');
    await now.page.locator('[data-testid="InboxAsk.answer"]').click();
    await now.lane('planner').locator('[data-testid=ElicitationCard]').waitFor();
    expect(now.page.url()).toContain('lane=planner');
  });
});
