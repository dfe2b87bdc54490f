// Whether an Enter belongs to an input method. Browsers disagree on how they say so.

export const AFTER_COMPOSITION_MS = 30;

export class Composition {
  private endedAt = -Infinity;
  private composing = false;

  start(): void {
    this.composing = true;
  }

  end(now: number): void {
    this.composing = false;
    this.endedAt = now;
  }

  owns(event: { isComposing: boolean; keyCode: number }, now: number): boolean {
    return this.composing || event.isComposing || event.keyCode === 229 || now - this.endedAt <= AFTER_COMPOSITION_MS;
  }
}
