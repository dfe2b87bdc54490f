import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { hasBrowser, launch, shut, until } from './browser';
import { stage, type Stage } from './stage';

describe.skipIf(!hasBrowser)('jobs', () => {
  let now: Stage;
  const row = () => now.page.locator('[data-testid=JobRow]');

  beforeAll(async () => void (await launch()));
  afterAll(shut);
  afterEach(async () => {
    const errors = now.errors;
    await now.close();
    expect(errors).toEqual([]);
  });

  it('R-WARM-6 a job is begun with project, agent and place, is followed live, and shows what it answered', async () => {
    now = await stage((_worker, _planner, server) => void server.addProject('second'));
    await now.page.click('[data-testid="Sidebar.jobs"]');
    await now.page.locator('[data-testid=EmptyState]').waitFor();
    await now.page.click('[data-testid="Jobs.new"]');
    expect(await now.page.locator('[data-testid="NewJob.submit"]').isDisabled()).toBe(true);
    await now.page.fill('[data-testid="NewJob.text"]', 'Write the notes\nand keep them short');
    await now.page.reload();
    await now.page.click('[data-testid="Jobs.new"]');
    expect(await now.page.locator('[data-testid="NewJob.text"]').inputValue()).toContain('keep them short');
    await now.page.selectOption('[data-testid="NewJob.project"]', now.server.projects[1]!.id);
    await now.page.locator('[data-testid=NewJob] [data-testid=AgentPicker]').click();
    await now.page.locator('[data-testid="AgentPicker.item"][data-agent=opencode]').click();
    await now.page.locator('label:has([data-testid="NewJob.isolation"][data-value=in-place])').click();
    await now.page.locator('[data-testid="NewJob.text"]').press('Control+Enter');
    await until(() => now.server.calls('POST', /\/api\/jobs$/).length === 1, 'sent');
    expect(now.server.calls('POST', /\/api\/jobs$/)[0]!.body).toEqual({ project: now.server.projects[1]!.id, agent: 'opencode', text: 'Write the notes\nand keep them short', isolation: 'in-place' });
    await until(async () => (await row().getAttribute('data-state')) === 'queued', 'queued');
    expect(await row().textContent()).toMatch(/Write the notes.*opencode.*second/s);
    const { id } = now.server.jobs[0]!;
    now.server.changeJob(id, { state: 'running', startedAt: new Date().toISOString() });
    await until(async () => (await row().getAttribute('data-state')) === 'running', 'running');
    now.server.changeJob(id, { result: 'So **far**' }, false);
    await row().locator('strong').getByText('far').waitFor();
    now.server.changeJob(id, { state: 'completed', result: '# Notes\n\nAll of **them**.', notes: ['Denied: rm'], usage: { totalTokens: 2_000 }, endedAt: new Date(Date.now() + 4_000).toISOString() });
    await row().locator('strong').getByText('them').waitFor();
    expect(await row().textContent()).toMatch(/done.*2K tokens.*Denied: rm/s);
  });

  it('R-WARM-6 one that runs is cancelled, one that has ended runs again or goes', async () => {
    now = await stage((_worker, _planner, server) => {
      server.job('Count', { state: 'running' });
      server.job('Old', { state: 'failed', error: { code: 'agent-unavailable', detail: 'goose could not be started: not found on the PATH.', hint: 'Install it: npm install -g goose-example', action: 'install' } });
    });
    await now.page.keyboard.press('Control+k');
    await now.page.fill('[data-testid="CommandPalette.input"]', 'jobs');
    await now.page.keyboard.press('Enter');
    const count = row().filter({ hasText: 'Count' });
    const old = row().filter({ hasText: 'Old' });
    await count.locator('[data-testid="JobRow.toggle"]').click();
    await count.locator('[data-testid="JobRow.cancel"]').click();
    await until(async () => (await count.getAttribute('data-state')) === 'cancelled', 'cancelled');
    await old.locator('[data-testid="JobRow.toggle"]').click();
    expect(await old.locator('code').first().textContent()).toBe('npm install -g goose-example');
    await old.locator('[data-testid="JobRow.retry"]').click();
    await until(async () => (await old.getAttribute('data-state')) === 'queued', 'queued again');
    expect(await old.textContent()).toContain('attempt 2');
    await count.locator('[data-testid="JobRow.toggle"]').click();
    await count.locator('[data-testid="JobRow.remove"]').click();
    await until(async () => (await row().count()) === 1, 'gone');
  });

  it('a job that is refused says why, and what was written stays', async () => {
    now = await stage((_worker, _planner, server) => server.refusals.push({ match: /POST \/api\/jobs/, status: 503, code: 'job_queue_full', detail: '200 jobs wait already.', times: 1 }));
    await now.page.goto(`${now.server.url}/jobs`);
    await now.page.click('[data-testid="Jobs.new"]');
    await now.page.fill('[data-testid="NewJob.text"]', 'One more');
    await now.page.click('[data-testid="NewJob.submit"]');
    await now.page.locator('[data-testid="NewJob.problem"]').getByText('200 jobs wait already.').waitFor();
    expect(await now.page.locator('[data-testid="NewJob.text"]').inputValue()).toBe('One more');
  });
});
