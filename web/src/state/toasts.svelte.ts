export interface Toast {
  id: number;
  text: string;
  detail?: string | undefined;
  tone: 'info' | 'error';
  action?: { label: string; run: () => void } | undefined;
}

/** Short messages that go by themselves; those with an action stay longer. */
class Toasts {
  list = $state.raw<Toast[]>([]);
  private serial = 0;

  show(text: string, options: Partial<Omit<Toast, 'id' | 'text'>> = {}, ms?: number): number {
    const toast: Toast = { id: ++this.serial, text, tone: options.tone ?? 'info', detail: options.detail, action: options.action };
    this.list = [...this.list.slice(-3), toast];
    setTimeout(() => this.dismiss(toast.id), ms ?? (toast.action ? 8_000 : toast.tone === 'error' ? 6_000 : 3_000));
    return toast.id;
  }

  dismiss(id: number): void {
    this.list = this.list.filter((toast) => toast.id !== id);
  }
}

export const toasts = new Toasts();

/** What a screen reader is told; the two live regions show the latest text of each. */
class Announcer {
  polite = $state('');
  assertive = $state('');
  private lastPolite = -Infinity;

  say(text: string): void {
    this.polite = text;
    this.lastPolite = performance.now();
  }

  /** For what happens often: dropped when something was said in the last five seconds. */
  mention(text: string): void {
    if (performance.now() - this.lastPolite >= 5_000) this.say(text);
  }

  urge(text: string): void {
    this.assertive = text;
  }
}

export const announcer = new Announcer();
