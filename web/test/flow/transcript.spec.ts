import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { hasBrowser, launch, shut, until } from './browser';
import { atEnd, history, offset, scroll, settled, stage, still, transcript, watchGap, type Stage } from './stage';

describe.skipIf(!hasBrowser)('the transcript', () => {
  let now: Stage;

  beforeAll(async () => void (await launch()));
  afterAll(shut);
  afterEach(async () => {
    const errors = now.errors;
    await now.close();
    expect(errors).toEqual([]);
  });

  it('R-UI-4 R-UI-11 follows a streaming answer at every frame', async () => {
    now = await stage((worker) => {
      history(worker, 40);
      worker.submit('Go on', 'go');
    });
    await atEnd(now.page);
    const stop = await watchGap(now.page);
    const item = now.worker.item({ kind: 'text' });
    for (let n = 0; n < 120; n++) {
      now.worker.grow(item.id, n % 12 === 11 ? `\n\n## Part ${n}\n\n` : 'some streamed words and more ');
      if (n % 30 === 0) now.worker.tool('read', `Read ${n}`, { paths: [`f${n}`] });
      await new Promise((done) => setTimeout(done, 8));
    }
    await until(async () => (await transcript(now.page).textContent())?.includes('Part 119') ?? false, 'the last part is on the page');
    const { worst, samples } = await stop();
    expect(samples).toBeGreaterThan(20);
    expect(worst).toBeLessThanOrEqual(2);
    expect((await scroll(now.page)).mode).toBe('following');
  });

  it('R-UI-4 a turn of the wheel stops following and nothing moves under the reader', async () => {
    now = await stage((worker) => {
      history(worker, 30);
      worker.submit('Go on', 'go');
    });
    await atEnd(now.page);
    const item = now.worker.item({ kind: 'text', text: 'Begin. ' });
    await transcript(now.page).hover();
    await now.page.mouse.wheel(0, -600);
    await until(async () => (await scroll(now.page)).mode === 'released', 'released');
    await until(async () => (await scroll(now.page)).gap > 300, 'scrolled');
    await still(now.page);
    const read = await transcript(now.page).evaluate((el) => {
      const top = el.getBoundingClientRect().top;
      return [...el.querySelectorAll('[data-row]')].find((one) => one.getBoundingClientRect().top > top + 40)!.textContent!.trim().slice(0, 20);
    });
    const before = await offset(now.page, read);
    for (let n = 0; n < 40; n++) {
      now.worker.grow(item.id, 'more and more words that wrap over the line ');
      now.worker.done({ kind: 'notice', notice: { code: 'x', level: 'info', detail: `note ${n}` } });
    }
    await until(async () => (await now.page.locator('[data-testid=JumpToLatest]').textContent())?.includes('new') ?? false, 'the button counts');
    expect(Math.abs((await offset(now.page, read)) - before)).toBeLessThanOrEqual(1);
    await now.page.click('[data-testid=JumpToLatest]');
    await atEnd(now.page);
    expect((await scroll(now.page)).mode).toBe('following');
    expect(await now.page.locator('[data-testid=JumpToLatest]').count()).toBe(0);
  });

  it('R-UI-4 keys and a text selection release, End and scrolling down into the last 40 px follow again', async () => {
    now = await stage((worker) => {
      history(worker, 30);
      worker.submit('Go on', 'go');
    });
    await atEnd(now.page);
    await transcript(now.page).focus();
    await now.page.keyboard.press('PageUp');
    await until(async () => (await scroll(now.page)).mode === 'released', 'PageUp releases');
    await now.page.keyboard.press('End');
    await until(async () => (await scroll(now.page)).mode === 'following', 'End follows');
    await transcript(now.page).evaluate((el) => {
      const text = el.querySelector('[data-testid=AssistantText] p')!;
      getSelection()!.selectAllChildren(text);
    });
    await until(async () => (await scroll(now.page)).mode === 'released', 'a selection releases');
    await now.page.evaluate(() => getSelection()!.removeAllRanges());
    await transcript(now.page).hover();
    await now.page.mouse.wheel(0, -500);
    await until(async () => (await scroll(now.page)).gap > 100, 'up');
    // Rows above are measured on the way, which moves the content and ends a smooth scroll: as a reader would, again.
    await until(async () => {
      await now.page.mouse.wheel(0, 5_000);
      return (await scroll(now.page)).mode === 'following';
    }, 'the end follows again');
  });

  it('R-UI-12 a long history loads older pages above without moving what is read', async () => {
    now = await stage((worker) => {
      worker.replayMost = 100;
      history(worker, 300);
    });
    await atEnd(now.page);
    expect(await now.page.locator('[data-testid=Transcript][data-lane=worker] [data-row]').count()).toBeLessThan(120);
    await transcript(now.page).hover();
    const before = now.server.calls('GET', /\/items$/).length;
    let checked = 0;
    for (let n = 0; n < 60 && checked < 2; n++) {
      await now.page.mouse.wheel(0, -900);
      await new Promise((done) => setTimeout(done, 30));
      const pages = now.server.calls('GET', /\/items$/).length;
      if (pages > before + checked) {
        const seen = await transcript(now.page).evaluate((el) => {
          const top = el.getBoundingClientRect().top;
          const row = [...el.querySelectorAll('[data-row]')].find((one) => one.getBoundingClientRect().top > top + 40);
          return row ? { key: row.getAttribute('data-row')!, at: row.getBoundingClientRect().top - top } : null;
        });
        await new Promise((done) => setTimeout(done, 300));
        if (seen) {
          const later = await transcript(now.page).evaluate((el, key) => {
            const row = el.querySelector(`[data-row="${key}"]`);
            return row ? row.getBoundingClientRect().top - el.getBoundingClientRect().top : NaN;
          }, seen.key);
          expect(Math.abs(later - seen.at)).toBeLessThanOrEqual(2);
        }
        checked = pages - before;
      }
    }
    expect(checked).toBeGreaterThanOrEqual(2);
  });

  it('R-UI-4 unfolding keeps the clicked line where it is', async () => {
    now = await stage((worker) => history(worker, 20));
    await atEnd(now.page);
    await transcript(now.page).hover();
    await now.page.mouse.wheel(0, -700);
    await until(async () => (await scroll(now.page)).mode === 'released', 'released');
    const head = now.page.locator('[data-testid=Transcript][data-lane=worker] [data-testid="WorkGroup.toggle"]').nth(6);
    await head.scrollIntoViewIfNeeded();
    const before = (await head.boundingBox())!.y;
    await head.click();
    await now.page.locator('[data-testid=Transcript] [data-testid="ToolRow.toggle"]').first().waitFor();
    await new Promise((done) => setTimeout(done, 100));
    expect(Math.abs((await head.boundingBox())!.y - before)).toBeLessThanOrEqual(1);
    await head.click();
    await new Promise((done) => setTimeout(done, 100));
    expect(Math.abs((await head.boundingBox())!.y - before)).toBeLessThanOrEqual(1);
  });

  it('R-UI-4 work folds to one line that starts folded, shows what runs now, and lists what failed', async () => {
    now = await stage((worker) => worker.submit('Look around', 'go'));
    const rows = transcript(now.page);
    now.worker.tool('read', 'Read a', { paths: ['a.ts'] });
    now.worker.tool('read', 'Read b', { paths: ['b.ts'] });
    const running = now.worker.tool('execute', 'Run', { input: { command: 'make check' } }, 'open');
    await rows.locator('[data-testid="WorkGroup.current"]').getByText('make check').waitFor();
    expect(await rows.locator('[data-testid=WorkGroup]').count()).toBe(1);
    expect(await rows.locator('[data-testid=ToolRow]').count()).toBe(0);
    now.worker.complete(running.id, 'failed', { output: 'boom', tool: { name: 'execute', kind: 'execute', title: 'Run', paths: [], input: { command: 'make check' }, exitCode: 2 } });
    await rows.locator('[data-testid=ToolRow][data-status=failed]').waitFor();
    expect(await rows.locator('[data-testid=WorkGroup]').textContent()).toContain('1 failed');
    now.worker.end();
    await until(async () => (await now.lane('worker').getAttribute('data-state')) === 'idle', 'idle');
    expect(await rows.locator('[data-testid=WorkGroup] [aria-expanded=true]').count()).toBe(0);
  });

  it('R-UI-1 thinking is one line that unfolds, live and after a reload', async () => {
    now = await stage((worker) => worker.submit('Think', 'go'));
    const item = now.worker.item({ kind: 'reasoning' });
    now.worker.grow(item.id, 'First I look. Then I weigh the ');
    const block = transcript(now.page).locator('[data-testid=ReasoningBlock]');
    await block.getByText('Then I weigh the').waitFor();
    expect(await block.textContent()).not.toContain('First I look');
    now.worker.complete(item.id);
    now.worker.end();
    await block.getByText('Thought').waitFor();
    await now.page.reload();
    await settled(now.page);
    await block.locator('button').click();
    await block.getByText('First I look. Then I weigh the').waitFor();
    expect(await block.count()).toBe(1);
  });

  it('R-UI-2 a tool shows its name, input, state and output, an edit its diff', async () => {
    now = await stage((worker) => {
      worker.submit('Work', 'go');
      worker.done({ kind: 'text', text: 'First' });
      worker.tool('edit', 'Edit', { paths: ['src/a.ts'] }, 'done', { diff: '@@ -1,2 +1,2 @@\n-const a = 1;\n+const a = 2;\n same\n' });
      worker.done({ kind: 'text', text: 'Then' });
      worker.tool('execute', 'Run', { input: { command: 'npm test' }, exitCode: 1 }, 'failed', { output: `${Array.from({ length: 30 }, (_, n) => `line ${n}`).join('\n')}\n\u001b[31mred end\u001b[0m\n` });
    });
    const rows = transcript(now.page);
    const edit = rows.locator('[data-testid=ToolRow][data-kind=edit]');
    expect(await edit.textContent()).toMatch(/Edit.*src\/a\.ts.*\+1.*−1/s);
    await edit.locator('.add').getByText('const a = 2;').waitFor();
    const run = rows.locator('[data-testid=ToolRow][data-kind=execute]');
    expect(await run.textContent()).toMatch(/npm test.*exit code 1/s);
    await run.locator('[data-testid="ToolRow.toggle"]').click();
    const output = run.locator('[data-testid="ToolRow.output"]');
    await output.locator('.ansi-red').getByText('red end').waitFor();
    expect(await output.textContent()).not.toContain('line 3\n');
    await run.locator('[data-testid="ToolRow.all"]').click();
    await until(async () => (await output.textContent())?.includes('line 3\n') ?? false, 'the whole output');
  });

  it('R-TURN-5 a very long output shows head and tail, and the whole in the viewer', async () => {
    now = await stage((worker) => {
      worker.submit('Work', 'go');
      worker.tool('execute', 'Run', { input: { command: 'seq' }, exitCode: 0 }, 'done', { output: Array.from({ length: 5_000 }, (_, n) => `row-${n}`).join('\n') });
    });
    const run = transcript(now.page).locator('[data-testid=ToolRow]');
    await run.locator('[data-testid="ToolRow.toggle"]').click();
    await run.locator('[data-testid="ToolRow.all"]').click();
    await run.locator('[data-testid="ToolRow.viewer"]').click();
    const view = now.page.locator('[data-testid="TextViewer.text"]');
    await view.evaluate((el) => (el.scrollTop = el.scrollHeight));
    await view.getByText('row-4999').waitFor();
  });

  it('R-TURN-4 markdown streams block by block, code is coloured once its fence closes, and nothing acts', async () => {
    now = await stage((worker) => worker.submit('Write', 'go'));
    const rows = transcript(now.page);
    const item = now.worker.item({ kind: 'text' });
    now.worker.grow(item.id, 'Hello **wor');
    await rows.locator('strong').getByText('wor').waitFor();
    now.worker.grow(item.id, 'ld** <img src=x onerror="window.hacked=1"> [x](javascript:window.hacked=1)\n\n```js\nconst a = 1;\n');
    await rows.locator('[data-testid=CodeBlock]').getByText('const a = 1;').waitFor();
    expect(await rows.locator('.hljs-keyword').count()).toBe(0);
    now.worker.grow(item.id, '```\n\nDone.');
    await rows.locator('.hljs-keyword').getByText('const').waitFor();
    expect(await rows.locator('img').count()).toBe(0);
    const live = await rows.locator('[data-testid=AssistantText]').innerHTML();
    now.worker.complete(item.id);
    now.worker.end();
    await until(async () => (await now.lane('worker').getAttribute('data-state')) === 'idle', 'idle');
    await now.page.reload();
    await settled(now.page);
    await rows.locator('.hljs-keyword').getByText('const').waitFor();
    const clean = (html: string) => html.replace(/<!--.*?-->| live/g, '').replace(/\s+/g, ' ');
    expect(clean(await rows.locator('[data-testid=AssistantText]').innerHTML())).toBe(clean(live));
    expect(await now.page.evaluate(() => 'hacked' in window)).toBe(false);
  });

  it('R-UI-12 finds in the store, unfolds the hit, and a second Ctrl+F is the browser’s', async () => {
    now = await stage((worker) => history(worker, 60));
    await atEnd(now.page);
    await now.lane('worker').locator('[data-testid=PromptEditor]').focus();
    await now.page.keyboard.press('Control+f');
    const bar = now.page.locator('[data-testid=FindBar]');
    await bar.locator('input').fill('make test-3');
    await until(async () => (await bar.locator('[data-testid="FindBar.count"]').textContent()) === '11 of 11', 'eleven hits, the newest shown');
    await bar.locator('[data-testid="FindBar.next"]').click();
    await transcript(now.page).locator('[data-testid=ToolRow]').getByText('make test-3', { exact: true }).first().waitFor();
    expect((await scroll(now.page)).mode).toBe('released');
    await now.page.keyboard.press('Escape');
    expect(await bar.count()).toBe(0);
  });

  it('R-UI-12 coming back to a session stands where it was left', async () => {
    now = await stage((worker, _planner, server) => {
      history(worker, 60);
      server.addSession(server.projects[0]!, 'Another one');
    });
    await atEnd(now.page);
    await transcript(now.page).hover();
    await now.page.mouse.wheel(0, -2_500);
    await until(async () => (await scroll(now.page)).mode === 'released', 'released');
    await new Promise((done) => setTimeout(done, 200));
    const mark = await transcript(now.page).evaluate((el) => {
      const top = el.getBoundingClientRect().top;
      const row = [...el.querySelectorAll('[data-row]')].find((one) => one.getBoundingClientRect().top > top + 60 && one.textContent!.includes('Answer number'))!;
      return /Answer number \d+\./.exec(row.textContent!)![0];
    });
    const before = await offset(now.page, mark);
    await now.page.locator('[data-testid="SessionRow.open"]').getByText('Another one').click();
    await now.page.locator('[data-testid=EmptyState]').first().waitFor();
    await now.page.goBack();
    await settled(now.page);
    await until(async () => Math.abs((await offset(now.page, mark)) - before) <= 2, 'the same row at the same place');
  });

  it('R-UI-12 a window that changes its width stays at the end, or at the row that is read', async () => {
    now = await stage((worker) => history(worker, 40));
    await atEnd(now.page);
    await now.page.setViewportSize({ width: 1_100, height: 700 });
    await atEnd(now.page, 'still at the end when narrower');
    await now.page.setViewportSize({ width: 1_440, height: 900 });
    await atEnd(now.page, 'still at the end when wider');
  });

  it('R-TURN-8 a failed turn shows what happened, the way out, and retry sends the prompt again', async () => {
    now = await stage((worker) => {
      worker.submit('Do it', 'go');
      const problem = { code: 'agent-error', detail: 'The agent said no.', hint: 'Run `agent login` and retry.', action: 'retry', stderr: 'last words' };
      worker.done({ kind: 'error', error: problem }, 'failed');
      worker.end('failed', 'error', problem);
    });
    const card = transcript(now.page).locator('[data-testid=ErrorCard]');
    await card.getByText('The agent said no.').waitFor();
    expect(await card.textContent()).toContain('agent login');
    await card.locator('[data-testid="ErrorCard.retry"]').click();
    await until(() => now.server.calls('POST', /\/turns$/).length === 1, 'sent again');
    expect(now.server.calls('POST', /\/turns$/)[0]!.body['text']).toBe('Do it');
  });

  it('R-TURN-2 a turn that has begun says so before its first word', async () => {
    now = await stage((worker) => worker.submit('Go', 'go'));
    const item = now.worker.item({ kind: 'text' });
    await transcript(now.page).locator('[data-testid="AssistantText.working"]').waitFor();
    now.worker.complete(item.id);
    now.worker.tool('read', 'Read', { paths: ['/home/dev/demo/src/a.ts'] });
    await transcript(now.page).locator('[data-testid=ToolRow]').getByText('src/a.ts', { exact: true }).waitFor();
    expect(await transcript(now.page).locator('[data-testid=AssistantText]').count()).toBe(0);
  });

  it('R-DRV-6 an item of an unknown kind is shown as data and breaks nothing', async () => {
    now = await stage((worker) => {
      worker.submit('Go', 'go');
      worker.done({ kind: 'hologram' as 'text', text: 'x' });
      worker.done({ kind: 'text', text: 'Still here.' });
    });
    await transcript(now.page).getByText('Still here.').waitFor();
    expect(await transcript(now.page).locator('[data-testid=UnknownItem]').count()).toBe(1);
  });
});
