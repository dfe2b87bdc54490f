// Frames of one socket, gathered and given to the reducer at most every 33 ms, more rarely when the
// machine cannot keep up, once a second when nobody looks.

export const STEPS = [33, 66, 100] as const;
export const HIDDEN_MS = 1_000;
/** More than this is a catch-up: one commit, nothing in between. */
export const CATCH_UP = 2_000;

export interface Clock {
  now(): number;
  frame(run: () => void): void;
  later(run: () => void, ms: number): void;
  hidden(): boolean;
}

/** Decides how often to flush from how long frames take. */
export class Cadence {
  private step = 0;
  private frames: { at: number; ms: number }[] = [];
  private slowSince = -1;
  private calmSince = -1;

  get ms(): number {
    return STEPS[this.step]!;
  }

  frame(at: number, ms: number): void {
    this.frames.push({ at, ms });
    while (this.frames.length > 0 && at - this.frames[0]!.at > 1_000) this.frames.shift();
    const sorted = this.frames.map((frame) => frame.ms).sort((a, b) => a - b);
    const p90 = sorted[Math.floor(sorted.length * 0.9)] ?? 0;
    if (p90 > 25) {
      this.calmSince = -1;
      if (this.slowSince < 0) this.slowSince = at;
      if (at - this.slowSince >= 1_000 && this.step < STEPS.length - 1) {
        this.step++;
        this.slowSince = at;
      }
      return;
    }
    this.slowSince = -1;
    if (this.calmSince < 0) this.calmSince = at;
    if (at - this.calmSince >= 5_000 && this.step > 0) {
      this.step--;
      this.calmSince = at;
    }
  }
}

export class Inbox<F> {
  private waiting: F[] = [];
  private scheduled = false;
  private last = -Infinity;
  readonly cadence = new Cadence();

  constructor(
    private readonly clock: Clock,
    private readonly flush: (frames: F[]) => void,
  ) {}

  push(frame: F): void {
    this.waiting.push(frame);
    this.schedule();
  }

  /** Nothing is waiting and nothing is scheduled. */
  get idle(): boolean {
    return this.waiting.length === 0 && !this.scheduled;
  }

  clear(): void {
    this.waiting = [];
  }

  private schedule(): void {
    if (this.scheduled) return;
    this.scheduled = true;
    if (this.clock.hidden()) {
      this.clock.later(() => this.run(), HIDDEN_MS);
      return;
    }
    const wait = this.last + this.cadence.ms - this.clock.now();
    if (wait > 0) this.clock.later(() => this.clock.frame(() => this.run()), wait);
    else this.clock.frame(() => this.run());
  }

  private run(): void {
    this.scheduled = false;
    const frames = this.waiting;
    this.waiting = [];
    if (frames.length === 0) return;
    const began = this.clock.now();
    if (this.last > 0 && began - this.last < 250) this.cadence.frame(began, Math.max(0, began - this.last - this.cadence.ms + 16));
    this.last = began;
    this.flush(frames);
  }
}

export function browserClock(): Clock {
  return {
    now: () => performance.now(),
    frame: (run) => {
      // A hidden tab gets no animation frames; the timer makes sure that nothing is ever stuck.
      let done = false;
      const once = () => {
        if (done) return;
        done = true;
        run();
      };
      requestAnimationFrame(once);
      setTimeout(once, HIDDEN_MS);
    },
    later: (run, ms) => void setTimeout(run, ms),
    hidden: () => document.visibilityState === 'hidden',
  };
}
