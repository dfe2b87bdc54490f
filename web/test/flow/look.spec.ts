import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, it } from 'vitest';
import { FakeServer } from '../fake-server/server';
import { hasBrowser, launch, open, shut, until } from './browser';
import { DIST, WEB } from './build';
import { tellCrew } from './crew';
import { tellStory } from './story';

// Pictures to be looked at, of everything there is; nothing is compared with them.
const OUT = join(WEB, 'test', '.out');

describe.skipIf(!hasBrowser || !process.env['LOOK'])('pictures', () => {
  const server = new FakeServer(DIST);

  beforeAll(async () => {
    mkdirSync(OUT, { recursive: true });
    await server.start();
    await launch();
  });
  afterAll(async () => {
    await shut();
    await server.stop();
  });

  it('shows the session screen and the inbox in both themes and sizes', async () => {
    const project = server.addProject('payments');
    server.addSession(server.addProject('website'), 'Fix the footer on small screens');
    server.addSession(project, 'Upgrade to Java 25');
    const session = server.addSession(project, 'Rate limiter under load');
    const { worker } = tellStory(server, session);
    worker.submit('Then write the release note.', 'q1');
    worker.submit('And open a pull request against main, with the numbers from the load test in its description.', 'q2');
    server.ask(worker, { title: 'Run the load test', tool: { name: 'bash', kind: 'execute', title: 'Run the load test', paths: [], input: { command: 'curl -s http://localhost:8080/load?seconds=30 | tail -n 5' } }, input: { command: 'curl -s http://localhost:8080/load?seconds=30 | tail -n 5' } });
    const other = server.addSession(project, 'Invoices in two currencies');
    server.lane(other, 'worker').submit('Add the column', 'o1');
    for (const theme of ['dark', 'light'] as const) {
      for (const [width, height] of [[1440, 900], [390, 844]] as const) {
        const { page, context, errors } = await open({ width, height, theme, touch: width < 500, scale: width < 500 ? 2 : 1, lang: process.env['LOOK_LANG'] ?? 'en' });
        await page.goto(`${server.url}/p/${project.id}/s/${session.id}`);
        await page.waitForSelector('[data-testid=Lane][data-lane=worker][data-settled=true]');
        await page.waitForTimeout(700);
        await page.screenshot({ path: join(OUT, `session-${width}-${theme}.png`) });
        if (width < 500) {
          await page.tap('[data-testid="LaneSwitch.planner"]');
          await page.waitForTimeout(300);
          await page.screenshot({ path: join(OUT, `planner-${width}-${theme}.png`) });
          await page.tap('[data-testid="Header.sidebar"]');
          await page.waitForTimeout(300);
          await page.screenshot({ path: join(OUT, `sheet-${width}-${theme}.png`) });
        } else {
          await page.click('[data-lane=worker] [data-testid=AgentPicker]');
          await page.waitForTimeout(200);
          await page.screenshot({ path: join(OUT, `agents-${width}-${theme}.png`) });
          await page.keyboard.press('Escape');
          await page.click('[data-testid=Settings]');
          await page.waitForTimeout(200);
          await page.screenshot({ path: join(OUT, `settings-${width}-${theme}.png`) });
          await page.keyboard.press('Escape');
          await page.keyboard.press('Control+k');
          await page.waitForTimeout(200);
          await page.screenshot({ path: join(OUT, `palette-${width}-${theme}.png`) });
        }
        await page.goto(server.url);
        await page.waitForSelector('[data-testid=Inbox]');
        await until(async () => (await page.locator('[data-testid=InboxAsk]').count()) > 0, 'the ask in the inbox');
        await page.waitForTimeout(200);
        await page.screenshot({ path: join(OUT, `inbox-${width}-${theme}.png`) });
        if (errors.length > 0) console.log(errors);
        await context.close();
      }
    }
  });

  it('shows several agents in a lane, their page and that of their processes', async () => {
    const project = server.addProject('exporter');
    const session = server.addSession(project, 'A resumable export');
    const { worker, planner } = tellCrew(server, session);
    for (const theme of ['dark', 'light'] as const) {
      for (const [width, height] of [[1440, 900], [390, 844]] as const) {
        const phone = width < 500;
        const { page, context, errors } = await open({ width, height, theme, touch: phone, scale: phone ? 2 : 1, lang: process.env['LOOK_LANG'] ?? 'en' });
        const shot = async (name: string) => {
          await page.waitForTimeout(350);
          await page.screenshot({ path: join(OUT, `${name}-${width}-${theme}.png`) });
        };
        await page.goto(`${server.url}/p/${project.id}/s/${session.id}`);
        await page.waitForSelector('[data-testid=Lane][data-lane=worker][data-settled=true]');
        await shot('crew');
        await page.locator('[data-lane=worker] [data-testid=LaneDetails]').click();
        await shot('details');
        await page.keyboard.press('Escape');
        if (phone) await page.tap('[data-testid="LaneSwitch.planner"]');
        await page.locator('[data-lane=planner] [data-testid=ToolRow] [data-testid="ToolRow.toggle"]').first().click();
        await shot('subagent');
        if (phone) await page.locator('[data-lane=planner] [data-testid=PickerSheet]').click();
        else await page.locator('[data-lane=planner] [data-testid=AgentPicker]').click();
        await shot('picker');
        await page.goto(`${server.url}/settings/agents`);
        await page.waitForSelector('[data-testid=AgentCard]');
        await shot('agents-page');
        await page.goto(`${server.url}/processes`);
        await page.waitForSelector('[data-testid=ProcessRow]');
        await shot('processes');
        await page.goto(`${server.url}/jobs`);
        await page.locator('[data-testid=JobRow][data-state=completed] [data-testid="JobRow.toggle"]').click();
        await page.waitForSelector('[data-testid="JobRow.result"]');
        await shot('jobs');
        await page.locator('[data-testid="Jobs.new"]').click();
        await page.locator('[data-testid=JobRow][data-state=failed] [data-testid="JobRow.toggle"]').click();
        await shot('new-job');
        if (errors.length > 0) console.log(errors);
        await context.close();
      }
    }
    const schema = { type: 'object', required: ['channel', 'copies'], properties: { channel: { type: 'string', title: 'Channel', 'x-other': true, oneOf: [{ const: 's', title: 'Stable', description: 'What everybody gets' }, { const: 'b', title: 'Beta' }] }, targets: { type: 'array', title: 'Targets', items: { type: 'string', oneOf: [{ const: 'l', title: 'Linux' }, { const: 'm', title: 'macOS' }] } }, copies: { type: 'integer', title: 'Copies', minimum: 1, maximum: 5, description: 'How many mirrors get it' }, token: { type: 'string', title: 'Token', format: 'password' }, draft: { type: 'boolean', title: 'As a draft' }, note: { type: 'string', title: 'Note', maxLength: 500 } } };
    server.ask(planner, { title: 'How shall it be released?', kind: 'question', options: [], schema });
    worker.setQueue([]);
    worker.submit('Plan it', 'crew-w4', 'claude');
    server.ask(worker, { title: 'Keep the cursor on the disk', kind: 'plan', input: { plan: '# Keep the cursor on the disk\n\n1. **Write** it after every page, with `fsync`.\n2. Read it at the start.\n3. Delete it at the end.\n\n> The test that fails now is the one that proves it.' }, options: [{ id: 'y', kind: 'allow', label: 'Approve, ask before edits' }, { id: 'a', kind: 'allow', label: 'Approve, accept edits' }, { id: 'n', kind: 'reject', label: 'Keep planning' }] });
    for (const theme of ['dark', 'light'] as const) {
      for (const [width, height] of [[1440, 900], [390, 844]] as const) {
        const { page, context } = await open({ width, height, theme, touch: width < 500, scale: width < 500 ? 2 : 1, lang: process.env['LOOK_LANG'] ?? 'en' });
        await page.goto(`${server.url}/p/${project.id}/s/${session.id}`);
        await page.waitForSelector('[data-testid=Lane][data-lane=worker][data-settled=true]');
        if (width > 500) await page.locator('[data-lane=planner] [data-testid="ElicitationCard.other"]').check();
        await page.waitForTimeout(400);
        await page.screenshot({ path: join(OUT, `forms-${width}-${theme}.png`) });
        if (width < 500) {
          await page.tap('[data-testid="LaneSwitch.planner"]');
          await page.waitForTimeout(300);
          await page.screenshot({ path: join(OUT, `forms-planner-${width}-${theme}.png`) });
        }
        await context.close();
      }
    }
  });
});
