import './styles/tokens.css';
import './styles/base.css';
import './styles/overlay.css';
import './styles/prose.css';
import { mount } from 'svelte';
import { conn } from './state/conn.svelte';
import { draftOf } from './state/drafts.svelte';
import { outbox } from './state/outbox.svelte';
import { prefs } from './state/prefs.svelte';
import { sessions } from './state/sessions.svelte';
import App from './ui/App.svelte';

const AWAY_MS = 1_500;

await prefs.begin();
mount(App, { target: document.getElementById('app')! });
outbox.onRefused = (entry) => draftOf(entry.session, entry.lane).giveBack(entry.body.text);
await conn.begin();

$effect.root(() => {
  $effect(() => {
    if (conn.phase === 'in') sessions.start();
    else if (conn.phase === 'away') {
      // Not running is not signed out: it is asked again until it answers.
      const timer = setInterval(() => void conn.check(), AWAY_MS);
      return () => clearInterval(timer);
    }
    return;
  });
  $effect(() => {
    if (conn.online) void outbox.replay();
  });
});
void outbox.begin().catch(() => {});
