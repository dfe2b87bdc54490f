import { describe, expect, it } from 'vitest';
import { AFTER_WORK_MS, ENTRY_MAX_MS, ENTRY_QUIET_MS, Follow, OWN_MS } from '../../src/core/follow';

const at = (top: number, height = 2_000, view = 500) => ({ top, height, view });

function working(): Follow {
  const follow = new Follow();
  follow.work(true, 0);
  return follow;
}

describe('R-UI-4 the follow machine', () => {
  it('R-UI-4 follows growth while the session works and 300 ms after, not later', () => {
    const follow = working();
    expect(follow.grew(1_000)).toBe(true);
    follow.work(false, 2_000);
    expect(follow.grew(2_000 + AFTER_WORK_MS - 1)).toBe(true);
    expect(follow.grew(2_000 + AFTER_WORK_MS + 1)).toBe(false);
  });

  it('R-UI-4 a gesture releases, and nothing moves by itself until the reader comes back', () => {
    const follow = working();
    follow.release('wheel');
    expect(follow.grew(10)).toBe(false);
    follow.scrolled(at(900), 20);
    expect(follow.mode).toBe('released');
    follow.scrolled(at(1_470), 30); // 30 px from the end, downwards
    expect(follow.mode).toBe('following');
    expect(follow.grew(40)).toBe(true);
  });

  it('scrolling up near the end does not follow again', () => {
    const follow = working();
    follow.release('wheel');
    follow.scrolled(at(1_500), 1);
    follow.release('wheel');
    follow.scrolled(at(1_480), 2);
    expect(follow.mode).toBe('released');
  });

  it('a scroll event of our own writing is never taken for the reader', () => {
    const follow = working();
    follow.scrolled(at(1_500), 0);
    follow.wrote(1_700, 100);
    expect(follow.scrolled(at(1_700.6, 2_600), 120)).toBe('own');
    expect(follow.mode).toBe('following');
    expect(follow.scrolled(at(1_600, 2_600), 100 + OWN_MS + 1)).toBe('user');
    expect(follow.mode).toBe('released');
  });

  it('keeping the reader’s place while the content moves takes no gesture away', () => {
    const follow = working();
    follow.release('wheel');
    follow.scrolled(at(1_000), 0);
    follow.moved(1_300);
    expect(follow.scrolled(at(1_300), 1)).toBe('user');
    expect(follow.mode).toBe('released');
    follow.scrolled(at(1_480), 2);
    expect(follow.mode).toBe('following');
  });

  it('sending, End and the button follow again', () => {
    for (const why of ['send', 'end', 'jump'] as const) {
      const follow = new Follow();
      follow.release('key');
      follow.arm(why, 1_000);
      expect(follow.mode).toBe('following');
      expect(follow.grew(1_100)).toBe(true); // the sent message itself, though nothing works yet
    }
  });

  it('the rest of an older scroll does not undo what was asked for, a new gesture does', () => {
    const follow = new Follow();
    follow.release('key');
    follow.arm('end', 1_000);
    follow.wrote(1_500, 1_000);
    expect(follow.scrolled(at(1_100), 1_050)).toBe('again');
    expect(follow.mode).toBe('following');
    follow.wrote(1_500, 1_060);
    follow.release('wheel');
    expect(follow.scrolled(at(1_100), 1_070)).toBe('user');
    expect(follow.mode).toBe('released');
  });

  it('on entry the end is held until it was quiet, at most 8 s, or until the first gesture', () => {
    const follow = new Follow();
    follow.enter();
    for (let now = 0; now < ENTRY_MAX_MS; now += ENTRY_QUIET_MS - 100) expect(follow.grew(now)).toBe(true);
    expect(follow.grew(ENTRY_MAX_MS + 100)).toBe(false);
    const quiet = new Follow();
    quiet.enter();
    expect(quiet.grew(60_000)).toBe(true); // loading took its time
    expect(quiet.grew(60_000 + ENTRY_QUIET_MS + 1)).toBe(false);
    quiet.news(70_000);
    expect(quiet.grew(70_010)).toBe(true);
    const gesture = new Follow();
    gesture.enter();
    gesture.grew(0);
    gesture.release('touch');
    expect(gesture.grew(10)).toBe(false);
  });
});
