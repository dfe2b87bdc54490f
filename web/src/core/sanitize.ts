// The one place where text becomes HTML, behind the one Trusted Types policy of the app.
import DOMPurify from 'dompurify';

interface Policy {
  createHTML(html: string): string;
  createScriptURL(url: string): string;
}

// The browser's own types are not in TypeScript's library yet.
const factory = (globalThis as { trustedTypes?: { createPolicy(name: string, rules: Policy): Policy } }).trustedTypes;

const policy: Policy | undefined = factory?.createPolicy('signalbox', {
  createHTML: (html) => html,
  createScriptURL(url) {
    if (new URL(url, location.href).origin !== location.origin) throw new TypeError(`not our script: ${url}`);
    return url;
  },
});

const CONFIG = {
  ALLOWED_TAGS: [
    'a', 'blockquote', 'br', 'code', 'del', 'div', 'em', 'h1', 'h2', 'h3', 'h4', 'h5', 'h6', 'hr', 'kbd', 'li', 'ol', 'p', 'pre',
    's', 'span', 'strong', 'sub', 'sup', 'table', 'tbody', 'td', 'th', 'thead', 'tr', 'ul',
  ],
  ALLOWED_ATTR: ['href', 'title', 'target', 'rel', 'class', 'align', 'start'],
  ALLOW_DATA_ATTR: false,
  ALLOW_ARIA_ATTR: false,
  ...(policy ? { TRUSTED_TYPES_POLICY: policy as never } : {}),
};

const known = new Map<string, string>();
const KNOWN_MOST = 400;

/** HTML with nothing in it that acts. What comes back may be given to `innerHTML`. */
export function sanitize(html: string): string {
  const hit = known.get(html);
  if (hit !== undefined) return hit;
  const clean = DOMPurify.sanitize(html, CONFIG) as unknown as string;
  const trusted = policy ? policy.createHTML(String(clean)) : String(clean);
  known.set(html, trusted);
  if (known.size > KNOWN_MOST) known.delete(known.keys().next().value!);
  return trusted;
}

/** The address of one of our own workers, in the form the browser demands. */
export function scriptUrl(url: URL): URL {
  return policy ? (policy.createScriptURL(url.href) as unknown as URL) : url;
}
