import { elementScroll, Virtualizer, type VirtualItem } from '@tanstack/virtual-core';
import { flushSync } from 'svelte';
import { Follow, gap, REARM, type Arm, type Mode, type Release } from '../../core/follow';
import { tailStart } from '../../core/rows';
import type { Row } from '../../core/types';
import type { Place } from '../../state/lane-view.svelte';

const PIN_MS = 350;
const BUCKET_PX = 16;

interface Anchor {
  key: string;
  /** Pixels from the top of the window to the top of the row. */
  offset: number;
}

/**
 * The scrolling of one transcript. Old rows are virtual, the live tail is not; both stand in one
 * scroll area. There is one writer of `scrollTop` and one ResizeObserver, and every correction is
 * made between layout and paint, so nothing is ever seen to jump.
 */
export class Scroller {
  virtual = $state.raw<VirtualItem[]>([]);
  height = $state(0);
  tail = $state(0);
  mode = $state<Mode>('following');
  /** Rows that appeared since the reader left the end. */
  fresh = $state(0);
  away = $state(false);

  readonly follow = new Follow((mode) => this.modeChanged(mode));
  rows: readonly Row[] = [];
  focused: string | null = null;

  private el: HTMLElement | null = null;
  private history: HTMLElement | null = null;
  private index = new Map<string, number>();
  private anchor: Anchor | null = null;
  private pin: { el: HTMLElement; top: number; until: number } | null = null;
  private tailKey: string | null = null;
  private sentRows = 0;
  private bucket = 0;
  private view = 0;
  private content = -1;
  private offsetChanged: (offset: number, scrolling: boolean) => void = () => {};
  private rectChanged: (rect: { width: number; height: number }) => void = () => {};
  private means = new Map<string, { sum: number; count: number }>();
  private readonly observer = new ResizeObserver((entries) => this.resized(entries));
  private readonly elements = new Map<Element, string>();
  private readonly byKey = new Map<string, HTMLElement>();
  private readonly list: Virtualizer<HTMLElement, HTMLElement>;
  private unmount: () => void = () => {};

  constructor(
    private readonly sizes: Map<string, number>,
    private readonly hooks: { nearTop(): void },
  ) {
    this.list = new Virtualizer(this.options());
    this.list.shouldAdjustScrollPositionOnItemSizeChange = () => false;
  }

  // ---- life ----

  mount(el: HTMLElement, content: HTMLElement, history: HTMLElement, place: Place | null): () => void {
    this.el = el;
    this.history = history;
    this.view = el.clientHeight;
    this.bucket = Math.round(el.clientWidth / BUCKET_PX);
    this.unmount = this.list._didMount();
    this.list._willUpdate();
    this.observer.observe(el);
    this.observer.observe(content);
    if (place) {
      this.anchor = { ...place };
      this.follow.release('link');
    } else {
      this.follow.enter();
    }
    this.refresh();
    return () => {
      this.observer.disconnect();
      this.unmount();
      this.el = null;
    };
  }

  /** Where the reader is, for coming back; null at the end. */
  get place(): Place | null {
    return this.mode === 'following' ? null : this.anchor;
  }

  private options() {
    return {
      count: this.tail,
      getScrollElement: () => this.el,
      estimateSize: (at: number) => this.estimate(at),
      getItemKey: this.keyAt(this.rows),
      overscan: matchMedia('(pointer: coarse)').matches ? 12 : 6,
      scrollToFn: elementScroll,
      observeElementRect: (_list: unknown, changed: (rect: { width: number; height: number }) => void) => {
        this.rectChanged = changed;
        changed({ width: this.el?.clientWidth ?? 0, height: this.el?.clientHeight ?? 0 });
      },
      observeElementOffset: (_list: unknown, changed: (offset: number, scrolling: boolean) => void) => {
        this.offsetChanged = changed;
        changed(this.el?.scrollTop ?? 0, false);
      },
      rangeExtractor: (range: { startIndex: number; endIndex: number; overscan: number; count: number }) => this.range(range),
      onChange: () => this.refresh(),
    };
  }

  private keyAt(rows: readonly Row[]) {
    return (at: number) => rows[at]?.key ?? at;
  }

  /** The rows around the window, and the focused one wherever it is: focus is never unmounted. */
  private range(range: { startIndex: number; endIndex: number; overscan: number; count: number }): number[] {
    const from = Math.max(0, range.startIndex - range.overscan);
    const to = Math.min(range.count - 1, range.endIndex + range.overscan);
    const shown: number[] = [];
    for (let at = from; at <= to; at++) shown.push(at);
    const focused = this.focused === null ? -1 : (this.index.get(this.focused) ?? -1);
    if (focused >= 0 && focused < range.count && (focused < from || focused > to)) {
      shown.push(focused);
      shown.sort((a, b) => a - b);
    }
    return shown;
  }

  // ---- rows ----

  setRows(rows: readonly Row[]): void {
    const before = this.rows;
    if (rows === before) return;
    this.rows = rows;
    this.index = new Map(rows.map((row, at) => [row.key, at]));
    const held = this.tailKey === null ? 0 : (this.index.get(this.tailKey) ?? 0);
    const tail = tailStart(rows, held);
    this.tailKey = rows[tail]?.key ?? null;
    const same = tail === this.list.options.count && rows[0] === before[0] && rows[tail - 1] === before[tail - 1];
    this.tail = tail;
    if (!same) {
      this.list.setOptions({ ...this.options(), count: tail, getItemKey: this.keyAt(rows) });
      this.list._willUpdate();
      this.refresh();
    }
    if (rows.length > before.length && rows.at(-1)?.key !== before.at(-1)?.key) this.follow.news(performance.now());
    if (this.mode === 'released') this.fresh = Math.max(0, rows.length - this.sentRows);
    else this.sentRows = rows.length;
  }

  private refresh(): void {
    this.virtual = this.list.getVirtualItems();
    this.height = this.list.getTotalSize();
  }

  private estimate(at: number): number {
    const row = this.rows[at];
    if (!row) return 32;
    const known = this.sizes.get(`${row.key}@${this.bucket}`);
    if (known !== undefined) return known;
    const mean = this.means.get(kindOf(row));
    return mean ? mean.sum / mean.count : row.est;
  }

  /** A Svelte attachment: measures the row and remembers its element. */
  row(key: string) {
    return (el: HTMLElement) => {
      this.elements.set(el, key);
      this.byKey.set(key, el);
      this.observer.observe(el);
      return () => {
        this.observer.unobserve(el);
        this.elements.delete(el);
        if (this.byKey.get(key) === el) this.byKey.delete(key);
      };
    };
  }

  element(key: string): HTMLElement | undefined {
    return this.byKey.get(key);
  }

  // ---- layout ----

  private resized(entries: ResizeObserverEntry[]): void {
    const el = this.el;
    if (!el) return;
    const now = performance.now();
    let measured = false;
    const bucket = Math.round(el.clientWidth / BUCKET_PX);
    if (bucket !== this.bucket) {
      this.bucket = bucket;
      this.list.measure();
      measured = true;
    }
    for (const entry of entries) {
      const key = this.elements.get(entry.target);
      if (key === undefined) continue;
      const size = entry.borderBoxSize[0]?.blockSize ?? (entry.target as HTMLElement).offsetHeight;
      if (size === 0) continue;
      measured = this.measure(key, size) || measured;
    }
    if (measured) {
      this.refresh();
      // The heights must stand in the page before anybody scrolls by them.
      flushSync();
    }
    const viewChanged = el.clientHeight !== this.view;
    if (viewChanged) {
      this.view = el.clientHeight;
      this.rectChanged({ width: el.clientWidth, height: el.clientHeight });
    }
    this.settle(now, viewChanged);
  }

  private measure(key: string, size: number): boolean {
    const at = this.index.get(key);
    if (at === undefined) return false;
    const slot = `${key}@${this.bucket}`;
    if (!this.sizes.has(slot)) {
      const row = this.rows[at]!;
      const mean = this.means.get(kindOf(row)) ?? { sum: 0, count: 0 };
      mean.sum += size;
      mean.count++;
      this.means.set(kindOf(row), mean);
    }
    this.sizes.set(slot, size);
    if (at >= this.tail) return false;
    this.list.resizeItem(at, size);
    return true;
  }

  /** After layout, before paint: the one place that writes `scrollTop`. */
  private settle(now: number, viewChanged: boolean): void {
    const el = this.el!;
    const content = el.scrollHeight;
    const grew = content !== this.content && this.rows.length > 0;
    this.content = content;
    if (this.pin && now > this.pin.until) this.unpin(now);
    if (this.pin) {
      const top = this.pin.el.getBoundingClientRect().top - el.getBoundingClientRect().top;
      this.write(el.scrollTop + top - this.pin.top, null);
      this.remember();
    } else if (this.mode === 'following' && ((grew && this.follow.grew(now)) || (viewChanged && this.follow.resized()))) {
      this.write(content, now);
      this.remember();
    } else {
      this.hold();
    }
    this.away = this.mode === 'released' && gap(this.geometry()) > REARM;
  }

  private hold(): void {
    const anchor = this.anchor;
    if (!anchor) return this.remember();
    const top = this.topOf(anchor.key);
    if (top === null) return this.remember();
    const off = top - this.el!.scrollTop - anchor.offset;
    if (Math.abs(off) >= 0.5) this.write(this.el!.scrollTop + off, null);
  }

  /** @param now when the end or a goal is written; null when only the reader's place is kept */
  private write(top: number, now: number | null): void {
    const el = this.el!;
    const before = el.scrollTop;
    el.scrollTop = top;
    if (el.scrollTop === before) return;
    if (now === null) this.follow.moved(el.scrollTop);
    else this.follow.wrote(el.scrollTop, now);
    this.offsetChanged(el.scrollTop, false);
    flushSync();
  }

  /** Distance of a row from the top of the content, mounted or not. */
  private topOf(key: string): number | null {
    const at = this.index.get(key);
    if (at === undefined || !this.history) return null;
    if (at < this.tail) {
      const start = this.list.measurementsCache[at]?.start;
      return start === undefined ? null : this.topIn(this.history) + start;
    }
    const row = this.byKey.get(key);
    return row ? this.topIn(row) : null;
  }

  /** Exact, unlike `offsetTop`, which is rounded. */
  private topIn(row: HTMLElement): number {
    return row.getBoundingClientRect().top - this.el!.getBoundingClientRect().top + this.el!.scrollTop;
  }

  /** Notes which row stands at the top of the window. */
  private remember(): void {
    const el = this.el!;
    const top = el.scrollTop;
    let best: Anchor | null = null;
    const historyTop = this.topIn(this.history!);
    for (const item of this.virtual) {
      const start = historyTop + item.start;
      if (start + item.size > top) {
        best = { key: String(item.key), offset: start - top };
        break;
      }
    }
    if (!best || best.offset > this.view) {
      for (let at = this.tail; at < this.rows.length; at++) {
        const row = this.byKey.get(this.rows[at]!.key);
        if (!row) continue;
        const start = this.topIn(row);
        if (start + row.offsetHeight > top) {
          best = { key: this.rows[at]!.key, offset: start - top };
          break;
        }
      }
    }
    this.anchor = best;
  }

  geometry() {
    const el = this.el!;
    return { top: el.scrollTop, height: el.scrollHeight, view: el.clientHeight };
  }

  // ---- the reader ----

  scrolled(): void {
    if (!this.el) return;
    const now = performance.now();
    this.offsetChanged(this.el.scrollTop, false);
    const who = this.follow.scrolled(this.geometry(), now);
    if (who === 'again') this.write(this.el.scrollHeight, now);
    else if (who === 'user') {
      this.pin = null;
      this.remember();
    }
    this.away = this.mode === 'released' && gap(this.geometry()) > REARM;
    if (this.el.scrollTop < this.view * 1.5) this.hooks.nearTop();
  }

  release(why: Release): void {
    if (this.mode === 'released' || !this.el) return;
    this.follow.release(why);
    this.remember();
  }

  /** To the end, and on with it. */
  toEnd(why: Arm): void {
    if (!this.el) return;
    const now = performance.now();
    this.pin = null;
    this.follow.arm(why, now);
    this.write(this.el.scrollHeight, now);
    this.remember();
    this.away = false;
  }

  /** The header that is about to fold or unfold keeps its place. */
  keep(header: HTMLElement): void {
    if (!this.el) return;
    const now = performance.now();
    this.pin = { el: header, top: header.getBoundingClientRect().top - this.el.getBoundingClientRect().top, until: now + PIN_MS };
    setTimeout(() => this.pin && performance.now() >= this.pin.until && this.unpin(performance.now()), PIN_MS + 20);
  }

  private unpin(_now: number): void {
    this.pin = null;
    if (!this.el) return;
    if (this.mode === 'following' && gap(this.geometry()) > REARM) this.release('expand');
    this.remember();
  }

  /** Brings a row into the window and lets go of the end. */
  async show(key: string, why: Release, block: 'start' | 'nearest' = 'start'): Promise<HTMLElement | null> {
    const at = this.index.get(key);
    if (at === undefined || !this.el) return null;
    if (at < this.rows.length - 1 || why !== 'key') this.release(why);
    for (let round = 0; round < 4; round++) {
      const top = this.topOf(key);
      if (top === null) break;
      const size = this.byKey.get(key)?.offsetHeight ?? this.estimate(at);
      const inside = top >= this.el.scrollTop && top + size <= this.el.scrollTop + this.view;
      const margin = block === 'start' ? 56 : 12;
      let wanted = this.el.scrollTop;
      if (block === 'start' || (!inside && top < this.el.scrollTop)) wanted = top - margin;
      else if (!inside) wanted = Math.min(top - margin, top + size - this.view + margin);
      this.anchor = { key, offset: top - wanted };
      this.write(wanted, performance.now());
      this.remember();
      await new Promise((done) => requestAnimationFrame(done));
      if (this.byKey.has(key) && Math.abs(this.el.scrollTop - wanted) < 2 && round > 0) break;
    }
    return this.byKey.get(key) ?? null;
  }

  /** Makes sure that the row has an element, so that it can take the focus. */
  focusRow(key: string): void {
    this.focused = key;
    this.refresh();
    flushSync();
  }

  /** The first row in the window. */
  get first(): string | null {
    return this.anchor?.key ?? null;
  }

  indexOf(key: string): number {
    return this.index.get(key) ?? -1;
  }

  private modeChanged(mode: Mode): void {
    this.mode = mode;
    this.sentRows = this.rows.length;
    this.fresh = 0;
    if (mode === 'following') this.away = false;
  }
}

function kindOf(row: Row): string {
  return row.prompt ? 'prompt' : row.kind === 'item' ? `item${row.est}` : row.kind;
}
