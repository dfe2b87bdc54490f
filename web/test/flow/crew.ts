import type { SessionView } from '../../src/core/protocol.gen';
import type { FakeLane } from '../fake-server/lane';
import type { FakeServer } from '../fake-server/server';

/** A session in which several agents work, with all that is told of them. */
export function tellCrew(server: FakeServer, session: SessionView): { worker: FakeLane; planner: FakeLane } {
  const worker = server.lane(session, 'worker');
  const planner = server.lane(session, 'planner');
  server.agents = [
    { ...server.agents[0]!, efforts: [{ id: 'low', name: 'Low' }, { id: 'high', name: 'High' }] },
    { ...server.agents[1]!, version: '1.18.33', models: Array.from({ length: 20 }, (_, n) => ({ id: `m${n}`, name: `provider/model-${n}` })), notice: 'opencode 1.18.33 is newer than 1.16, the newest that Signalbox was tried with.' },
    { ...server.agents[1]!, id: 'claude', name: 'Claude Code', driver: 'claude', version: '2.1.329', capabilities: { load: true, resume: true, fork: true, list: true, close: true, images: true, threads: false, steer: true }, models: [{ id: 'opus', name: 'Opus' }, { id: 'sonnet', name: 'Sonnet' }], modes: [{ id: 'plan', name: 'Plan' }, { id: 'default', name: 'Ask before edits' }] },
    ...server.agents.slice(2),
    { ...server.agents[3]!, id: 'codex', name: 'Codex', driver: 'codex', version: '0.98.0', reason: 'Codex 0.98.0 is too old; Signalbox needs at least 0.160.0.', install: 'npm install -g @openai/codex@latest', lastError: 'codex app-server ended with exit code 1.' },
  ];
  planner.submit('What is the smallest change that makes the export resumable?', 'crew-p1', 'claude');
  planner.thread('claude', { status: 'active', origin: 'new', model: 'opus', mode: 'plan' });
  const scout = planner.tool('subagent', 'Explore the export', { input: { description: 'Explore the export', prompt: 'Find where the export writes its pages and what it remembers.' } }, 'open');
  for (const file of ['Export.java', 'Pages.java', 'Cursor.java']) planner.done({ kind: 'tool', parent: scout.id, tool: { name: 'Read', kind: 'read', title: `Read ${file}`, paths: [`src/main/java/app/${file}`] } });
  planner.done({ kind: 'text', parent: scout.id, text: 'The cursor is kept **in memory** only. I look for who calls it.' });
  planner.item({ kind: 'tool', parent: scout.id, tool: { name: 'Grep', kind: 'search', title: 'Cursor.next', paths: [] } });

  worker.submit('Make the export resumable. Begin with a failing test.', 'crew-w1', 'opencode');
  worker.thread('opencode', { status: 'active', origin: 'new' });
  worker.tool('read', 'Read Export.java', { paths: ['src/main/java/app/Export.java'] });
  worker.tool('edit', 'Edit ExportTest.java', { paths: ['src/test/java/app/ExportTest.java'] }, 'done', { diff: '@@ -40,2 +40,6 @@\n   }\n+\n+  @Test\n+  void goesOnWhereItWasCut() {\n+    assertThat(export.resume(cursor)).hasSize(3);\n+  }\n' });
  worker.done({ kind: 'text', text: 'There is a test now that fails for the right reason: the cursor is lost with the process.' });
  worker.end('completed', 'end_turn', undefined, { inputTokens: 11_200, outputTokens: 1_240, totalTokens: 12_440, cost: 0.021, currency: 'USD' });
  worker.thread('opencode', { usage: { totalTokens: 12_440, cost: 0.021, currency: 'USD', contextUsed: 18_000, contextSize: 200_000 } });
  worker.submit('Now keep the cursor on the disk.', 'crew-w2', 'claude', { model: 'opus' });
  worker.thread('claude', { status: 'active', origin: 'handed-over', model: 'opus' });
  worker.tool('read', 'Read Cursor.java', { paths: ['src/main/java/app/Cursor.java'] });
  const problem = { code: 'rate-limit', detail: 'Claude Code answered: 5-hour limit reached.', hint: 'Wait a little, then send it again.', action: 'retry', resetsAt: new Date(Date.now() + 70 * 60_000).toISOString() };
  worker.done({ kind: 'error', error: problem }, 'failed');
  worker.end('failed', 'error', problem, { totalTokens: 3_100 });
  worker.thread('claude', { usage: { totalTokens: 3_100 } });
  worker.submit('Now keep the cursor on the disk.', 'crew-w3', 'claude', { notBefore: problem.resetsAt });
  server.jobs = [];
  server.job('Compare the three libraries for rate limiting, with their licences', { state: 'running', agent: 'codex', startedAt: new Date(Date.now() - 40_000).toISOString(), result: 'I have read two of the three so far.' });
  server.job('Write release notes from the last twenty commits', { state: 'queued', agent: 'claude', isolation: 'in-place', waitsFor: { reason: 'write-root' } });
  server.job('Which dependencies of this project are not maintained any more?', { state: 'completed', agent: 'opencode', attempt: 2, startedAt: new Date(Date.now() - 400_000).toISOString(), endedAt: new Date(Date.now() - 320_000).toISOString(), usage: { totalTokens: 45_200, cost: 0.13, currency: 'USD' }, notes: ['Denied, because nobody can be asked: curl https://example.org'], folder: '/home/dev/.local/share/signalbox/jobs/j_1', result: '## Two of them\n\n- `left-pad` has had **no release for nine years**.\n- `request` is deprecated by its author.\n\nThe rest had a release within the last year.' });
  server.job('Check the links in the documentation', { state: 'failed', agent: 'goose', error: { code: 'agent-unavailable', detail: 'goose could not be started: not found on the PATH.', hint: 'Install it: npm install -g goose-example', action: 'install' } });
  const soon = (minutes: number) => new Date(Date.now() + minutes * 60_000).toISOString();
  server.process('claude', { pid: 41_233, lanes: [planner.id], idleSince: null, turns: 1, memory: 412_000_000, version: '2.1.329' });
  server.process('opencode', { pid: 40_871, lanes: [worker.id], idleSince: soon(-6), evictsAt: soon(24), memory: 688_000_000, version: '1.18.33' });
  server.process('practice', { pid: 40_102, lanes: [], idleSince: soon(-52), pinned: true, memory: 61_000_000, version: '0.1.0' });
  server.process('gemini', { pid: 39_540, lanes: ['elsewhere'], idleSince: null, turns: 1, state: 'draining', memory: 233_000_000, version: '0.61.0' });
  return { worker, planner };
}
