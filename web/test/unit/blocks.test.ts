import { describe, expect, it } from 'vitest';
import { MarkdownStream, type Block } from '../../src/core/blocks';

const text = (block: Block) => (block.kind === 'code' ? `code:${block.lang}:${block.text}` : block.html);

function whole(src: string): string[] {
  return new MarkdownStream().update(src, true).map(text);
}

const LONG = `# Title

A paragraph with **bold** and \`code\`.

- one
- two
  - three

\`\`\`java
int a = 1;

int b = 2;
\`\`\`

| a | b |
|---|---|
| 1 | 2 |

> quote

Last words.
`;

describe('markdown that streams', () => {
  it('R-TURN-4 ends as the same blocks as the text read at once, wherever it was cut', () => {
    for (const size of [1, 3, 7, 40]) {
      const stream = new MarkdownStream();
      for (let at = 0; at < LONG.length; at += size) stream.update(LONG.slice(0, at + size), false);
      expect(stream.update(LONG, true).map(text)).toEqual(whole(LONG));
    }
  });

  it('parses only what comes after the last finished block', () => {
    const stream = new MarkdownStream();
    let src = '';
    for (let n = 0; n < 200; n++) {
      src += `Paragraph ${n} with some words in it.\n\n`;
      stream.update(src, false);
      expect(stream.parsed).toBeLessThan(120);
    }
  });

  it('finished blocks keep their identity, so their elements stay', () => {
    const stream = new MarkdownStream();
    const first = stream.update('One.\n\nTwo.\n\nThr', false)[0];
    expect(stream.update('One.\n\nTwo.\n\nThree and more', false)[0]).toBe(first);
  });

  it('heals what is open in the last block', () => {
    expect(new MarkdownStream().update('some **bold te', false).map(text).join('')).toContain('<strong>bold te</strong>');
    expect(new MarkdownStream().update('say `cod', false).map(text).join('')).toContain('<code>cod</code>');
  });

  it('an open fence is code that says so, and closes', () => {
    const stream = new MarkdownStream();
    expect(stream.update('```java\nint a', false)[0]).toMatchObject({ kind: 'code', lang: 'java', open: true, text: 'int a' });
    expect(stream.update('```java\nint a;\n```\n\nDone', false)[0]).toMatchObject({ kind: 'code', open: false });
  });

  it('R-SEC-8 shows raw HTML as text and lets no link act', () => {
    const html = whole('<script>alert(1)</script>\n\n<img src=x onerror=alert(1)>\n\n[x](javascript:alert(1)) [f](file:///etc/passwd) <b>hi</b> ![i](http://e.example/i.png)').join('');
    expect(html).not.toMatch(/<script|<img|<b>|href="(javascript|file)/);
    expect(html).toContain('&lt;script&gt;');
    expect(html).toContain('class="remote-image"');
    expect(whole('[a](https://a.example)').join('')).toContain('rel="noopener noreferrer nofollow"');
  });

  it('a definition that comes later resolves once the text is finished', () => {
    const src = 'See [the page][p].\n\nMore.\n\n[p]: https://a.example\n';
    const stream = new MarkdownStream();
    for (let at = 0; at < src.length; at += 4) stream.update(src.slice(0, at), false);
    expect(stream.update(src, true).map(text).join('')).toContain('href="https://a.example"');
  });

  it('R-UI-10 reads Chinese text as it is', () => {
    expect(whole('你好，**世界**。')[0]).toBe('<p>你好，<strong>世界</strong>。</p>\n');
  });
});
