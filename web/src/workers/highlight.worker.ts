import hljs from 'highlight.js/lib/common';

self.onmessage = (event: MessageEvent<{ id: number; code: string; lang: string }>) => {
  const { id, code, lang } = event.data;
  let html: string | null = null;
  try {
    if (hljs.getLanguage(lang)) html = hljs.highlight(code, { language: lang, ignoreIllegals: true }).value;
  } catch {
    // Plain code is a fine answer too.
  }
  self.postMessage({ id, html });
};
