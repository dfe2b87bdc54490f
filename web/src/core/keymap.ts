// Which key does what. Mod is Ctrl, or ⌘ on macOS; Alt bindings go by `code`, because Alt types
// characters; on macOS they are ⌃⌥.

export type Action =
  | 'palette' | 'help' | 'newSession' | 'needsMe' | 'planner' | 'worker' | 'sidebar' | 'composer' | 'composerMod'
  | 'prevSession' | 'nextSession' | 'model' | 'mode' | 'agent' | 'allow' | 'deny' | 'find'
  | 'next' | 'previous' | 'nextPrompt' | 'previousPrompt' | 'latest' | 'open'
  | 'session1' | 'session2' | 'session3' | 'session4' | 'session5' | 'session6' | 'session7' | 'session8' | 'session9';

export interface Binding {
  action: Action;
  /** As shown and parsed: `Mod+K`, `Alt+[`, `Shift+J`, `?`. */
  keys: string;
  /** Single keys work only outside text fields. */
  single?: boolean;
}

export const BINDINGS: readonly Binding[] = [
  { action: 'palette', keys: 'Mod+K' },
  { action: 'help', keys: '?', single: true },
  { action: 'newSession', keys: 'Alt+N' },
  { action: 'needsMe', keys: 'Alt+A' },
  { action: 'planner', keys: 'Alt+[' },
  { action: 'worker', keys: 'Alt+]' },
  { action: 'sidebar', keys: 'Mod+\\' },
  { action: 'composer', keys: '/', single: true },
  { action: 'composerMod', keys: 'Mod+I' },
  { action: 'prevSession', keys: 'Alt+ArrowUp' },
  { action: 'nextSession', keys: 'Alt+ArrowDown' },
  { action: 'agent', keys: 'Alt+G' },
  { action: 'model', keys: 'Alt+M' },
  { action: 'mode', keys: 'Alt+,' },
  { action: 'allow', keys: 'Alt+Y' },
  { action: 'deny', keys: 'Alt+Shift+N' },
  { action: 'find', keys: 'Mod+F' },
  { action: 'next', keys: 'j', single: true },
  { action: 'previous', keys: 'k', single: true },
  { action: 'nextPrompt', keys: 'Shift+J', single: true },
  { action: 'previousPrompt', keys: 'Shift+K', single: true },
  { action: 'latest', keys: 'Shift+G', single: true },
  { action: 'open', keys: 'o', single: true },
  ...([1, 2, 3, 4, 5, 6, 7, 8, 9] as const).map((n): Binding => ({ action: `session${n}`, keys: `Alt+${n}` })),
];

export interface KeyLike {
  key: string;
  code: string;
  ctrlKey: boolean;
  metaKey: boolean;
  altKey: boolean;
  shiftKey: boolean;
}

const CODES: Record<string, string> = { '[': 'BracketLeft', ']': 'BracketRight', ',': 'Comma', '\\': 'Backslash' };

function codeOf(key: string): string {
  if (/^[A-Z]$/.test(key)) return `Key${key}`;
  if (/^[0-9]$/.test(key)) return `Digit${key}`;
  return CODES[key] ?? key;
}

export function matches(keys: string, event: KeyLike, mac: boolean): boolean {
  const parts = keys.split('+');
  const key = parts.at(-1)!;
  const alt = parts.includes('Alt');
  const mod = parts.includes('Mod');
  const shift = parts.includes('Shift');
  const ctrl = mac ? alt : mod;
  const meta = mac ? mod : false;
  if (event.altKey !== alt || event.ctrlKey !== ctrl || event.metaKey !== meta) return false;
  if (key === '?' || key === '/') return event.key === key;
  if (event.shiftKey !== shift) return false;
  if (alt || mod) return event.code === codeOf(key);
  return event.key.toLowerCase() === key.toLowerCase();
}

export function actionOf(event: KeyLike, typing: boolean, mac: boolean): Action | null {
  for (const binding of BINDINGS) {
    if (binding.single && typing) continue;
    if (matches(binding.keys, event, mac)) return binding.action;
  }
  return null;
}

/** As printed for people. */
export function label(keys: string, mac: boolean): string {
  const named = keys.replace('ArrowUp', '↑').replace('ArrowDown', '↓');
  if (!mac) return named.replace('Mod', 'Ctrl');
  return named.replace('Mod+', '⌘').replace('Alt+', '⌃⌥').replace('Shift+', '⇧');
}
