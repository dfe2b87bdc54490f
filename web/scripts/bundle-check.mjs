// The size of what a browser loads at first, and of what it loads when needed, against the budget.
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';

const KB = 1024;
const dist = process.argv[2] ?? join(dirname(dirname(fileURLToPath(import.meta.url))), 'dist');
const html = readFileSync(join(dist, 'index.html'), 'utf8');
const initial = new Set([...html.matchAll(/(?:src|href)="\/(assets\/[^"]+|theme\.js)"/g)].map((match) => match[1]));
const files = [...readdirSync(join(dist, 'assets')).map((name) => `assets/${name}`), 'theme.js'].filter((name) => !name.endsWith('.gz'));
// What the first script imports at once comes with it.
for (const name of [...initial]) {
  if (!name.endsWith('.js')) continue;
  for (const match of readFileSync(join(dist, name), 'utf8').matchAll(/(?:from|import)\s*["']\.\/([^"']+\.js)["']/g)) initial.add(`assets/${match[1]}`);
}
const size = (name) => (name.endsWith('.woff2') ? readFileSync(join(dist, name)).length : gzipSync(readFileSync(join(dist, name)), { level: 9 }).length);
const sum = (test) => files.filter(test).reduce((total, name) => total + size(name), 0);

const rows = [
  ['first script', sum((name) => initial.has(name) && name.endsWith('.js')), 250],
  ['styles', sum((name) => name.endsWith('.css')), 25],
  ['fonts', sum((name) => name.endsWith('.woff2')), 45],
  ['highlight worker', sum((name) => /highlight\.worker/.test(name)), 65],
  ['Chinese', sum((name) => /zh-CN/.test(name)), 15],
];
let over = false;
for (const [what, bytes, budget] of rows) {
  const bad = bytes > budget * KB || bytes === 0;
  over ||= bad;
  console.log(`${bad ? 'OVER' : 'ok  '}  ${what.padEnd(18)} ${(bytes / KB).toFixed(1).padStart(7)} KB of ${budget} KB`);
}
process.exit(over ? 1 : 0);
