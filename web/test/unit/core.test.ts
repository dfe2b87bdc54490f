import { MARKS } from '../../src/core/agents';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { ansiSpans, stripAnsi } from '../../src/core/ansi';
import { Api, ApiError } from '../../src/core/api';
import { fieldsOf, valuesOf } from '../../src/core/form';
import { ranked } from '../../src/core/fuzzy';
import { EMPTY, end, overwrite, overwriteAnyway } from '../../src/core/grown';
import { refuseImage, shrunk } from '../../src/core/images';
import { Composition } from '../../src/core/ime';
import { Cadence, CATCH_UP, Inbox } from '../../src/core/inbox';
import { actionOf, BINDINGS, label, matches } from '../../src/core/keymap';
import { diffCounts, diffLines, headAndTail, lastLines } from '../../src/core/long';
import { Outbox, YOUNG_MS, type Sent } from '../../src/core/outbox';
import { relative } from '../../src/core/paths';
import { findAll } from '../../src/core/search';
import { sendState, type Situation } from '../../src/core/sendbutton';
import { backoff } from '../../src/core/socket';
import { matchingCommands } from '../../src/ui/composer/commands';
import { modesFor } from '../../src/ui/composer/modes';

describe('growing text', () => {
  it('R-EVT-3 never doubles or loses a character, also around a hole', () => {
    let grown = overwrite(EMPTY, 0, 'abc')!;
    expect(overwrite(grown, 5, 'x')).toBeUndefined();
    grown = overwriteAnyway(grown, 10, 'tail');
    expect([grown.text, grown.omitted, end(grown)]).toEqual(['abctail', 7, 14]);
    expect(overwrite(grown, 14, '!')!.text).toBe('abctail!');
    expect(overwrite(grown, 3, '0123456')).toMatchObject({ text: 'abc0123456tail', omitted: 0 });
    expect(overwrite(grown, 3, '01')).toMatchObject({ text: 'abc01tail', omitted: 5, cut: 5 });
    expect(overwrite(grown, 5, '23')).toBe(grown);
    expect(overwrite(grown, 0, 'whole new text')!.text).toBe('whole new text');
  });
});

describe('the one button', () => {
  const now: Situation = { working: false, stopping: false, empty: true, online: true, editing: false, uploading: false, agentReady: true };

  it('R-SEND-8 is Send when idle, Stop when running with nothing typed, Queue when running with a draft', () => {
    expect(sendState(now)).toBe('disabled');
    expect(sendState({ ...now, empty: false })).toBe('send');
    expect(sendState({ ...now, working: true })).toBe('stop');
    expect(sendState({ ...now, working: true, empty: false })).toBe('queue');
    expect(sendState({ ...now, working: true, stopping: true })).toBe('stopping');
  });

  it('saves when there is no connection, updates what is edited, waits for pictures', () => {
    expect(sendState({ ...now, empty: false, online: false })).toBe('offline');
    expect(sendState({ ...now, empty: false, editing: true, working: true })).toBe('update');
    expect(sendState({ ...now, empty: false, uploading: true })).toBe('waiting-upload');
    expect(sendState({ ...now, working: true, online: false })).toBe('disabled');
  });
});

describe('input methods', () => {
  it('R-UI-10 an Enter that belongs to the input method never sends', () => {
    const ime = new Composition();
    const enter = { isComposing: false, keyCode: 13 };
    expect(ime.owns(enter, 0)).toBe(false);
    ime.start();
    expect(ime.owns(enter, 1)).toBe(true);
    ime.end(100);
    expect(ime.owns(enter, 120)).toBe(true);
    expect(ime.owns(enter, 131)).toBe(false);
    expect(ime.owns({ isComposing: true, keyCode: 13 }, 500)).toBe(true);
    expect(ime.owns({ isComposing: false, keyCode: 229 }, 500)).toBe(true);
  });
});

describe('the outbox', () => {
  const sent = (clientId: string, at: number, state: Sent['state'] = 'offline'): Sent => ({ clientId, session: 's', lane: 'worker', at, body: { text: clientId, agent: 'a' }, images: 0, state });

  it('R-UI-8 sends again what is young, oldest first, and leaves the rest to the user', () => {
    const box = new Outbox();
    box.put(sent('old', 0));
    box.put(sent('b', YOUNG_MS));
    box.put(sent('a', YOUNG_MS - 1));
    box.put(sent('flying', YOUNG_MS, 'sending'));
    expect(box.replayable(YOUNG_MS + 10).map((one) => one.clientId)).toEqual(['a', 'b']);
    expect(box.of('s', 'worker')).toHaveLength(4);
    box.patch('a', { state: 'stored', turn: 't' });
    expect(box.remove('a')).toMatchObject({ turn: 't' });
    expect(box.remove('a')).toBeUndefined();
  });
});

describe('the pipe', () => {
  it('R-EVT-6 flushes at most every 33 ms, whatever arrives', () => {
    let now = 0;
    const timers: { at: number; run: () => void }[] = [];
    const flushed: number[][] = [];
    const inbox = new Inbox<number>(
      { now: () => now, frame: (run) => timers.push({ at: now, run }), later: (run, ms) => timers.push({ at: now + ms, run }), hidden: () => false },
      (frames) => flushed.push(frames),
    );
    for (; now < 1_000; now += 1) {
      inbox.push(now);
      for (const timer of timers.splice(0)) (timer.at <= now ? timer.run : () => timers.push(timer))();
    }
    expect(flushed.length).toBeLessThanOrEqual(31);
    expect(flushed.length).toBeGreaterThan(20);
    expect(flushed.flat().every((one, at) => one === at)).toBe(true);
  });

  it('slows down when frames take long and comes back when they do not', () => {
    const cadence = new Cadence();
    let now = 0;
    for (; now < 2_500; now += 50) cadence.frame(now, 50);
    expect(cadence.ms).toBe(100);
    for (; now < 20_000; now += 33) cadence.frame(now, 16);
    expect(cadence.ms).toBe(33);
    expect(CATCH_UP).toBe(2_000);
  });

  it('R-UI-8 tries again sooner when seen than when hidden', () => {
    expect(backoff(0, false, 0)).toBe(250);
    expect(backoff(3, false, 0)).toBe(2_000);
    expect(backoff(20, false, 1)).toBe(5_000);
    expect(backoff(20, true, 1)).toBe(60_000);
  });
});

describe('keys', () => {
  const key = (more: object) => ({ key: '', code: '', ctrlKey: false, metaKey: false, altKey: false, shiftKey: false, ...more });

  it('no two actions share a key', () => {
    const used = BINDINGS.map((one) => one.keys);
    expect(new Set(used).size).toBe(used.length);
  });

  it('single keys work outside text fields only; Alt goes by position', () => {
    expect(actionOf(key({ key: 'j', code: 'KeyJ' }), false, false)).toBe('next');
    expect(actionOf(key({ key: 'j', code: 'KeyJ' }), true, false)).toBeNull();
    expect(actionOf(key({ key: 'å', code: 'KeyA', altKey: true }), true, false)).toBe('needsMe');
    expect(actionOf(key({ key: 'a', code: 'KeyA', altKey: true, ctrlKey: true }), true, true)).toBe('needsMe');
    expect(actionOf(key({ key: '?', code: 'Slash', shiftKey: true }), false, false)).toBe('help');
    expect(matches('Mod+K', key({ key: 'k', code: 'KeyK', metaKey: true }), true)).toBe(true);
    expect(label('Mod+K', false)).toBe('Ctrl+K');
  });
});

describe('long texts', () => {
  it('R-TURN-5 says what is not shown', () => {
    const text = Array.from({ length: 5_000 }, (_, at) => `line ${at}`).join('\n');
    const shown = headAndTail(text);
    expect(shown.lines).toBe(4_400);
    expect(shown.tail.endsWith('line 4999')).toBe(true);
    expect(headAndTail('short').lines).toBe(0);
    expect(headAndTail('x'.repeat(300_000)).lines).toBeGreaterThan(0);
    expect(lastLines(text, 12)).toMatchObject({ before: 4_988 });
    expect(lastLines('a\nb\n', 12)).toEqual({ text: 'a\nb', before: 0 });
  });

  it('R-UI-2 a diff has its lines and their numbers', () => {
    const lines = diffLines('--- a/x\n+++ b/x\n@@ -5,3 +5,3 @@\n keep\n-old\n+new\n keep\n');
    expect(lines.map((one) => one.kind)).toEqual(['file', 'hunk', 'ctx', 'del', 'add', 'ctx']);
    expect(lines[3]).toMatchObject({ old: 6 });
    expect(lines[5]).toMatchObject({ old: 7, new: 7 });
    expect(diffCounts('@@ -1 +1 @@\n-a\n+b\n+c')).toEqual({ add: 2, del: 1 });
    expect(diffLines('@@ -1,2 +1,1 @@\n--- an old SQL comment\n x').map((one) => one.kind)).toEqual(['hunk', 'del', 'ctx']);
  });

  it('R-UI-2 terminal colours become spans and nothing else gets through', () => {
    expect(ansiSpans('\u001b[31mred\u001b[0m plain')).toEqual([{ text: 'red', style: 'ansi-red' }, { text: ' plain', style: '' }]);
    expect(stripAnsi('\u001b]0;title\u0007a\u001b[2Kb')).toBe('ab');
    expect(ansiSpans('10%\r50%\r100%\nok')).toEqual([{ text: '100%\nok', style: '' }]);
    expect(ansiSpans('\u001b[38;5;196mx\u001b[0m')).toEqual([{ text: 'x', style: '' }]);
  });
});

describe('paths', () => {
  it('within the folder are relative to it, others are whole', () => {
    expect(relative('/home/me/app/src/a.ts', '/home/me/app')).toBe('src/a.ts');
    expect(relative('/home/me/app', '/home/me/app/')).toBe('.');
    expect(relative('/home/me/apple/a.ts', '/home/me/app')).toBe('/home/me/apple/a.ts');
    expect(relative('src/a.ts', '')).toBe('src/a.ts');
  });
});

describe('finding', () => {
  it('counts every occurrence in the store, whatever its case', () => {
    const items = new Map([['a', { id: 'a', lane: 'l', kind: 'text', status: 'done', at: '', text: 'Lock the lock' } as const], ['b', { id: 'b', lane: 'l', kind: 'tool', status: 'done', at: '', output: 'un\u001b[1mlock' } as const]]);
    expect(findAll(['a', 'b'], items, 'LOCK').map((hit) => `${hit.item}${hit.nth}`)).toEqual(['a0', 'a1', 'b0']);
  });

  it('ranks starts of words first', () => {
    expect(ranked('ns', ['toggle sessions', 'New session', 'answers'], (one) => one)[0]).toBe('New session');
    expect(ranked('zzz', ['a'], (one) => one)).toEqual([]);
  });
});

describe('forms', () => {
  const schema = {
    type: 'object', required: ['name', 'count'],
    properties: {
      name: { type: 'string', title: 'Name' }, count: { type: 'integer', minimum: 1 }, go: { type: 'boolean' },
      colour: { type: 'string', enum: ['r', 'g'], enumNames: ['Red', 'Green'] }, when: { type: 'string', format: 'date' },
      tags: { type: 'array', items: { type: 'string', enum: ['x', 'y'] } }, how: { oneOf: [{ const: 'a', title: 'One way' }] },
    },
  };

  it('R-ASK-2 each kind of field is drawn as what it is', () => {
    expect(fieldsOf(schema).map((field) => `${field.name}:${field.kind}`)).toEqual(['name:text', 'count:number', 'go:boolean', 'colour:choice', 'when:date', 'tags:choices', 'how:choice']);
    expect(fieldsOf(undefined)).toMatchObject([{ name: 'answer', required: true }]);
  });

  it('R-ASK-2 what is sent has the right types, and what is required is asked for', () => {
    const fields = fieldsOf(schema);
    expect(valuesOf(fields, {}).missing).toEqual(['name', 'count']);
    expect(valuesOf(fields, { name: 'n', count: '1.5' }).missing).toEqual(['count']);
    expect(valuesOf(fields, { name: 'n', count: '2', tags: ['x'] }).values).toEqual({ name: 'n', count: 2, go: false, tags: ['x'] });
  });
});

describe('pictures', () => {
  it('R-SEND-9 refuses what cannot be sent, with the reason', () => {
    expect(refuseImage({ type: 'image/heic', name: 'a.heic', size: 1 }, true)).toBe('heic');
    expect(refuseImage({ type: '', name: 'a.HEIC', size: 1 }, true)).toBe('heic');
    expect(refuseImage({ type: 'image/svg+xml', name: 'a.svg', size: 1 }, true)).toBe('kind');
    expect(refuseImage({ type: 'image/gif', name: 'a.gif', size: 11e6 }, true)).toBe('size');
    expect(refuseImage({ type: 'image/png', name: 'a.png', size: 11e6 }, true)).toBeNull();
    expect(refuseImage({ type: 'image/png', name: 'a.png', size: 11e6 }, false)).toBe('size');
    expect(shrunk(4_096, 1_024)).toEqual({ width: 2_048, height: 512 });
    expect(shrunk(800, 600)).toBeNull();
  });
});

describe('commands and modes', () => {
  it('R-SEND-9 a slash at the start offers commands; an unknown word is prose', () => {
    const commands = [{ name: 'plan' }, { name: 'review' }];
    expect(matchingCommands('/pl', commands).map((one) => one.name)).toEqual(['plan']);
    expect(matchingCommands('/plan now', commands)).toEqual([]);
    expect(matchingCommands('a /pl', commands)).toEqual([]);
    expect(matchingCommands('/etc/passwd', commands)).toEqual([]);
  });

  it('a read-only lane offers no mode that writes', () => {
    const modes = ['plan', 'ask', 'bypass', 'acceptEdits', 'read-only', 'build'].map((id) => ({ id, name: id }));
    expect(modesFor(modes, true).map((mode) => mode.id)).toEqual(['plan', 'ask', 'read-only']);
    expect(modesFor(modes, false)).toHaveLength(6);
  });
});

describe('the REST half', () => {
  it('R-SEND-6 every change carries an idempotency key and the origin key', async () => {
    const seen: { url: string; headers: Record<string, string> }[] = [];
    const api = new Api(() => 'k', (url, init) => {
      seen.push({ url: String(url), headers: init?.headers as Record<string, string> });
      return Promise.resolve(new Response('{"ok":true}'));
    });
    await api.call('/api/x', { method: 'POST', body: {}, key: 'mine' });
    await api.call('/api/x', { method: 'DELETE' });
    await api.call('/api/x');
    expect(seen[0]!.headers).toMatchObject({ 'idempotency-key': 'mine', 'x-signalbox-key': 'k' });
    expect(seen[1]!.headers['idempotency-key']).toMatch(/.{16,}/);
    expect(seen[2]!.headers['idempotency-key']).toBeUndefined();
  });

  it('a refusal is what the server said; no answer is told apart from it', async () => {
    const refused: string[] = [];
    const api = new Api(() => '', () => Promise.resolve(new Response('{"code":"control_off","detail":"off"}', { status: 403 })));
    api.onRefused = (error) => refused.push(error.code);
    await expect(api.call('/api/x')).rejects.toMatchObject({ status: 403, code: 'control_off', detail: 'off' });
    expect(refused).toEqual(['control_off']);
    const away = new Api(() => '', () => Promise.reject(new TypeError('network')));
    const error = await away.call('/api/x').catch((one: unknown) => one);
    expect(error).toBeInstanceOf(ApiError);
    expect((error as ApiError).offline).toBe(true);
  });
});

describe('colours', () => {
  const css = readFileSync(new URL('../../src/styles/tokens.css', import.meta.url), 'utf8');
  const luminance = (hex: string) => {
    const [r, g, b] = [1, 3, 5].map((at) => parseInt(hex.slice(at, at + 2), 16) / 255).map((c) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4));
    return 0.2126 * r! + 0.7152 * g! + 0.0722 * b!;
  };
  const contrast = (a: string, b: string) => {
    const [high, low] = [luminance(a), luminance(b)].sort((x, y) => y - x);
    return (high! + 0.05) / (low! + 0.05);
  };

  it.each(['dark', 'light'])('every text on every background is readable in the %s theme', (theme) => {
    const block = new RegExp(`data-theme='${theme}'\\] \\{([^}]*)\\}`).exec(css)![1]!;
    const token = Object.fromEntries([...block.matchAll(/--(\w+): (#[0-9a-f]{6});/g)].map((match) => [match[1]!, match[2]!]));
    for (const fg of ['fg0', 'fg1', 'fg2', 'accent', 'planner', 'worker', 'review', 'ok', 'warn', 'err', ...Array.from({ length: MARKS }, (_, n) => `agent${n}`)]) {
      for (const bg of ['bg0', 'bg1', 'bg2', 'bg3']) expect(contrast(token[fg]!, token[bg]!), `${fg} on ${bg}`).toBeGreaterThanOrEqual(4.5);
    }
    for (const fg of ['fg0', 'fg2']) for (const bg of ['addBg', 'delBg']) expect(contrast(token[fg]!, token[bg]!), `${fg} on ${bg}`).toBeGreaterThanOrEqual(4.5);
    for (const bg of ['bg0', 'bg1', 'bg2']) expect(contrast(token['borderStrong']!, token[bg]!), `borderStrong on ${bg}`).toBeGreaterThanOrEqual(3);
    expect(contrast(token['onAccent']!, token['accentBg']!)).toBeGreaterThanOrEqual(4.5);
    expect(contrast(token['bg0']!, token['warn']!)).toBeGreaterThanOrEqual(4.5);
  });
});
