import { describe, expect, it } from 'vitest';
import { agentMark, agentOfTurn, agentsOf, nextOrigin, threadWord, workedSince, type LaneSoFar } from '../../src/core/agents';
import { fieldsOf, otherOf, valuesOf } from '../../src/core/form';
import { ahead } from '../../src/core/limits';
import { commandIn, commandOf, readiness, readyCommand, without } from '../../src/core/problem';
import { readLimits, served, sorted, type ProcessInfo } from '../../src/core/processes';
import type { AgentView, Item, SessionView, ThreadState, Turn } from '../../src/core/protocol.gen';
import { allTokens, contextPart } from '../../src/core/usage';
import { en } from '../../src/i18n/en';
import { momentAhead, money } from '../../src/i18n/format';
import { usageDetail, usageLine } from '../../src/i18n/usage';

const can = { load: true, resume: false, fork: false, list: false, close: false, images: false, threads: true, steer: false };
const cannot = { ...can, load: false };
const thread = (patch: Partial<ThreadState> = {}): ThreadState => ({ lane: 'l', agent: 'a', driver: 'acp', status: 'idle', hasThread: true, ...patch });
const turn = (agent: string, at: number, patch: Partial<Turn> = {}): Turn => ({ id: `t${at}`, lane: 'l', state: 'completed', text: '', bytes: 0, agent, attachments: [], clientId: `c${at}`, queuedAt: '', startedAt: new Date(at).toISOString(), ...patch });
const agent = (patch: Partial<AgentView> = {}): AgentView => ({ id: 'a', name: 'A', driver: 'acp', installed: true, version: '1', ready: true, reason: null, notice: null, install: null, capabilities: can, models: null, modes: null, efforts: null, lastError: null, commands: [], ...patch });

describe('the next turn of an agent', () => {
  const now = (patch: Partial<LaneSoFar>): LaneSoFar => ({ agent: 'a', thread: undefined, capabilities: can, history: false, ahead: false, ...patch });

  it.each<[string, Partial<LaneSoFar>, string]>([
    ['in an empty lane', {}, 'new'],
    ['that others have worked in', { history: true }, 'handed-over'],
    ['with a thread that is up', { history: true, thread: thread({ pid: 7 }) }, 'resumed'],
    ['with a thread of a process that has gone, which it can load', { history: true, thread: thread() }, 'resumed'],
    ['with a thread of a process that has gone, which it cannot load', { history: true, thread: thread(), capabilities: cannot }, 'handed-over'],
    ['that cannot load, but whose process is up', { history: true, thread: thread({ pid: 7 }), capabilities: cannot }, 'resumed'],
    ['whose process crashed, which can load', { history: true, thread: thread({ status: 'crashed' }) }, 'resumed'],
    ['whose process crashed, which cannot load', { history: true, thread: thread({ status: 'crashed', pid: 7 }), capabilities: cannot }, 'handed-over'],
    ['that closed its thread and can load it', { history: true, thread: thread({ status: 'closed' }) }, 'resumed'],
    ['that has a record, but nothing to go on with', { history: true, thread: thread({ hasThread: false }) }, 'handed-over'],
    ['of which nothing is known, with a thread', { history: true, thread: thread(), capabilities: null }, 'resumed'],
    ['while its first turn runs', { history: true, ahead: true }, 'resumed'],
  ])('R-ATTR-4 %s', (_name, patch, origin) => {
    expect(nextOrigin(now(patch))).toBe(origin);
  });

  it('R-SW-3 is told what others did since its own last turn, and only then', () => {
    expect(workedSince('a', [turn('a', 1), turn('b', 2)])).toBe(true);
    expect(workedSince('a', [turn('b', 1), turn('a', 2)])).toBe(false);
    const { startedAt: _never, ...queued } = turn('b', 2);
    expect(workedSince('a', [turn('a', 1), queued])).toBe(false);
  });

  it('R-ATTR-8 has one word for every state of a thread', () => {
    expect(threadWord(thread({ status: 'active' }), 'running')).toBe('working');
    expect(threadWord(thread({ status: 'active' }), 'waiting')).toBe('waiting');
    expect(threadWord(thread({ status: 'crashed' }), 'idle')).toBe('error');
    for (const status of ['idle', 'closed', 'none', 'something new']) expect(threadWord(thread({ status }), 'idle')).toBe('idle');
  });
});

describe('whose turn it was', () => {
  it('is said by the turn, else by whoever answered', () => {
    const items = new Map<string, Item>([
      ['u', { id: 'u', lane: 'l', turn: 't1', kind: 'user', status: 'done', at: '' }],
      ['x', { id: 'x', lane: 'l', turn: 't1', agent: 'b', kind: 'text', status: 'done', at: '' }],
    ]);
    expect(agentOfTurn('t1', new Map([['t1', turn('a', 1)]]), ['u', 'x'], items, 0)).toBe('a');
    expect(agentOfTurn('t1', new Map(), ['u', 'x'], items, 0)).toBe('b');
    expect(agentOfTurn('t1', new Map(), ['u'], items, 0)).toBeUndefined();
    expect(agentsOf([turn('b', 1), turn('a', 2), turn('b', 3)], [thread({ agent: 'c' }), thread({ agent: 'd', hasThread: false })])).toEqual(['b', 'a', 'c']);
  });

  it('marks never change, and those used most differ', () => {
    expect(agentMark('my-agent', 'My Agent')).toEqual(agentMark('my-agent', 'My Agent'));
    expect(agentMark('my-agent', 'My Agent').initials).toBe('MA');
    const colours = ['claude', 'codex', 'opencode', 'gemini', 'goose', 'qwen', 'practice'].map((id) => agentMark(id, id).colour);
    expect(new Set(colours).size).toBe(colours.length);
  });
});

describe('usage', () => {
  it('R-TURN-6 what is not reported is not shown as nothing', () => {
    expect(allTokens(undefined)).toBeUndefined();
    expect(allTokens({ inputTokens: 7, outputTokens: 3 })).toBe(10);
    expect(usageLine({}, en, 'en')).toEqual([]);
    expect(usageLine({ totalTokens: 12_400, cost: 0.021, currency: 'USD' }, en, 'en')).toEqual(['12.4K tokens', '$0.021']);
    expect(usageDetail({ inputTokens: 7, cachedTokens: 1_000 }, en, 'en')).toBe('in 7 · cached 1,000');
    expect(contextPart({ contextUsed: 50, contextSize: 200 })).toBe(25);
    expect(money(3, 'EUR', 'en')).toBe('€3.00');
    expect(money(3, 'credits', 'en')).toContain('3');
  });
});

describe('limits', () => {
  it('only a moment that lies ahead is waited for', () => {
    const now = Date.parse('2026-11-20T10:00:00Z');
    expect(ahead('2026-11-20T14:00:00Z', now)).toBe(Date.parse('2026-11-20T14:00:00Z'));
    for (const none of ['2026-11-20T09:00:00Z', 'soon', '', null, undefined]) expect(ahead(none, now)).toBeNull();
    const noon = new Date(2026, 10, 20, 12).getTime();
    expect(momentAhead(new Date(2026, 10, 20, 14).getTime(), noon, 'en-GB')).toBe('14:00');
    expect(momentAhead(new Date(2026, 10, 21, 9).getTime(), noon, 'en-GB')).toMatch(/Sat.*21.*09:00/);
  });
});

describe('what makes an agent ready', () => {
  it('R-DRV-12 finds the command in an advice', () => {
    expect(commandIn('Install it: npm install -g @openai/codex')).toBe('npm install -g @openai/codex');
    expect(commandIn('Log in, in a terminal: codex login.')).toBe('codex login');
    expect(commandIn('Run `claude /login` in a terminal.')).toBe('claude /login');
    expect(commandIn('Wait a little, then send it again.')).toBe('');
    expect(commandIn(null)).toBe('');
  });

  it('says why it is not ready, and what helps', () => {
    expect(readiness(agent())).toBe('ready');
    expect(readiness(agent({ ready: false, installed: false }))).toBe('missing');
    expect(readiness(agent({ ready: false, reason: 'A 1.0 is too old; Signalbox needs at least 2.0.' }))).toBe('outdated');
    expect(readiness(agent({ ready: false, reason: 'Not logged in. Run: a login' }))).toBe('login');
    expect(readiness(agent({ ready: false, reason: 'It did not answer.' }))).toBe('unready');
    expect(readyCommand(agent({ ready: false, installed: false, install: 'get a' }))).toBe('get a');
    expect(readyCommand(agent({ ready: false, reason: 'Not logged in. Run: a login' }))).toBe('a login');
    expect(readyCommand(agent())).toBe('');
  });

  it('a problem has the command that its action asks for, and says it once', () => {
    expect(commandOf({ code: 'agent-outdated', detail: '', hint: 'Upgrade it.', action: 'install' }, agent({ install: 'get a@2' }))).toBe('get a@2');
    expect(commandOf({ code: 'login', detail: '', hint: 'Log in, in a terminal: a login', action: 'login' }, undefined)).toBe('a login');
    expect(commandOf({ code: 'agent-error', detail: '', hint: 'Choose one of: small, large.' }, undefined)).toBe('');
    expect(without('Install it: get a', 'get a')).toBe('Install it:');
    expect(without('Run `get a` first.', 'get a')).toBe('Run `get a` first.');
  });
});

describe('processes', () => {
  const process = (id: string, patch: Partial<ProcessInfo> = {}): ProcessInfo => ({ id, agent: 'a', pid: 1, lanes: [], memory: 0, idleSince: '2026-01-01T00:00:00Z', pinned: false, sandbox: 'none', ...patch });

  it('R-LIFE-18 busy ones come first, those that go come last', () => {
    const list = [process('old'), process('new', { idleSince: '2026-01-02T00:00:00Z' }), process('draining', { state: 'draining', idleSince: null }), process('busy', { idleSince: null })];
    expect(sorted(list).map((one) => one.id)).toEqual(['busy', 'new', 'old', 'draining']);
  });

  it('limits that a server does not tell are not made up', () => {
    expect(readLimits({ processes: 10, memory: 5 })).toEqual({ processes: 10, memory: 5 });
    expect(readLimits({ processes: 'many' })).toEqual({});
    expect(readLimits(undefined)).toBeNull();
  });

  it('names the lanes it serves that are known', () => {
    const session = { id: 's', lanes: [{ id: 'l1', name: 'worker' }, { id: 'l2', name: 'planner' }] } as unknown as SessionView;
    expect(served(process('a', { lanes: ['l2', 'gone'] }), [session])).toEqual([{ session, lane: 'planner' }]);
  });
});

describe('R-ASK-2 forms', () => {
  const form = (properties: object, required: string[] = []) => fieldsOf(JSON.parse(JSON.stringify({ type: 'object', properties, required })));

  it('offers choices with titles and descriptions, and sends what they stand for', () => {
    const fields = form({ size: { type: 'integer', oneOf: [{ const: 1, title: 'One', description: 'small' }, { const: 2, title: 'Two' }], default: 2 } }, ['size']);
    expect(fields[0]!.choices).toMatchObject([{ value: '1', label: 'One', help: 'small' }, { value: '2', label: 'Two' }]);
    expect(valuesOf(fields, {}).values).toEqual({ size: 2 });
    expect(valuesOf(fields, { size: '1' }).values).toEqual({ size: 1 });
  });

  it('takes a text of one’s own beside one choice and beside several', () => {
    const list = [{ const: 'a', title: 'A' }, { const: 'b', title: 'B' }];
    const fields = form({ one: { 'x-other': true, oneOf: list }, many: { type: 'array', items: { anyOf: [...list, { type: 'string' }] } } }, ['one']);
    expect(fields.map((field) => field.other)).toEqual([true, true]);
    expect(valuesOf(fields, { one: 'a', many: ['b'], [otherOf('many')]: ' mine ' }).values).toEqual({ one: 'a', many: ['b', 'mine'] });
    expect(valuesOf(fields, { one: '', [otherOf('one')]: 'mine' }).values).toEqual({ one: 'mine' });
    expect(valuesOf(fields, { one: 'a', [otherOf('one')]: ' ' }).wrong).toEqual({ one: 'required' });
  });

  it('takes a text that drivers keep in a property of its own as part of the choice it belongs to', () => {
    const fields = form({ q1: { type: 'string', enum: ['a', 'b'] }, q1_other: { type: 'string', title: 'something else' }, id: { type: 'array', items: { enum: ['x'] } }, id__other: { type: 'string' }, b_other: { type: 'string' } }, ['q1']);
    expect(fields.map((field) => [field.name, field.other])).toEqual([['q1', true], ['id', true], ['b_other', false]]);
    expect(valuesOf(fields, { q1: 'a', id: ['x'], [otherOf('id')]: 'y' }).values).toEqual({ q1: 'a', id: ['x'], id__other: 'y' });
    expect(valuesOf(fields, { q1: '', [otherOf('q1')]: 'mine' })).toMatchObject({ wrong: {}, values: { q1_other: 'mine' } });
    expect(valuesOf(fields, {}).wrong).toEqual({ q1: 'required' });
  });

  it('says what is wrong: nothing, no number, too many', () => {
    const fields = form({ n: { type: 'integer', minimum: 1, maximum: 5 }, list: { type: 'array', maxItems: 1, items: { enum: ['a', 'b'] } }, text: { type: 'string', minLength: 3 }, need: { type: 'string' } }, ['need']);
    expect(valuesOf(fields, { n: '9', list: ['a', 'b'], text: 'ab' }).wrong).toEqual({ n: 'number', list: 'length', text: 'length', need: 'required' });
    expect(valuesOf(fields, { n: '2', list: ['a'], text: 'abc', need: 'x' })).toMatchObject({ wrong: {}, values: { n: 2, list: ['a'], text: 'abc', need: 'x' } });
  });

  it('knows a secret', () => {
    expect(form({ a: { type: 'string', format: 'password' }, b: { type: 'string', writeOnly: true }, c: { type: 'string' } }).map((field) => field.secret)).toEqual([true, true, false]);
  });
});
