// Long texts: what is shown of them, and what is said to be missing.

export const OUTPUT_LINES = 2_000;
export const TEXT_UNITS = 256 * 1024;

export interface Shown {
  head: string;
  tail: string;
  /** Lines left out between the two; 0 when everything is shown. */
  lines: number;
}

/** Head and tail of a text that is too long to be drawn whole. */
export function headAndTail(text: string, most = OUTPUT_LINES, head = 400, tail = 200): Shown {
  const lines = text.length > TEXT_UNITS || text.length > most ? text.split('\n') : [];
  if (lines.length > most) {
    return { head: lines.slice(0, head).join('\n'), tail: lines.slice(-tail).join('\n'), lines: lines.length - head - tail };
  }
  if (text.length > TEXT_UNITS) {
    const part = TEXT_UNITS / 4;
    return { head: text.slice(0, part), tail: text.slice(-part), lines: text.slice(part, -part).split('\n').length };
  }
  return { head: text, tail: '', lines: 0 };
}

/** The last `count` lines, and how many stand before them. */
export function lastLines(text: string, count: number): { text: string; before: number } {
  const trimmed = text.replace(/\n+$/, '');
  let from = trimmed.length;
  for (let n = 0; n < count && from > 0; n++) from = trimmed.lastIndexOf('\n', from - 1);
  if (from <= 0) return { text: trimmed, before: 0 };
  return { text: trimmed.slice(from + 1), before: trimmed.slice(0, from).split('\n').length };
}

export interface DiffLine {
  kind: 'add' | 'del' | 'ctx' | 'hunk' | 'file';
  text: string;
  old?: number;
  new?: number;
}

/** Lines of a unified diff with their numbers. */
export function diffLines(diff: string): DiffLine[] {
  const out: DiffLine[] = [];
  let before = 1;
  let after = 1;
  let inHunk = false;
  for (const line of diff.replace(/\n$/, '').split('\n')) {
    const hunk = /^@@ -(\d+)(?:,\d+)? \+(\d+)(?:,\d+)? @@/.exec(line);
    if (hunk) {
      before = Number(hunk[1]);
      after = Number(hunk[2]);
      inHunk = true;
      out.push({ kind: 'hunk', text: line });
    } else if (!inHunk && /^(diff |index |--- |\+\+\+ |new file|deleted file|similarity|rename )/.test(line)) {
      if (line.startsWith('+++ ') || line.startsWith('diff ')) out.push({ kind: 'file', text: line.replace(/^(\+\+\+ (b\/)?|diff --git )/, '') });
    } else if (/^diff --git /.test(line)) {
      inHunk = false;
      out.push({ kind: 'file', text: line.slice(11) });
    } else if (line.startsWith('+')) out.push({ kind: 'add', text: line.slice(1), new: after++ });
    else if (line.startsWith('-')) out.push({ kind: 'del', text: line.slice(1), old: before++ });
    else if (line.startsWith('\\')) continue;
    else out.push({ kind: 'ctx', text: line.slice(1), old: before++, new: after++ });
  }
  return out;
}

export function diffCounts(diff: string): { add: number; del: number } {
  let add = 0;
  let del = 0;
  for (const line of diffLines(diff)) {
    if (line.kind === 'add') add++;
    else if (line.kind === 'del') del++;
  }
  return { add, del };
}
