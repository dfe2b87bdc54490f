import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { hasBrowser, launch, shut, until } from './browser';
import { button, PNG, settled, stage, transcript, type, type Stage } from './stage';

describe.skipIf(!hasBrowser)('the composer', () => {
  let now: Stage;
  const turns = () => now.server.calls('POST', /\/turns$/);

  beforeAll(async () => void (await launch()));
  afterAll(shut);
  afterEach(async () => {
    const errors = now.errors;
    await now.close();
    expect(errors).toEqual([]);
  });

  it('R-SEND-8 is Send, Stop and Queue; Enter sends and never stops, Shift+Enter breaks the line', async () => {
    now = await stage();
    const editor = now.lane('worker').locator('[data-testid=PromptEditor]');
    expect(await button(now).isDisabled()).toBe(true);
    await editor.pressSequentially('one');
    await editor.press('Shift+Enter');
    await editor.pressSequentially('two');
    expect(await button(now).getAttribute('data-state')).toBe('send');
    await editor.press('Enter');
    await until(() => turns().length === 1, 'sent');
    expect(turns()[0]!.body['text']).toBe('one\ntwo');
    await until(async () => (await button(now).getAttribute('data-state')) === 'stop', 'Stop while running with nothing typed');
    const width = (await button(now).boundingBox())!.width;
    await editor.press('Enter');
    expect(now.server.calls('POST', /interrupt$/)).toHaveLength(0);
    await editor.pressSequentially('three');
    expect(await button(now).getAttribute('data-state')).toBe('queue');
    expect((await button(now).boundingBox())!.width).toBe(width);
    await editor.press('Enter');
    await until(async () => (await now.lane('worker').locator('[data-testid="QueueList.item"]').count()) === 1, 'queued');
    await button(now).click();
    await until(() => now.server.calls('POST', /interrupt$/).length === 1, 'Stop stops');
  });

  it('R-INT-1 Esc twice stops the turn; R-INT-9 stopping when nothing runs says so', async () => {
    now = await stage((worker) => worker.submit('Go', 'go'));
    const editor = now.lane('worker').locator('[data-testid=PromptEditor]');
    await editor.focus();
    await editor.press('Escape');
    await editor.press('Escape');
    await until(async () => (await now.lane('worker').getAttribute('data-state')) === 'idle', 'stopped');
    const body = now.server.calls('POST', /interrupt$/)[0]!.body;
    expect(body['force']).toBeUndefined();
  });

  it('R-UI-10 the Enter of an input method does not send', async () => {
    now = await stage();
    const editor = now.lane('worker').locator('[data-testid=PromptEditor]');
    await editor.focus();
    const cdp = await now.context.newCDPSession(now.page);
    await cdp.send('Input.imeSetComposition', { text: 'ni', selectionStart: 2, selectionEnd: 2 });
    await cdp.send('Input.dispatchKeyEvent', { type: 'keyDown', key: 'Enter', code: 'Enter', windowsVirtualKeyCode: 229 });
    await cdp.send('Input.insertText', { text: '你好' });
    await until(async () => (await editor.inputValue()) === '你好', 'composed');
    expect(turns()).toHaveLength(0);
    await new Promise((done) => setTimeout(done, 60));
    await editor.press('Enter');
    await until(() => turns().length === 1, 'the next Enter sends');
    expect(turns()[0]!.body['text']).toBe('你好');
    await transcript(now.page).getByText('你好').waitFor();
  });

  it('R-LANE-5 drafts, pictures and queue are kept per lane, over switching and reload', async () => {
    now = await stage((worker, _planner, server) => {
      worker.submit('Running', 'go');
      server.addSession(server.projects[0]!, 'Elsewhere');
    });
    await type(now, 'first in line');
    await button(now).click();
    await type(now, 'second in line');
    await until(async () => (await now.lane('worker').locator('[data-testid="QueueList.item"]').count()) === 1, 'one queued');
    await button(now).click();
    await until(async () => (await now.lane('worker').locator('[data-testid="QueueList.item"]').count()) === 2, 'two queued');
    await now.lane('worker').locator('[data-testid="Composer.file"]').setInputFiles({ name: 'a.png', mimeType: 'image/png', buffer: PNG });
    await now.lane('worker').locator('[data-testid=AttachmentStrip] [data-state=ready]').waitFor();
    await type(now, 'worker draft');
    await type(now, 'planner draft', 'planner');
    await now.page.locator('[data-testid="SessionRow.open"]').getByText('Elsewhere').click();
    await until(async () => (await now.lane('worker').locator('[data-testid=PromptEditor]').inputValue()) === '', 'the other session is empty');
    await now.page.goBack();
    await settled(now.page);
    for (const round of ['after switching', 'after a reload']) {
      expect(await now.lane('worker').locator('[data-testid=PromptEditor]').inputValue(), round).toBe('worker draft');
      expect(await now.lane('planner').locator('[data-testid=PromptEditor]').inputValue(), round).toBe('planner draft');
      await until(async () => (await now.lane('worker').locator('[data-testid="QueueList.item"]').count()) === 2, `queue ${round}`);
      expect(await now.lane('planner').locator('[data-testid=QueueList]').count(), round).toBe(0);
      await now.lane('worker').locator('[data-testid=AttachmentStrip] [data-state=ready]').waitFor();
      expect(await now.lane('planner').locator('[data-testid=AttachmentStrip]').count(), round).toBe(0);
      if (round === 'after switching') {
        await now.page.reload();
        await settled(now.page);
        await until(async () => (await now.lane('worker').locator('[data-testid=PromptEditor]').inputValue()) !== '', 'the draft is back');
      }
    }
  });

  it('R-UI-8 what was typed a moment before a reload is there afterwards', async () => {
    now = await stage();
    await now.lane('worker').locator('[data-testid=PromptEditor]').pressSequentially('in a hurry');
    await now.page.reload();
    await settled(now.page);
    await until(async () => (await now.lane('worker').locator('[data-testid=PromptEditor]').inputValue()) === 'in a hurry', 'the draft is back');
  });

  it('R-SEND-7 a queued message is edited, moved, withdrawn and brought back; the server has the queue', async () => {
    now = await stage((worker) => {
      worker.submit('Running', 'go');
      worker.submit('alpha', 'q1');
      worker.submit('beta', 'q2');
      worker.submit('gamma', 'q3');
    });
    const items = now.lane('worker').locator('[data-testid="QueueList.item"]');
    const order = async () => (await items.locator('[data-testid="QueueList.edit"]').allTextContents()).map((text) => text.trim());
    expect(await order()).toEqual(['alpha', 'beta', 'gamma']);
    await items.nth(2).locator('[data-testid="QueueList.edit"]').focus();
    await now.page.keyboard.press('Alt+ArrowUp');
    await until(async () => (await order()).join() === 'alpha,gamma,beta', 'moved up');
    expect(now.worker.queue.turns.map((id) => now.worker.turns.get(id)!.text)).toEqual(['alpha', 'gamma', 'beta']);
    await items.nth(0).hover();
    await items.nth(0).locator('[data-testid="QueueList.down"]').click();
    await until(async () => (await order()).join() === 'gamma,alpha,beta', 'moved down');
    await type(now, 'half written');
    await items.nth(0).locator('[data-testid="QueueList.edit"]').click();
    expect(await now.lane('worker').locator('[data-testid=PromptEditor]').inputValue()).toBe('gamma');
    await type(now, 'gamma, but better');
    expect(await button(now).getAttribute('data-state')).toBe('update');
    await button(now).click();
    await until(async () => (await order())[0] === 'gamma, but better', 'edited');
    expect(await now.lane('worker').locator('[data-testid=PromptEditor]').inputValue()).toBe('half written');
    await items.nth(1).hover();
    await items.nth(1).locator('[data-testid="QueueList.withdraw"]').click();
    await until(async () => (await order()).join() === 'gamma, but better,beta', 'withdrawn');
    await now.page.locator('[data-testid="Toast.action"]').click();
    await until(async () => (await order()).join() === 'gamma, but better,beta,alpha', 'brought back');
    now.worker.end();
    await transcript(now.page).getByText('gamma, but better').waitFor();
  });

  it('R-INT-11 after an interrupt the queue is held, says why, and goes on when told', async () => {
    now = await stage((worker) => {
      worker.submit('Running', 'go');
      worker.submit('next', 'q1');
    });
    await button(now).click();
    const queue = now.lane('worker').locator('[data-testid=QueueList]');
    await queue.getByText('The last turn was interrupted.').waitFor();
    await queue.locator('[data-testid="QueueList.goOn"]').click();
    await transcript(now.page).getByText('next').waitFor();
    expect(await queue.count()).toBe(0);
  });

  it('steering interrupts the turn and sends first', async () => {
    now = await stage((worker) => {
      worker.submit('Running', 'go');
      worker.submit('waits', 'q1');
    });
    await type(now, 'this instead');
    await now.lane('worker').locator('[data-testid=PromptEditor]').press('Control+Enter');
    await until(() => turns().length === 1, 'sent');
    expect(turns()[0]!.body['when']).toBe('now');
  });

  it('R-SEND-9 pictures are pasted, dropped and picked, refused with the reason, and sent with the text; a slash stays first', async () => {
    now = await stage();
    const lane = now.lane('worker');
    const editor = lane.locator('[data-testid=PromptEditor]');
    const give = async (how: 'paste' | 'drop', name: string, kind: string) => {
      const data = await now.page.evaluateHandle(
        ([bytes, file, mime]) => {
          const transfer = new DataTransfer();
          transfer.items.add(new File([Uint8Array.from(atob(bytes!), (c) => c.charCodeAt(0))], file!, { type: mime! }));
          return transfer;
        },
        [PNG.toString('base64'), name, kind],
      );
      if (how === 'drop') {
        await lane.dispatchEvent('dragenter', { dataTransfer: data });
        await lane.locator('[data-testid=DropOverlay]').waitFor();
        await lane.dispatchEvent('drop', { dataTransfer: data });
      } else await editor.evaluate((el, transfer) => el.dispatchEvent(new ClipboardEvent('paste', { clipboardData: transfer, bubbles: true, cancelable: true })), data);
    };
    await give('paste', 'a.png', 'image/png');
    await give('drop', 'b.png', 'image/png');
    await until(async () => (await lane.locator('[data-testid=AttachmentStrip] [data-state=ready]').count()) === 2, 'two pictures');
    await give('paste', 'c.heic', 'image/heic');
    await now.page.locator('[data-testid=Toast]').getByText('HEIC').waitFor();
    await lane.locator('[data-testid="AttachmentStrip.remove"]').first().click();
    await editor.fill('/plan with a picture');
    await button(now).click();
    await until(() => turns().length === 1, 'sent');
    expect(turns()[0]!.body['text']).toBe('/plan with a picture');
    expect(turns()[0]!.body['attachments']).toHaveLength(1);
    expect(await lane.locator('[data-testid=AttachmentStrip]').count()).toBe(0);
    await transcript(now.page).locator('img[data-testid=UploadImage]').waitFor();
  });

  it('R-SEND-9 the agent’s commands are offered after a slash; Escape closes without clearing', async () => {
    now = await stage((worker) => worker.fact({ type: 'commands.changed', agent: 'practice', commands: [{ name: 'plan', description: 'Make a plan' }, { name: 'list' }] }));
    const editor = now.lane('worker').locator('[data-testid=PromptEditor]');
    await editor.pressSequentially('/');
    const popup = now.lane('worker').locator('[data-testid=TriggerPopup]');
    await popup.waitFor();
    await editor.press('Escape');
    expect(await popup.count()).toBe(0);
    expect(await editor.inputValue()).toBe('/');
    await editor.pressSequentially('pl');
    await editor.press('Tab');
    expect(await editor.inputValue()).toBe('/plan ');
    expect(turns()).toHaveLength(0);
  });

  it('R-LANE-1 agent, model and mode are chosen per lane and sent; one that is not ready says why', async () => {
    now = await stage();
    const lane = now.lane('worker');
    await lane.locator('[data-testid=ModelPicker]').click();
    await now.page.locator('[data-testid="ModelPicker.item"][data-id=large]').click();
    await lane.locator('[data-testid=ModePicker]').click();
    await now.page.locator('[data-testid="ModePicker.item"][data-id=bypass]').click();
    expect(await lane.locator('[data-testid=ModePicker]').textContent()).toContain('Bypass');
    await now.lane('planner').locator('[data-testid=ModePicker]').click();
    expect(await now.page.locator('[data-testid="ModePicker.item"]').allTextContents()).not.toContain('Bypass');
    await now.page.keyboard.press('Escape');
    await now.lane('planner').locator('[data-testid=AgentPicker]').click();
    const goose = now.page.locator('[data-testid="AgentPicker.unready"][data-agent=goose]');
    expect(await goose.textContent()).toMatch(/goose is not installed\..*npm install -g goose-example/s);
    await now.page.locator('[data-testid="AgentPicker.item"][data-agent=opencode]').click();
    await type(now, 'go');
    await button(now).click();
    await type(now, 'think', 'planner');
    await button(now, 'planner').click();
    await until(() => turns().length === 2, 'both sent');
    expect(turns()[0]!.body).toMatchObject({ agent: 'practice', model: 'large', mode: 'bypass' });
    expect(turns()[1]!.body).toMatchObject({ agent: 'opencode' });
    expect(turns()[1]!.body['mode']).toBeUndefined();
    expect(turns().map((call) => /lanes\/(\w+)/.exec(call.path)![1])).toEqual(['worker', 'planner']);
  });

  it('R-SEND-6 a refused message comes back to the composer, with the reason', async () => {
    now = await stage((_worker, _planner, server) => server.refusals.push({ match: /POST .*turns$/, status: 422, code: 'agent_unknown', detail: 'There is no agent "practice".', times: 1 }));
    await type(now, 'precious words');
    await button(now).click();
    await now.page.locator('[data-testid=Toast]').getByText('There is no agent "practice".').waitFor();
    expect(await now.lane('worker').locator('[data-testid=PromptEditor]').inputValue()).toBe('precious words');
    expect(await now.page.locator('[data-testid=PendingMessage]').count()).toBe(0);
  });
});
