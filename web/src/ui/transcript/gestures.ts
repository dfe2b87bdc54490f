import type { Scroller } from './scroller.svelte';

/** Whether a scrollable box between `from` and `root` can still take a scroll up by itself. */
function nestedTakes(from: EventTarget | null, root: HTMLElement): boolean {
  for (let el = from instanceof Element ? from : null; el && el !== root; el = el.parentElement) {
    if (el instanceof HTMLElement && el.dataset['scrollable'] !== undefined && el.scrollTop > 0) return true;
  }
  return false;
}

/** What the reader does with wheel, finger, keys and selection, told to the follow machine. */
export function gestures(el: HTMLElement, scroller: Scroller): () => void {
  let touchY = 0;
  const wheel = (event: WheelEvent) => {
    if (event.deltaY < 0 && el.scrollTop > 0 && !nestedTakes(event.target, el)) scroller.release('wheel');
  };
  const touchStart = (event: TouchEvent) => (touchY = event.touches[0]?.clientY ?? 0);
  const touchMove = (event: TouchEvent) => {
    const y = event.touches[0]?.clientY ?? 0;
    if (y - touchY > 2 && el.scrollTop > 0 && !nestedTakes(event.target, el)) scroller.release('touch');
  };
  const key = (event: KeyboardEvent) => {
    if (event.target instanceof HTMLElement && event.target.closest('input, textarea')) return;
    if (['PageUp', 'Home', 'ArrowUp'].includes(event.key)) scroller.release('key');
    else if (event.key === 'End') {
      event.preventDefault();
      scroller.toEnd('end');
    }
  };
  const selection = () => {
    const chosen = document.getSelection();
    if (chosen && !chosen.isCollapsed && chosen.anchorNode && el.contains(chosen.anchorNode)) scroller.release('selection');
  };
  // A header that folds keeps its place: noted before the click changes anything.
  const click = (event: MouseEvent) => {
    const header = event.target instanceof Element ? event.target.closest<HTMLElement>('[aria-expanded], summary') : null;
    if (header) scroller.keep(header);
  };
  const passive = { passive: true } as const;
  el.addEventListener('wheel', wheel, passive);
  el.addEventListener('touchstart', touchStart, passive);
  el.addEventListener('touchmove', touchMove, passive);
  el.addEventListener('keydown', key);
  el.addEventListener('click', click, { capture: true });
  document.addEventListener('selectionchange', selection);
  return () => {
    el.removeEventListener('wheel', wheel);
    el.removeEventListener('touchstart', touchStart);
    el.removeEventListener('touchmove', touchMove);
    el.removeEventListener('keydown', key);
    el.removeEventListener('click', click, { capture: true });
    document.removeEventListener('selectionchange', selection);
  };
}
