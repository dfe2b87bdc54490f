// Markdown that is still arriving. Everything but the last block is finished and rendered once; only
// the last block is parsed again when text is added. Raw HTML in the text is shown, not obeyed.
import { Lexer, Marked, type Token, type Tokens } from 'marked';
import remend from 'remend';

export interface HtmlBlock {
  kind: 'html';
  key: string;
  /** Not yet sanitised. */
  html: string;
  src: string;
}

export interface CodeBlock {
  kind: 'code';
  key: string;
  lang: string;
  text: string;
  /** The fence was not closed yet: more may come. */
  open: boolean;
}

export type Block = HtmlBlock | CodeBlock;

const ESCAPES: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };

export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (char) => ESCAPES[char]!);
}

/** The only targets a link may have; anything else is shown as text. */
export function safeHref(href: string): string | null {
  return /^(https?:|mailto:)/i.test(href.trim()) ? href.trim() : null;
}

const marked = new Marked({
  gfm: true,
  renderer: {
    html: ({ text }) => escapeHtml(text),
    link({ href, title, tokens }) {
      const inner = this.parser.parseInline(tokens);
      const safe = safeHref(href);
      if (!safe) return `<span class="path" title="${escapeHtml(href)}">${inner}</span>`;
      const tip = title ? ` title="${escapeHtml(title)}"` : '';
      return `<a href="${escapeHtml(safe)}"${tip} target="_blank" rel="noopener noreferrer nofollow">${inner}</a>`;
    },
    // Nothing is loaded from elsewhere by itself: an image is a link to it.
    image({ href, text }) {
      const safe = safeHref(href);
      const label = escapeHtml(text || href);
      return safe
        ? `<a class="remote-image" href="${escapeHtml(safe)}" target="_blank" rel="noopener noreferrer nofollow">${label}</a>`
        : `<span class="path">${label}</span>`;
    },
    checkbox: ({ checked }) => `<span class="task" aria-hidden="true">${checked ? '☑' : '☐'}</span> `,
    // A wide table scrolls in a box of its own.
    table(token) {
      const row = (cells: Tokens.TableCell[], tag: string) =>
        `<tr>${cells.map((cell) => `<${tag}${cell.align ? ` align="${cell.align}"` : ''}>${this.parser.parseInline(cell.tokens)}</${tag}>`).join('')}</tr>`;
      const body = token.rows.map((cells) => row(cells, 'td')).join('');
      return `<div class="table"><table><thead>${row(token.header, 'th')}</thead><tbody>${body}</tbody></table></div>`;
    },
  },
});

const frozen = new Map<string, string>();
const FROZEN_MOST = 400;

function remembered(src: string, make: () => string): string {
  const hit = frozen.get(src);
  if (hit !== undefined) {
    frozen.delete(src);
    frozen.set(src, hit);
    return hit;
  }
  const html = make();
  frozen.set(src, html);
  if (frozen.size > FROZEN_MOST) frozen.delete(frozen.keys().next().value!);
  return html;
}

type Links = Record<string, Pick<Tokens.Link | Tokens.Image, 'href' | 'title'>>;

function lex(src: string, links: Links): Token[] {
  const lexer = new Lexer(marked.defaults);
  Object.assign(lexer.tokens.links, links);
  return lexer.lex(src);
}

function fenceIsOpen(token: Tokens.Code): boolean {
  const fence = /^ {0,3}(`{3,}|~{3,})/.exec(token.raw);
  if (!fence) return false;
  return !new RegExp(`\\n {0,3}${fence[1]![0] === '~' ? '~' : '`'}{${fence[1]!.length},}[ \\t]*\\n*$`).test(token.raw);
}

function toBlock(token: Token, key: string, cacheable: boolean): Block | null {
  if (token.type === 'space' || token.type === 'def') return null;
  if (token.type === 'code') {
    const code = token as Tokens.Code;
    return { kind: 'code', key, lang: (code.lang ?? '').split(/\s/)[0] ?? '', text: code.text, open: fenceIsOpen(code) };
  }
  const make = () => marked.parser([token]);
  return { kind: 'html', key, src: token.raw, html: cacheable ? remembered(token.raw, make) : make() };
}

/** One text that grows. Feed it the whole text each time; it works only on what is new. */
export class MarkdownStream {
  private stable: Block[] = [];
  private stableSrc = '';
  private links: Links = {};
  private serial = 0;

  /** Number of characters parsed by the last call, for tests. */
  parsed = 0;

  update(text: string, done: boolean): Block[] {
    const src = text.includes('\r') ? text.replace(/\r\n?/g, '\n') : text;
    if (!src.startsWith(this.stableSrc)) this.restart();
    const rest = src.slice(this.stableSrc.length);
    this.parsed = rest.length;
    const tokens = lex(rest, this.links);
    if (done && this.stableSrc !== '' && (tokens.some((token) => token.type === 'def') || Object.keys(this.links).length > 0)) {
      // A definition may come after its use: then the finished text is read once as a whole.
      this.restart();
      return lex(src, {}).flatMap((token, at) => toBlock(token, `b${at}`, false) ?? []);
    }
    let last = tokens.length - 1;
    while (last >= 0 && tokens[last]!.type === 'space') last--;
    const finished = done ? tokens.length : Math.max(0, last);
    for (let at = 0; at < finished; at++) this.freeze(tokens[at]!);
    if (done || last < 0) return this.stable;
    const key = `b${this.serial}`;
    const tail = this.tail(tokens[last]!, key);
    return tail ? [...this.stable, ...tail] : this.stable;
  }

  private freeze(token: Token): void {
    const block = toBlock(token, `b${this.serial}`, Object.keys(this.links).length === 0);
    this.stableSrc += token.raw;
    // Only a finished definition counts: a growing one would stick with half an address.
    if (token.type === 'def') this.links[(token as Tokens.Def).tag] = { href: (token as Tokens.Def).href, title: (token as Tokens.Def).title };
    if (!block) return;
    this.serial++;
    this.stable = [...this.stable, block];
  }

  private tail(token: Token, key: string): Block[] | null {
    if (token.type === 'code') {
      const block = toBlock(token, key, false);
      return block && [block];
    }
    const healed = remend(token.raw);
    const source = healed === token.raw ? [token] : lex(healed, { ...this.links });
    return source.flatMap((one, at) => toBlock(one, at === 0 ? key : `${key}.${at}`, false) ?? []);
  }

  private restart(): void {
    this.stable = [];
    this.stableSrc = '';
    this.links = {};
    this.serial = 0;
  }
}
