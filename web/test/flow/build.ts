import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const WEB = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
export const DIST = join(WEB, 'dist');

function newest(dir: string): number {
  return Math.max(0, ...readdirSync(dir, { recursive: true, encoding: 'utf8' }).map((file) => statSync(join(dir, file)).mtimeMs));
}

/** Builds the app once for all browser tests, unless what is there is up to date. */
export default function build(): void {
  const page = join(DIST, 'index.html');
  const sources = Math.max(newest(join(WEB, 'src')), newest(join(WEB, 'public')), statSync(join(WEB, 'index.html')).mtimeMs, statSync(join(WEB, 'vite.config.ts')).mtimeMs);
  if (existsSync(page) && statSync(page).mtimeMs > sources) return;
  execFileSync('npm', ['run', '--silent', 'build'], { cwd: WEB, stdio: ['ignore', 'ignore', 'inherit'], env: { ...process.env, NODE_ENV: 'production' } }); // what is tested is what is shipped
}
