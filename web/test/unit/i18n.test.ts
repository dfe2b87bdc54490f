import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parse, type AST } from 'svelte/compiler';
import { describe, expect, it } from 'vitest';
import { en } from '../../src/i18n/en';
import { ago, bytes, duration } from '../../src/i18n/format';
import { noticeText } from '../../src/i18n/notices';
import { pseudo } from '../../src/i18n/pseudo';
import { zhCN } from '../../src/i18n/zh-CN';

const SRC = fileURLToPath(new URL('../../src', import.meta.url));
const files = readdirSync(SRC, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.svelte'));

function shape(value: unknown): unknown {
  if (typeof value === 'function') return `function/${value.length}`;
  if (typeof value === 'string') return 'text';
  return Object.fromEntries(Object.entries(value as object).map(([key, inner]) => [key, shape(inner)]));
}

/** Text nodes and labels of a template that a person would read. */
function literals(source: string): string[] {
  const found: string[] = [];
  const walk = (node: unknown): void => {
    if (Array.isArray(node)) return node.forEach(walk);
    if (typeof node !== 'object' || node === null) return;
    const one = node as AST.BaseNode & { type: string; data?: string; name?: string; value?: unknown };
    if (one.type === 'Text' && /\p{L}{2,}/u.test(one.data ?? '')) found.push(one.data!.trim());
    if (one.type === 'StyleDirective') return;
    if (one.type === 'Attribute') {
      if (['aria-label', 'title', 'placeholder', 'alt'].includes(one.name ?? '') && Array.isArray(one.value)) walk(one.value);
      return;
    }
    if (one.type === 'RegularElement' && ['code', 'kbd', 'style', 'script', 'svg'].includes(one.name ?? '')) return;
    for (const [key, inner] of Object.entries(one)) if (!['css', 'instance', 'module', 'metadata'].includes(key)) walk(inner);
  };
  walk(parse(source, { modern: true }).fragment);
  return found;
}

describe('texts', () => {
  it('R-UI-10 Chinese has every entry that English has, of the same form', () => {
    expect(shape(zhCN)).toEqual(shape(en));
  });

  it('R-UI-10 Chinese really is Chinese', () => {
    const same = Object.entries(en).filter(([key, text]) => typeof text === 'string' && (zhCN as Record<string, unknown>)[key] === text).map(([key]) => key);
    expect(same.sort()).toEqual(['appName', 'pathPlaceholder', 'planner', 'worker']);
  });

  it('R-UI-10 no template has a text of its own', () => {
    const own = files.flatMap((file) => literals(readFileSync(join(SRC, file), 'utf8')).map((text) => `${file}: ${text}`));
    expect(own).toEqual([]);
    expect(literals('<p title="Hello there">Some text</p>')).toEqual(['Hello there', 'Some text']);
  });

  it('every text of the catalogue is used', () => {
    const code = readdirSync(SRC, { recursive: true, encoding: 'utf8' }).filter((file) => /\.(svelte|ts)$/.test(file) && !/i18n\/(en|zh-CN)\.ts$/.test(file)).map((file) => readFileSync(join(SRC, file), 'utf8')).join('\n');
    expect(Object.keys(en).filter((key) => !new RegExp(`\\bm\\.${key}\\b`).test(code) && !['locale', 'language'].includes(key))).toEqual([]);
  });

  it('the pseudo language makes every text longer', () => {
    expect(pseudo.send.length).toBeGreaterThan(en.send.length * 1.3);
    expect(pseudo.newItems(3)).toContain('3');
  });

  it('counts, sizes and times are those of the language', () => {
    expect(en.queueOf(1)).toBe('1 queued message');
    expect(en.queueOf(2)).toBe('2 queued messages');
    expect(zhCN.queueOf(2)).toBe('2 条排队消息');
    expect(duration(1_500, 'en')).toBe('1.5s');
    expect(duration(75_000, 'en')).toBe('1m 15s');
    expect(bytes(2_500_000, 'en')).toBe('2.5 MB');
    expect(ago(new Date(0).toISOString(), 180_000, 'en', 'now')).toBe('3m ago');
  });

  it('a notice keeps its name in another language, and one without a text keeps its words', () => {
    expect(noticeText(zhCN, 'denied-read-only', 'Denied, because this lane only reads: rm: x')).toBe('此通道只读，已拒绝：rm: x');
    expect(noticeText(zhCN, 'new-thing', 'Something new.')).toBe('Something new.');
  });
});

describe('what can be pressed', () => {
  it('every button, link and field has a name for the tests', () => {
    const bare = files.flatMap((file) => {
      const source = readFileSync(join(SRC, file), 'utf8').replace(/<script[\s\S]*?<\/script>/g, '');
      return [...source.matchAll(/<(button|a|input|textarea|select)\b((?:[^>"{]|"[^"]*"|\{(?:[^{}]|\{[^{}]*\})*\})*)>/g)]
        .filter((match) => !/data-testid/.test(match[2]!) && !/class="sr"/.test(match[2]!))
        .map((match) => `${file}: ${match[0].slice(0, 80)}`);
    });
    expect(bare).toEqual([]);
  });
});
