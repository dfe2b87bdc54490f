// Whether a transcript follows its end. A small machine with one writer: the transcript asks it what
// to do and reports what happened; it never touches the DOM.

export type Mode = 'following' | 'released';

/** Scrolling down into this many pixels of the end follows again. */
export const REARM = 40;
/** Scroll events this close to what we wrote, and this soon after, are our own. */
export const OWN_PX = 2;
export const OWN_MS = 1_500;
/** Growth is followed this long after the session stopped working. */
export const AFTER_WORK_MS = 300;
/** The browser may still be scrolling smoothly when the reader asks for the end. */
export const MOMENTUM_MS = 400;
/** On entry the end is forced until it was quiet this long, at most `ENTRY_MAX_MS`. */
export const ENTRY_QUIET_MS = 600;
export const ENTRY_MAX_MS = 8_000;

export type Release = 'wheel' | 'touch' | 'key' | 'selection' | 'find' | 'link' | 'scroll' | 'expand';
export type Arm = 'scroll' | 'end' | 'jump' | 'send' | 'entry';

export interface Geometry {
  top: number;
  height: number;
  view: number;
}

export function gap(at: Geometry): number {
  return at.height - at.view - at.top;
}

export class Follow {
  mode: Mode = 'following';
  private working = false;
  private workedUntil = -Infinity;
  private written: { top: number; at: number } | null = null;
  private lastTop = 0;
  private armedAt = -Infinity;
  /** Times are unknown until the first content came: loading may take long. */
  private entry: { since: number; grown: number } | 'empty' | null = null;

  constructor(private readonly onMode: (mode: Mode) => void = () => {}) {}

  /** Opens at the end and holds it while content settles. */
  enter(): void {
    this.entry = 'empty';
    this.set('following');
  }

  work(working: boolean, now: number): void {
    if (this.working && !working) this.workedUntil = now + AFTER_WORK_MS;
    this.working = working;
  }

  /** A gesture of the reader: nothing moves by itself any more. */
  release(_why: Release): void {
    this.armedAt = -Infinity;
    this.entry = null;
    this.written = null;
    this.set('released');
  }

  arm(why: Arm, now: number): void {
    this.set('following');
    if (why !== 'scroll') this.armedAt = now;
    // Whatever the arming brings (the sent message, late rows) is followed for a moment.
    this.workedUntil = Math.max(this.workedUntil, now + AFTER_WORK_MS);
  }

  /** Something new came in, also when nothing works: after a reconnect, from another client. */
  news(now: number): void {
    this.workedUntil = Math.max(this.workedUntil, now + AFTER_WORK_MS);
  }

  /** The content grew or shrank. Says whether to write the end into `scrollTop` now. */
  grew(now: number): boolean {
    if (this.mode !== 'following') return false;
    if (this.entry === 'empty') {
      this.entry = { since: now, grown: now };
      return true;
    }
    if (this.entry) {
      const over = now - this.entry.grown > ENTRY_QUIET_MS || now - this.entry.since > ENTRY_MAX_MS;
      if (!over) {
        this.entry.grown = now;
        return true;
      }
      this.entry = null;
    }
    return this.working || now <= this.workedUntil;
  }

  /** The window itself changed size; who was at the end stays there. */
  resized(): boolean {
    return this.mode === 'following';
  }

  wrote(top: number, now: number): void {
    this.written = { top, at: now };
    this.lastTop = top;
  }

  /**
   * A scroll event. Tells ours from the reader's; `again` is the rest of an older scroll that runs
   * against the end that was just asked for: the end is to be written once more.
   */
  scrolled(at: Geometry, now: number): 'own' | 'user' | 'again' {
    const own = this.written !== null && Math.abs(at.top - this.written.top) <= OWN_PX && now - this.written.at <= OWN_MS;
    const down = at.top > this.lastTop;
    const up = at.top < this.lastTop - OWN_PX;
    this.lastTop = at.top;
    if (own) return 'own';
    if (this.mode === 'released' && down && gap(at) <= REARM) this.arm('scroll', now);
    else if (this.mode === 'following' && up && gap(at) > REARM) {
      if (now - this.armedAt <= MOMENTUM_MS) return 'again';
      this.release('scroll');
    }
    return 'user';
  }

  /** The content was moved under the reader (an anchor, a prepend); a gesture may go on meanwhile. */
  moved(top: number): void {
    this.lastTop = top;
  }

  private set(mode: Mode): void {
    if (this.mode === mode) return;
    this.mode = mode;
    this.onMode(mode);
  }
}
