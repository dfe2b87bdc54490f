import { firstLanguage, i18n } from '../i18n/t.svelte';
import type { Density } from '../core/types';

export type Theme = 'auto' | 'dark' | 'light';

/** What was last chosen for a lane. */
export interface Pick {
  agent?: string;
  model?: string;
  mode?: string;
  effort?: string;
}

interface Stored {
  theme: Theme;
  lang: string;
  density: Density;
  enterSends: boolean;
  singleKeys: boolean;
  sidebar: number;
  sidebarShown: boolean;
  split: number;
  picks: Record<string, Pick>;
  folded: Record<string, boolean>;
}

const KEY = 'signalbox.prefs';
const DEFAULTS: Stored = {
  theme: 'auto', lang: '', density: 'normal', enterSends: true, singleKeys: true,
  sidebar: 264, sidebarShown: true, split: 0.5, picks: {}, folded: {},
};
const PICKS_MOST = 200;

/** Preferences of this browser on this device. */
class Prefs {
  private data = $state<Stored>(load());
  private readonly light = matchMedia('(prefers-color-scheme: light)');

  constructor() {
    this.light.addEventListener('change', () => this.paint());
  }

  get theme() { return this.data.theme; }
  set theme(theme: Theme) { this.data.theme = theme; this.save(); this.paint(); }
  get lang() { return this.data.lang; }
  set lang(lang: string) { this.data.lang = lang; this.save(); void i18n.use(firstLanguage(lang)); }
  get density() { return this.data.density; }
  set density(density: Density) { this.data.density = density; this.save(); }
  get enterSends() { return this.data.enterSends; }
  set enterSends(on: boolean) { this.data.enterSends = on; this.save(); }
  get singleKeys() { return this.data.singleKeys; }
  set singleKeys(on: boolean) { this.data.singleKeys = on; this.save(); }
  get sidebar() { return this.data.sidebar; }
  set sidebar(px: number) { this.data.sidebar = Math.round(Math.min(360, Math.max(200, px))); this.save(); }
  get sidebarShown() { return this.data.sidebarShown; }
  set sidebarShown(shown: boolean) { this.data.sidebarShown = shown; this.save(); }
  get split() { return this.data.split; }
  set split(part: number) { this.data.split = Math.min(0.75, Math.max(0.25, part)); this.save(); }

  pick(lane: string): Pick { return this.data.picks[lane] ?? {}; }
  setPick(lane: string, pick: Pick): void {
    const { [lane]: _old, ...rest } = this.data.picks;
    const kept = Object.entries(rest).slice(-PICKS_MOST + 1);
    this.data.picks = { ...Object.fromEntries(kept), [lane]: pick };
    this.save();
  }

  folded(project: string): boolean { return this.data.folded[project] ?? false; }
  fold(project: string, folded: boolean): void { this.data.folded[project] = folded; this.save(); }

  /** Applies theme and language; call once at the start. */
  async begin(): Promise<void> {
    this.paint();
    await i18n.use(firstLanguage(this.data.lang));
  }

  private paint(): void {
    const light = this.data.theme === 'light' || (this.data.theme === 'auto' && this.light.matches);
    document.documentElement.dataset['theme'] = light ? 'light' : 'dark';
    document.querySelector('meta[name=theme-color]')?.setAttribute('content', light ? '#f6f8fa' : '#0a0d12');
  }

  private save(): void {
    try {
      localStorage.setItem(KEY, JSON.stringify(this.data));
    } catch {
      // A full or forbidden store costs the preference, nothing else.
    }
  }
}

function load(): Stored {
  try {
    return { ...DEFAULTS, ...(JSON.parse(localStorage.getItem(KEY) ?? '{}') as Partial<Stored>) };
  } catch {
    return DEFAULTS;
  }
}

export const prefs = new Prefs();
