import type { Action } from '../../core/keymap';
import { prefs } from '../../state/prefs.svelte';
import { sessions } from '../../state/sessions.svelte';
import { ui } from '../../state/ui.svelte';
import { router } from '../../state/router.svelte';

/** Carries an action out, whoever asked for it; false when it means nothing here. */
export function perform(action: Action): boolean {
  const digit = /^session([1-9])$/.exec(action);
  if (digit) {
    const session = sessions.listed[Number(digit[1]) - 1];
    if (session) ui.open(session);
    return true;
  }
  switch (action) {
    case 'palette':
      ui.dialog = { name: 'palette' };
      return true;
    case 'help':
      ui.dialog = { name: 'help' };
      return true;
    case 'newSession':
      void ui.newSession();
      return true;
    case 'needsMe':
      ui.nextAttention();
      return true;
    case 'sidebar':
      if (matchMedia('(min-width: 1000px)').matches) prefs.sidebarShown = !prefs.sidebarShown;
      else ui.sheet = !ui.sheet;
      return true;
    case 'prevSession':
      ui.step(-1);
      return true;
    case 'nextSession':
      ui.step(1);
      return true;
  }
  if (router.route.name !== 'session') return false;
  ui.want(action === 'composerMod' ? 'composer' : action);
  return true;
}
