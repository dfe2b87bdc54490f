import { clientId } from '../../core/api';
import type { Answer, Ask } from '../../core/protocol.gen';
import { answerAsk } from '../../state/lane-view.svelte';

const PATIENCE_MS = 10_000;

/** One answer on its way. The same answer again carries the same id, so it never counts twice. */
export class Answering {
  state = $state<'open' | 'sending' | 'failed' | 'sent'>('open');
  private command = clientId();
  private last = '';

  async send(ask: Ask, answer: Answer): Promise<void> {
    const text = JSON.stringify(answer);
    if (this.last && this.last !== text) this.command = clientId();
    this.last = text;
    this.state = 'sending';
    const impatient = setTimeout(() => {
      if (this.state === 'sending') this.state = 'failed';
    }, PATIENCE_MS);
    try {
      await answerAsk(ask, answer, this.command);
      // The card goes when the fact arrives; answered elsewhere or too late is the same to it.
      this.state = 'sent';
    } catch {
      this.state = 'failed';
    } finally {
      clearTimeout(impatient);
    }
  }
}
