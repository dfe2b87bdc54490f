import { sanitize, scriptUrl } from '../core/sanitize';
import workerUrl from '../workers/highlight.worker?worker&url';

/** Colours code in a worker; what was coloured once is remembered. */
interface Job {
  id: number;
  code: string;
  lang: string;
}

let worker: Worker | null = null;
let serial = 0;
const waiting = new Map<number, (html: string | null) => void>();
const known = new Map<string, string>();
const KNOWN_MOST = 200;
/** Longer code stays plain. */
const LONGEST = 100_000;

function ask(job: Omit<Job, 'id'>): Promise<string | null> {
  if (!worker) {
    worker = new Worker(scriptUrl(new URL(workerUrl, location.href)), { type: 'module' });
    worker.onmessage = (event: MessageEvent<{ id: number; html: string | null }>) => {
      waiting.get(event.data.id)?.(event.data.html);
      waiting.delete(event.data.id);
    };
    worker.onerror = () => {
      for (const done of waiting.values()) done(null);
      waiting.clear();
    };
  }
  const id = ++serial;
  return new Promise((done) => {
    waiting.set(id, done);
    worker!.postMessage({ id, ...job });
  });
}

/** Safe HTML of the code, or null when its language is unknown or it is too long. */
export async function highlight(code: string, lang: string): Promise<string | null> {
  if (!lang || code.length > LONGEST) return null;
  const key = `${lang}\u0000${code}`;
  const hit = known.get(key);
  if (hit !== undefined) return hit;
  const html = await ask({ code, lang });
  if (html === null) return null;
  const clean = sanitize(html);
  known.set(key, clean);
  if (known.size > KNOWN_MOST) known.delete(known.keys().next().value!);
  return clean;
}

/** The highlighter's name for what a fence or a file name says. */
export function languageOf(path: string): string {
  const ext = /\.([a-z0-9]+)$/i.exec(path)?.[1]?.toLowerCase() ?? '';
  const map: Record<string, string> = { kt: 'kotlin', rs: 'rust', py: 'python', rb: 'ruby', ts: 'typescript', tsx: 'typescript', js: 'javascript', mjs: 'javascript', md: 'markdown', yml: 'yaml', sh: 'bash', h: 'c', cc: 'cpp', hpp: 'cpp', cs: 'csharp', svelte: 'xml', html: 'xml', toml: 'ini' };
  return map[ext] ?? ext;
}
