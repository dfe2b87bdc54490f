import type { AskClosedNote } from '../../core/reduce';
import type { Ask } from '../../core/protocol.gen';
import { ago } from '../../i18n/format';
import type { Messages } from '../../i18n/messages';

type Seen = AskClosedNote | { ask: Ask };

/** What became of an ask, in one word. */
export function outcome(seen: Seen, m: Messages): string {
  const { ask } = seen;
  if (ask.state === 'withdrawn') return m.askWithdrawn;
  if (ask.state === 'expired') return m.askExpired;
  if (ask.state === 'open' || !('by' in seen)) return m.askOpen;
  if (ask.kind === 'question') return seen.answer?.decline ? m.askDenied : m.askAnswered;
  const option = ask.options.find((one) => one.id === seen.answer?.option);
  if (option?.kind.startsWith('allow')) return m.askAllowed;
  if (option || seen.answer?.decline) return m.askDenied;
  return m.askAnswered;
}

/** What a closed ask says before it goes: what became of it, by whom, when. */
export function answerLabel(note: AskClosedNote, m: Messages, locale: string): string {
  return m.askWhat(note.ask.title, m.answeredBy(outcome(note, m), note.by, ago(note.at, Date.now(), locale, m.now)));
}
