export interface SwipeTarget {
  lane: 'worker' | 'planner';
  go(lane: 'worker' | 'planner'): void;
}

const EDGE_PX = 24;
const FAR_PX = 64;
const FAST = 0.4;

/** Whether something under the finger scrolls sideways by itself. */
function sideways(from: EventTarget | null, root: Element): boolean {
  for (let el = from instanceof Element ? from : null; el && el !== root; el = el.parentElement) {
    if (el.scrollWidth > el.clientWidth + 1 && getComputedStyle(el).overflowX !== 'hidden' && getComputedStyle(el).overflowX !== 'visible') return true;
    if (el instanceof HTMLInputElement || el instanceof HTMLTextAreaElement) return true;
  }
  return false;
}

/** A swipe over the transcript changes the lane; the content follows the finger until it lets go. */
export function swipe(target: () => SwipeTarget | null) {
  return (root: HTMLElement) => {
    let start: { x: number; y: number; at: number } | null = null;
    let moving = false;
    const slot = () => root.querySelector<HTMLElement>('.slot:not(.gone)');
    const reset = () => {
      const el = slot();
      if (el) el.style.transform = '';
      start = null;
      moving = false;
    };
    const begin = (event: TouchEvent) => {
      const touch = event.touches[0];
      start = null;
      if (!touch || event.touches.length > 1 || !target()) return;
      if (touch.clientX < EDGE_PX || touch.clientX > innerWidth - EDGE_PX || sideways(event.target, root)) return;
      if (!(event.target instanceof Element) || !event.target.closest('[data-testid="Transcript"]')) return;
      start = { x: touch.clientX, y: touch.clientY, at: event.timeStamp };
    };
    const move = (event: TouchEvent) => {
      const touch = event.touches[0];
      if (!start || !touch) return;
      const dx = touch.clientX - start.x;
      const dy = touch.clientY - start.y;
      if (!moving) {
        if (Math.abs(dy) > 10 && Math.abs(dy) > Math.abs(dx) * Math.tan(Math.PI / 6)) start = null;
        else if (Math.abs(dx) > 12) moving = true;
      }
      const el = slot();
      if (moving && el) el.style.transform = `translateX(${dx}px)`;
    };
    const end = (event: TouchEvent) => {
      const touch = event.changedTouches[0];
      const now = target();
      if (start && moving && touch && now) {
        const dx = touch.clientX - start.x;
        const fast = Math.abs(dx) / Math.max(1, event.timeStamp - start.at) > FAST;
        if (Math.abs(dx) > FAR_PX || fast) {
          // Planner stands left of worker, as on a wide screen.
          const lane = dx > 0 ? 'planner' : 'worker';
          reset();
          if (lane !== now.lane) now.go(lane);
          return;
        }
      }
      reset();
    };
    const passive = { passive: true } as const;
    root.addEventListener('touchstart', begin, passive);
    root.addEventListener('touchmove', move, passive);
    root.addEventListener('touchend', end, passive);
    root.addEventListener('touchcancel', reset, passive);
    return () => {
      root.removeEventListener('touchstart', begin);
      root.removeEventListener('touchmove', move);
      root.removeEventListener('touchend', end);
      root.removeEventListener('touchcancel', reset);
    };
  };
}
