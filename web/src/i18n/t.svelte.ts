import { en } from './en';
import type { Messages } from './messages';

export const LANGUAGES = [
  { id: 'en', name: 'English' },
  { id: 'zh-CN', name: '简体中文' },
] as const;

/** The catalogue in use. Templates read `i18n.m.…` and change when the language does. */
class I18n {
  m = $state.raw<Messages>(en);
  locale = $derived(this.m.locale === 'en-XA' ? 'en' : this.m.locale);

  async use(language: string): Promise<void> {
    if (language === 'zh-CN') this.m = (await import('./zh-CN')).zhCN;
    else if (language === 'en-XA') this.m = (await import('./pseudo')).pseudo;
    else this.m = en;
    document.documentElement.lang = this.locale;
  }
}

export const i18n = new I18n();

/** The language to begin with: what was chosen, else what the browser prefers. */
export function firstLanguage(chosen: string): string {
  if (chosen) return chosen;
  return navigator.languages.some((one, at) => at === 0 && /^zh\b/i.test(one)) ? 'zh-CN' : 'en';
}
