import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { Json } from '../../src/core/protocol.gen';
import { hasBrowser, launch, shut, until } from './browser';
import { button, settled, stage, transcript, type, type Stage } from './stage';

describe.skipIf(!hasBrowser)('agents, their processes and their turns', () => {
  let now: Stage;
  const turns = () => now.server.calls('POST', /\/turns$/);
  const chip = (lane: 'worker' | 'planner' = 'worker') => now.lane(lane).locator('[data-testid=ResumeChip]');
  const origin = (lane: 'worker' | 'planner' = 'worker') => chip(lane).getAttribute('data-origin');

  async function choose(agent: string) {
    await now.lane('worker').locator('[data-testid=AgentPicker]').click();
    await now.page.locator(`[data-testid="AgentPicker.item"][data-agent=${agent}]`).click();
  }

  beforeAll(async () => void (await launch()));
  afterAll(shut);
  afterEach(async () => {
    const errors = now.errors;
    await now.close();
    expect(errors).toEqual([]);
  });

  it('R-ATTR-4 R-ATTR-5 the chip says new, handed over or resumed, and changes without a reload', async () => {
    now = await stage();
    expect(await origin()).toBe('new');
    now.worker.submit('Begin', 'c1');
    now.worker.thread('practice', { status: 'active' });
    now.worker.done({ kind: 'text', text: 'Done.' });
    now.worker.end();
    now.worker.thread('practice');
    await until(async () => (await origin()) === 'resumed', 'the agent that worked is resumed');
    await choose('opencode');
    expect(await origin()).toBe('handed-over');
    expect(await chip().getAttribute('title')).toContain('has not seen this conversation');
    now.worker.submit('Go on', 'c2', 'opencode');
    now.worker.thread('opencode', { status: 'active', origin: 'handed-over' });
    now.worker.done({ kind: 'text', text: 'Done, too.' });
    now.worker.end();
    await until(async () => (await origin()) === 'resumed', 'now it has a thread here');
    await choose('practice');
    expect(await origin()).toBe('resumed');
    expect(await chip().getAttribute('data-told')).toBe('true');
    await now.page.reload();
    await settled(now.page);
    expect(await origin()).toBe('resumed');
    expect(await origin('planner')).toBe('new');
  });

  it('R-ATTR-6 surfaces without a lane have no chip', async () => {
    now = await stage();
    await now.page.goto(now.server.url);
    await now.page.locator('[data-testid=Inbox]').waitFor();
    expect(await now.page.locator('[data-testid=ResumeChip]').count()).toBe(0);
  });

  it('R-SW-1 R-TURN-6 R-ATTR-8 turns name their agents once there are several, with what they used; the lane lists its threads', async () => {
    now = await stage((worker) => {
      worker.submit('First', 'c1');
      worker.thread('practice', { status: 'active' });
      worker.done({ kind: 'text', text: 'One.' });
      worker.end('completed', 'end_turn', undefined, { totalTokens: 1_000, cost: 0.5, currency: 'USD' });
      worker.thread('practice', { usage: { totalTokens: 1_000 } });
    });
    expect(await transcript(now.page).locator('[data-testid=UserMessage] [data-testid=AgentMark]').count()).toBe(0);
    await transcript(now.page).locator('[data-testid=TurnFoot]').getByText('1K tokens').waitFor();
    now.worker.submit('Second', 'c2', 'opencode');
    now.worker.thread('opencode', { status: 'active', origin: 'handed-over' });
    await until(async () => (await transcript(now.page).locator('[data-testid=UserMessage] [data-testid=AgentMark]').count()) === 2, 'both prompts are marked');
    now.worker.done({ kind: 'text', text: 'Two.' });
    const details = now.lane('worker').locator('[data-testid=LaneDetails]');
    expect(await details.getAttribute('data-origin')).toBe('handed-over');
    await details.click();
    const rows = now.page.locator('[data-testid="LaneDetails.thread"]');
    expect(await rows.evaluateAll((all) => all.map((one) => `${(one as HTMLElement).dataset['agent']} ${(one as HTMLElement).dataset['state']}`))).toEqual(['opencode working', 'practice idle']);
    expect(await rows.last().textContent()).toContain('1K tokens');
    expect(await rows.first().textContent()).toContain('Usage not reported');
    now.server.ask(now.worker, { title: 'May I?' });
    await until(async () => (await rows.first().getAttribute('data-state')) === 'waiting', 'waiting');
    now.worker.end('failed', 'crash');
    now.worker.thread('opencode', { status: 'crashed' });
    await until(async () => (await rows.first().getAttribute('data-state')) === 'error', 'crashed');
    await now.page.keyboard.press('Escape');
    expect(await transcript(now.page).locator('[data-testid=TurnFoot]').evaluateAll((all) => all.map((one) => (one as HTMLElement).dataset['agent']))).toEqual(['practice', 'opencode']);
  });

  it('a subagent’s work stands inside its tool, counted while it goes on, folded at first, and the same after a reload', async () => {
    now = await stage((worker) => worker.submit('Look around', 'c1', 'opencode'));
    const tool = now.worker.tool('subagent', 'Explore the code', { input: { description: 'Explore the code', prompt: 'Find the **entry point**.' } }, 'open');
    const inside = (part: Parameters<typeof now.worker.item>[0]) => now.worker.done({ ...part, parent: tool.id });
    inside({ kind: 'tool', tool: { name: 'read', kind: 'read', title: 'Read', paths: ['main.ts'] } });
    const row = transcript(now.page).locator('[data-testid=ToolRow][data-kind=subagent]').first();
    const steps = row.locator('[data-testid="ToolRow.steps"]').first();
    await steps.getByText('1 step').waitFor();
    inside({ kind: 'tool', tool: { name: 'grep', kind: 'search', title: 'main(', paths: [] } });
    await steps.getByText('2 steps').waitFor();
    await row.locator('[data-testid="ToolRow.latest"]').getByText('main(').waitFor();
    expect(await transcript(now.page).locator('[data-row]').count()).toBe(2);
    await row.locator('[data-testid="ToolRow.toggle"]').first().click();
    await row.locator('[data-testid=Children] [data-testid=ToolRow][data-kind=read]').waitFor();
    expect(await row.textContent()).toContain('Find the **entry point**.');
    const nested = now.worker.item({ kind: 'text', parent: tool.id });
    now.worker.grow(nested.id, 'It is in ');
    await row.getByText('It is in').waitFor();
    now.worker.grow(nested.id, '**main.ts**.');
    await row.locator('strong').getByText('main.ts').waitFor();
    const deeper = now.worker.tool('subagent', 'Deeper', { input: {} }, 'open', { parent: tool.id } as never);
    now.worker.done({ kind: 'tool', parent: deeper.id, tool: { name: 'bash', kind: 'execute', title: 'ls', paths: [] } });
    await row.locator('[data-testid=Children] [data-testid=ToolRow][data-kind=subagent] [data-testid="ToolRow.steps"]').getByText('1 step').waitFor();
    now.worker.complete(deeper.id);
    now.worker.complete(tool.id, 'done', { output: '## Report\n\nFound it.' });
    await row.locator('[data-testid="ToolRow.report"]').getByText('Found it.').waitFor();
    await now.page.reload();
    await settled(now.page);
    await steps.getByText('3 steps').waitFor();
    expect(await row.locator('[data-testid=Children]').count()).toBe(0);
    await row.locator('[data-testid="ToolRow.toggle"]').first().click();
    await row.locator('strong').getByText('main.ts').waitFor();
  });

  it('a subagent’s items whose tool stands on an older page are shown, and move inside it when it comes', async () => {
    now = await stage((worker) => {
      worker.replayMost = 10;
      worker.submit('Look around', 'c1');
      const tool = worker.tool('subagent', 'Explore', {}, 'open');
      for (let n = 0; n < 230; n++) worker.done({ kind: 'tool', parent: tool.id, tool: { name: 'read', kind: 'read', title: 'Read', paths: [`file-${n}.ts`] } });
      worker.complete(tool.id);
      worker.done({ kind: 'text', text: 'That is all.' });
      worker.end();
    });
    await transcript(now.page).getByText('That is all.').waitFor();
    await transcript(now.page).locator('[data-testid="ToolRow.steps"]').getByText('230 steps').waitFor();
    await until(async () => (await transcript(now.page).locator('[data-row]').count()) === 3, 'three rows');
    await transcript(now.page).locator('[data-testid="ToolRow.toggle"]').click();
    const files = await transcript(now.page).locator('[data-testid=Children] [data-testid=ToolRow]').allTextContents();
    expect(files).toHaveLength(40);
    expect(files.at(-1)).toContain('file-229.ts');
    await transcript(now.page).locator('[data-testid="Children.all"]').click();
    const all = await transcript(now.page).locator('[data-testid=Children] [data-testid=ToolRow]').allTextContents();
    expect(all).toHaveLength(230);
    expect(all[0]).toContain('file-0.ts');
  });

  it('R-TURN-8 a usage limit says when it resets, and the prompt waits for that if told to', async () => {
    const resetsAt = new Date(Date.now() + 90 * 60_000).toISOString();
    now = await stage((worker) => {
      worker.submit('Do it', 'c1', 'opencode', { model: 'big' });
      const problem = { code: 'rate-limit', detail: 'The limit of the plan is reached.', hint: 'Wait.', action: 'retry', resetsAt };
      worker.done({ kind: 'error', error: problem }, 'failed');
      worker.end('failed', 'error', problem);
    });
    const card = transcript(now.page).locator('[data-testid=ErrorCard]');
    const time = await now.page.evaluate((at) => new Intl.DateTimeFormat('en', { hour: '2-digit', minute: '2-digit' }).format(Date.parse(at)), resetsAt);
    expect(await card.locator('[data-testid="ErrorCard.resets"]').textContent()).toContain(time);
    await card.locator('[data-testid="ErrorCard.later"]').click();
    await until(() => turns().length === 1, 'sent');
    expect(turns()[0]!.body).toMatchObject({ text: 'Do it', agent: 'opencode', notBefore: resetsAt });
    const item = now.lane('worker').locator('[data-testid="QueueList.item"]');
    await item.locator('[data-testid="QueueList.until"]').getByText(`waits until ${time}`).waitFor();
    await now.page.reload();
    await settled(now.page);
    await item.locator('[data-testid="QueueList.now"]').click();
    await until(async () => (await item.count()) === 0, 'it runs');
    expect(now.server.calls('PATCH', /turns/)[0]!.body['notBefore']).toBeNull();
  });

  it('R-DRV-12 an agent that is missing or too old fails with the command that helps, to be copied', async () => {
    now = await stage((worker) => {
      worker.submit('Do it', 'c1', 'goose');
      const problem = { code: 'agent-unavailable', detail: 'goose could not be started: not found on the PATH.', hint: 'Install it: npm install -g goose-example', action: 'install' };
      worker.done({ kind: 'error', error: problem }, 'failed');
      worker.end('failed', 'error', problem);
      worker.submit('Again', 'c2', 'goose');
      const old = { code: 'agent-outdated', detail: 'goose 0.1 is too old; Signalbox needs at least 1.0.', hint: 'Upgrade it.', action: 'install' };
      worker.done({ kind: 'error', error: old }, 'failed');
      worker.end('failed', 'error', old);
    });
    const cards = transcript(now.page).locator('[data-testid=ErrorCard]');
    expect(await cards.locator('code').allTextContents()).toEqual(['npm install -g goose-example', 'npm install -g goose-example']);
    await now.context.grantPermissions(['clipboard-read', 'clipboard-write']);
    await cards.first().locator('[data-testid="ErrorCard.command"]').click();
    expect(await now.page.evaluate(() => navigator.clipboard.readText())).toBe('npm install -g goose-example');
  });

  it('R-LIFE-6 R-LIFE-18 the page of processes shows each with its lanes, is live, and keeps warm and stops', async () => {
    now = await stage((worker, _planner, server) => {
      server.process('opencode', { lanes: [worker.id], evictsAt: new Date(Date.now() + 20 * 60_000).toISOString() });
      server.process('practice', { idleSince: null, turns: 2, lanes: ['elsewhere'], sandbox: 'bubblewrap', state: 'up' });
    });
    await now.page.keyboard.press('Control+k');
    await now.page.fill('[data-testid="CommandPalette.input"]', 'proces');
    await now.page.keyboard.press('Enter');
    const rows = now.page.locator('[data-testid=ProcessRow]');
    await until(async () => (await rows.count()) === 2, 'both');
    expect(new URL(now.page.url()).pathname).toBe('/processes');
    expect(await rows.first().getAttribute('data-agent')).toBe('practice');
    expect(await rows.first().textContent()).toMatch(/busy.*sandbox: bubblewrap.*4001.*312 MB/s);
    expect(await now.page.locator('[data-testid="Processes.sums"]').textContent()).toMatch(/2 of 10.*624 MB of 4 GB/s);
    const other = rows.last();
    await other.locator('[data-testid="ProcessRow.evicts"]').waitFor();
    await other.locator('[data-testid="ProcessRow.pin"]').click();
    await until(async () => (await other.getAttribute('data-pinned')) === 'true', 'kept warm');
    expect(await other.textContent()).toContain('never');
    await other.locator('[data-testid="ProcessRow.unpin"]').click();
    await until(async () => (await other.getAttribute('data-pinned')) === 'false', 'no longer');
    now.server.changeProcess(now.server.processes[0]!.id, { state: 'draining' });
    await other.getByText('being replaced').waitFor();
    await other.locator('[data-testid="ProcessRow.stop"]').click();
    await until(async () => (await rows.count()) === 1, 'stopped');
    now.server.process('gemini', { lanes: [now.planner.id] });
    const link = rows.locator('[data-testid="ProcessRow.lane"]');
    await link.click();
    await settled(now.page);
    expect(now.page.url()).toContain('lane=planner');
  });

  it('a server that says less of its processes is shown as far as it goes', async () => {
    now = await stage((_worker, _planner, server) => {
      server.limits = undefined;
      server.processes.push({ id: 'p1', agent: 'opencode', pid: 99, lanes: [], memory: 0, idleSince: new Date().toISOString(), pinned: false, sandbox: 'none' });
    });
    await now.page.goto(`${now.server.url}/processes`);
    const row = now.page.locator('[data-testid=ProcessRow]');
    await row.waitFor();
    expect(await row.textContent()).toMatch(/idle.*99.*unknown/s);
    expect(await row.textContent()).not.toMatch(/undefined|NaN/);
    expect(await now.page.locator('[data-testid="Processes.sums"]').textContent()).not.toMatch(/undefined|NaN| of /);
  });

  it('R-DRV-10 R-DRV-12 the page of agents shows versions, notices, why one is not ready and what helps, and checks again', async () => {
    now = await stage((_worker, _planner, server) => {
      server.agents[1]!.notice = 'opencode 9.0 is newer than 1.2, the newest that Signalbox was tried with.';
      server.agents.push({ ...server.agents[3]!, id: 'old', name: 'Old One', version: '0.1', reason: 'Old One 0.1 is too old; Signalbox needs at least 1.0.', install: 'npm install -g old-one@latest' });
    });
    await now.page.click('[data-testid="Sidebar.agents"]');
    const card = (id: string) => now.page.locator(`[data-testid=AgentCard][data-agent=${id}]`);
    expect(await card('practice').textContent()).toMatch(/0\.1\.0.*ready.*Small.*Large.*Plan/s);
    await card('opencode').locator('[data-testid="AgentCard.notice"]').getByText('newer than').waitFor();
    expect(await card('goose').getAttribute('data-state')).toBe('missing');
    expect(await card('goose').locator('code').textContent()).toBe('npm install -g goose-example');
    expect(await card('gemini').getAttribute('data-state')).toBe('login');
    expect(await card('gemini').locator('code').textContent()).toBe('gemini login');
    expect(await card('old').getAttribute('data-state')).toBe('outdated');
    now.server.agents[2] = { ...now.server.agents[2]!, installed: true, ready: true, reason: null, version: '2.0' };
    await card('goose').locator('[data-testid="AgentCard.check"]').click();
    await until(async () => (await card('goose').getAttribute('data-state')) === 'ready', 'installed by now');
    await now.page.click('[data-testid="Agents.processes"]');
    await now.page.locator('[data-testid=Processes]').waitFor();
  });

  it('the ways to send say whether the turn is added to or stopped, as the agent can', async () => {
    now = await stage((worker, planner) => {
      worker.submit('Running', 'c1', 'practice');
      planner.submit('Running', 'c2', 'opencode');
    });
    for (const [lane, text] of [['worker', 'Stop and send'], ['planner', 'Add to this turn']] as const) {
      await type(now, 'quick', lane);
      await now.lane(lane).locator('[data-testid="SendButton.menu"]').click();
      await now.page.locator('[data-testid="SendButton.steer"]').getByText(text).waitFor();
      await now.page.keyboard.press('Escape');
    }
    await now.lane('planner').locator('[data-testid="SendButton.menu"]').click();
    await now.page.locator('[data-testid="SendButton.steer"]').click();
    await until(() => turns().length === 1, 'sent');
    expect(turns()[0]!.body['when']).toBe('now');
  });

  it('what is said into a running turn does not end it: its foot stands at its end', async () => {
    now = await stage((worker) => {
      worker.submit('Go', 'c1', 'opencode');
      worker.done({ kind: 'text', text: 'One.' });
      worker.fact({ type: 'turn.queued', turn: { id: 'words', lane: worker.id, state: 'queued', text: 'Faster', bytes: 6, agent: 'opencode', attachments: [], clientId: 'c2', queuedAt: new Date().toISOString() } });
      worker.done({ kind: 'user', text: 'Faster', turn: 'words' });
      worker.fact({ type: 'turn.ended', turn: 'words', state: 'completed', reason: 'steered' });
      worker.done({ kind: 'text', text: 'Two.' });
      worker.end('completed', 'end_turn', undefined, { totalTokens: 5_000 });
    });
    const feet = transcript(now.page).locator('[data-testid=TurnFoot]');
    await feet.first().waitFor();
    expect(await feet.count()).toBe(1);
    expect(await transcript(now.page).locator('[data-row]').last().textContent()).toMatch(/Two\..*5K tokens/s);
  });

  it('R-DRV-7 commands known from the last run are offered before the first turn; R-DRV-11 model, mode and effort go with the prompt', async () => {
    now = await stage((worker, _planner, server) => {
      worker.commands = [{ agent: 'practice', commands: [{ name: 'review', description: 'Review the changes' }] }];
      server.agents[0]!.commands = [{ name: 'init', description: 'Write the first notes', hint: null }];
      server.agents[0]!.efforts = [{ id: 'low', name: 'Low' }, { id: 'high', name: 'High' }];
    });
    await type(now, '/in', 'planner');
    await now.page.locator('[data-testid="TriggerPopup.item"]').getByText('/init').waitFor();
    await now.page.keyboard.press('Escape');
    await type(now, '/re');
    await now.page.locator('[data-testid="TriggerPopup.item"]').getByText('/review').waitFor();
    now.worker.fact({ type: 'commands.changed', agent: 'practice', commands: [{ name: 'release' }] });
    await now.page.locator('[data-testid="TriggerPopup.item"]').getByText('/release').waitFor();
    await now.page.keyboard.press('Escape');
    for (const [picker, id] of [['ModelPicker', 'large'], ['ModePicker', 'plan'], ['EffortPicker', 'high']] as const) {
      await now.lane('worker').locator(`[data-testid=${picker}]`).click();
      await now.page.locator(`[data-testid="${picker}.item"][data-id=${id}]`).click();
    }
    await type(now, 'go');
    await button(now).click();
    await until(() => turns().length === 1, 'sent');
    expect(turns()[0]!.body).toMatchObject({ agent: 'practice', model: 'large', mode: 'plan', effort: 'high' });
  });

  it('R-ASK-2 a form of every kind of field scrolls between its head and its buttons, and keeps no secret', async () => {
    const choices = (names: string[]) => names.map((name) => ({ const: name.toLowerCase(), title: name, description: `About ${name}` }));
    const properties: Record<string, Json> = {
      channel: { type: 'string', title: 'Channel', 'x-other': true, oneOf: choices(['Stable', 'Beta']) },
      targets: { type: 'array', title: 'Targets', items: { type: 'string', anyOf: [...choices(['Linux', 'Mac']), { type: 'string' }] } },
      copies: { type: 'integer', title: 'Copies', minimum: 1, maximum: 5 },
      draft: { type: 'boolean', title: 'As a draft' },
      token: { type: 'string', title: 'Token', format: 'password' },
    };
    for (let n = 0; n < 12; n++) properties[`field${n}`] = { type: 'string', title: `Field ${n}` };
    now = await stage((worker, _planner, server) => {
      worker.submit('Ask me', 'go');
      server.ask(worker, { title: 'How shall it be released?', kind: 'question', options: [], schema: { type: 'object', required: ['channel', 'copies', 'field11'], properties } });
    });
    const card = now.lane('worker').locator('[data-testid=ElicitationCard]');
    const submit = card.locator('[data-testid="ElicitationCard.submit"]');
    expect(await submit.isVisible()).toBe(true);
    const [box, low] = [await card.boundingBox(), await submit.boundingBox()];
    expect(low!.y + low!.height).toBeLessThanOrEqual(box!.y + box!.height);
    await submit.click();
    await card.getByText('required').first().waitFor();
    await card.locator('[data-field=channel] [data-testid="ElicitationCard.other"]').check();
    await card.locator('[data-field=channel] [data-testid="ElicitationCard.otherText"]').fill('nightly');
    await card.locator('[data-field=targets] [data-testid="ElicitationCard.check"]').nth(1).check();
    await card.locator('[data-field=targets] [data-testid="ElicitationCard.other"]').check();
    await card.locator('[data-field=targets] [data-testid="ElicitationCard.otherText"]').fill('plan9');
    await card.locator('[data-field=copies] input').fill('9');
    await card.getByText('a number from 1 up to 5').waitFor();
    await card.locator('[data-field=copies] input').fill('3');
    await card.locator('[data-field=draft] input').check();
    await card.locator('[data-field=token] input').fill('hush-hush');
    await card.locator('[data-field=field11] input').fill('last');
    expect(await now.page.evaluate(() => JSON.stringify({ ...sessionStorage, ...localStorage }))).not.toContain('hush');
    expect(await card.locator('[data-field=token] input').getAttribute('type')).toBe('password');
    await submit.click();
    await until(() => now.server.calls('POST', /asks/).length === 1, 'answered');
    expect(now.server.calls('POST', /asks/)[0]!.body['values']).toEqual({ channel: 'nightly', targets: ['mac', 'plan9'], copies: 3, draft: true, token: 'hush-hush', field11: 'last' });
  });
});
