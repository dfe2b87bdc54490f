import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { until } from '../flow/browser';
import { WEB } from '../flow/build';

const ROOT = dirname(WEB);
const TARGET = join(ROOT, 'server', 'target');

/** The true server, in folders of its own, with a project to work in. */
export class RealServer {
  readonly home = mkdtempSync(join(tmpdir(), 'signalbox-e2e-'));
  readonly project = join(this.home, 'greeter');
  private readonly data = join(this.home, 'data');
  private readonly ready = join(this.home, 'ready.json');
  private child: ChildProcess | null = null;
  private log = '';

  constructor() {
    execFileSync('git', ['init', '-q', this.project]);
    writeFileSync(join(this.project, 'notes.txt'), 'hello from a file\n');
    writeFileSync(join(this.project, 'README.md'), '# Greeter\n');
    mkdirSync(join(this.project, 'src'));
    writeFileSync(join(this.project, 'src', 'greeting.js'), 'export const greeting = (name) => `Hello, ${name}`;\n');
    writeFileSync(join(this.project, 'src', 'main.js'), "import { greeting } from './greeting.js';\n\nconsole.log(greeting(process.argv[2] ?? 'world'));\n");
  }

  /** @param port 0 for any; the same one again after a kill keeps browsers signed in */
  async start(port = 0): Promise<void> {
    rmSync(this.ready, { force: true });
    this.log = '';
    const options = ['up', '--port', String(port), '--no-open', '--data', this.data, '--ready-file', this.ready];
    const [program, ...before] = command();
    this.child = spawn(program!, [...before, ...options], { cwd: ROOT, stdio: ['ignore', 'pipe', 'pipe'] });
    for (const stream of [this.child.stdout, this.child.stderr]) stream?.on('data', (data: Buffer) => (this.log += data.toString()));
    const { child } = this;
    await until(() => existsSync(this.ready) || child.exitCode !== null, `the server is up: ${this.log}`, 240_000);
    if (!existsSync(this.ready)) throw new Error(`the server did not start: ${this.log}`);
    await until(() => /#code=\S+\n/.test(this.log), 'the link is printed');
  }

  /** The link that signs a browser in, as the server prints it; good once. */
  get link(): string {
    const links = [...this.log.matchAll(/http:\/\/\S+#code=\S+/g)];
    return links.at(-1)![0];
  }

  get url(): string {
    return new URL(this.link).origin;
  }

  get port(): number {
    return Number(new URL(this.link).port);
  }

  async kill(signal: 'SIGKILL' | 'SIGTERM' = 'SIGKILL'): Promise<void> {
    const { child } = this;
    this.child = null;
    if (!child?.pid || child.exitCode !== null) return;
    const pid = existsSync(this.ready) ? (JSON.parse(readFileSync(this.ready, 'utf8')) as { pid: number }).pid : child.pid;
    process.kill(pid, signal);
    await until(() => child.exitCode !== null || child.signalCode !== null, 'the server ended', 20_000);
  }

  async stop(): Promise<void> {
    await this.kill('SIGTERM');
    rmSync(this.home, { recursive: true, force: true });
  }
}

/** What was just built and tested, when it is there; else the launcher, which builds it. */
function command(): string[] {
  if (!existsSync(join(TARGET, 'lib')) || !existsSync(join(TARGET, 'classes', 'web', 'index.html'))) return [join(ROOT, 'signalbox')];
  const jdk = execFileSync('bash', ['-c', 'program=e2e; . bin/common.sh; need_jdk; printf %s "$JDK"'], { cwd: ROOT, encoding: 'utf8' });
  const flags = readFileSync(join(ROOT, 'bin', 'java-flags'), 'utf8').split('\n').filter((line) => line && !line.startsWith('#'));
  return [join(jdk, 'bin', 'java'), ...flags, '-cp', `${join(TARGET, 'classes')}:${join(TARGET, 'lib', '*')}`, 'dev.signalbox.Main'];
}
