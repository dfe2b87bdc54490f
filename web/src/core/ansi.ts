// Terminal output as spans of sixteen colours. Cursor movement and titles are dropped; a carriage
// return starts the line again, as a progress bar means it.

export interface Span {
  text: string;
  /** Class names, empty for plain text. */
  style: string;
}

interface Pen {
  fg: string;
  bold: boolean;
  dim: boolean;
  italic: boolean;
  underline: boolean;
}

const PLAIN: Pen = { fg: '', bold: false, dim: false, italic: false, underline: false };
const COLOURS = ['black', 'red', 'green', 'yellow', 'blue', 'magenta', 'cyan', 'white'];

// eslint-disable-next-line no-control-regex
const SEQUENCE = /\u001b(?:\[([0-9;?]*)([ -/]*[@-~])|\][^\u0007\u001b]*(?:\u0007|\u001b\\)?|[@-Z\\-_]|[ -/][0-~])/g;

function styleOf(pen: Pen): string {
  const names: string[] = [];
  if (pen.fg) names.push(`ansi-${pen.fg}`);
  if (pen.bold) names.push('ansi-bold');
  if (pen.dim) names.push('ansi-dim');
  if (pen.italic) names.push('ansi-italic');
  if (pen.underline) names.push('ansi-underline');
  return names.join(' ');
}

function select(pen: Pen, codes: number[]): Pen {
  let next = { ...pen };
  for (let at = 0; at < codes.length; at++) {
    const code = codes[at]!;
    if (code === 0) next = { ...PLAIN };
    else if (code === 1) next.bold = true;
    else if (code === 2) next.dim = true;
    else if (code === 3) next.italic = true;
    else if (code === 4) next.underline = true;
    else if (code === 22) next.bold = next.dim = false;
    else if (code === 23) next.italic = false;
    else if (code === 24) next.underline = false;
    else if (code >= 30 && code <= 37) next.fg = COLOURS[code - 30]!;
    else if (code >= 90 && code <= 97) next.fg = COLOURS[code - 90]!;
    else if (code === 39) next.fg = '';
    else if (code === 38 || code === 48) at += codes[at + 1] === 5 ? 2 : 4;
  }
  return next;
}

/** Removes every control sequence; for search, copying and summaries. */
export function stripAnsi(text: string): string {
  return text.includes('\u001b') ? text.replace(SEQUENCE, '') : text;
}

function overwritten(text: string): string {
  if (!text.includes('\r')) return text;
  return text
    .replace(/\r+\n/g, '\n')
    .split('\n')
    .map((line) => line.slice(line.replace(/\r+$/, '').lastIndexOf('\r') + 1).replace(/\r+$/, ''))
    .join('\n');
}

export function ansiSpans(input: string): Span[] {
  const text = overwritten(input);
  if (!text.includes('\u001b')) return text ? [{ text, style: '' }] : [];
  const spans: Span[] = [];
  let pen = PLAIN;
  let from = 0;
  const push = (part: string) => {
    if (!part) return;
    const style = styleOf(pen);
    const last = spans.at(-1);
    if (last && last.style === style) last.text += part;
    else spans.push({ text: part, style });
  };
  for (const match of text.matchAll(SEQUENCE)) {
    push(text.slice(from, match.index));
    from = match.index + match[0].length;
    if (match[2] === 'm') pen = select(pen, (match[1] || '0').split(';').map(Number));
  }
  push(text.slice(from));
  return spans;
}
