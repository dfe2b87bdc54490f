import type { AskClosedNote } from '../../core/reduce';
import { ago } from '../../i18n/format';
import type { Messages } from '../../i18n/messages';

/** What a closed ask says before it goes: what became of it, by whom, when. */
export function answerLabel(note: AskClosedNote, m: Messages, locale: string): string {
  const what = note.ask.state === 'withdrawn' ? m.askWithdrawn : note.ask.state === 'expired' ? m.askExpired : m.askAnswered;
  return m.answeredBy(what, note.by, ago(note.at, Date.now(), locale, m.now));
}
