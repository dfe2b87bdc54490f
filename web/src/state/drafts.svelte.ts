import { storage, type StoredDraft } from './storage';

export interface DraftImage {
  id: string;
  name: string;
  type: string;
  blob: Blob;
  url: string;
  /** The server's name for it once it is uploaded. */
  upload?: string | undefined;
  state: 'uploading' | 'ready' | 'failed';
}

/** What one composer holds. Survives reload; cleared when the server has the message. */
export class Draft {
  text = $state('');
  images = $state.raw<DraftImage[]>([]);
  start = 0;
  end = 0;
  /** A queued turn that is being edited here instead of a new message. */
  editing = $state<string | null>(null);
  /** What stood here before that; comes back afterwards. */
  stash = '';
  /** Resolves when what was stored has been read. */
  readonly ready: Promise<void>;
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(readonly key: string) {
    this.ready = this.load();
  }

  get empty(): boolean {
    return this.text.trim() === '' && this.images.length === 0;
  }

  touched(): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => void this.save(), 250);
  }

  clear(): void {
    this.text = '';
    this.start = this.end = 0;
    this.editing = null;
    this.setImages([]);
    this.text = this.stash;
    this.stash = '';
    this.start = this.end = this.text.length;
    void this.save();
  }

  /** Takes a queued message in for editing; what was being written waits. */
  edit(turn: string, text: string): void {
    if (this.editing === null) this.stash = this.text;
    this.editing = turn;
    this.text = text;
    this.start = this.end = text.length;
    this.touched();
  }

  /** Puts a message back that could not be sent; never over something that was typed since. */
  giveBack(text: string): void {
    if (this.text.trim() === '') this.text = text;
    else if (this.text !== text) this.text = `${text}\n\n${this.text}`;
    this.touched();
  }

  setImages(images: DraftImage[]): void {
    for (const image of this.images) if (!images.some((one) => one.id === image.id)) URL.revokeObjectURL(image.url);
    this.images = images;
    void this.save(); // at once: when the page goes away there is no time to store a picture
  }

  patchImage(id: string, patch: Partial<DraftImage>): void {
    this.images = this.images.map((image) => (image.id === id ? { ...image, ...patch } : image));
    void this.save();
  }

  async save(): Promise<void> {
    clearTimeout(this.timer);
    this.timer = undefined;
    const db = await storage();
    if (this.empty && this.stash === '') {
      await db.delete('drafts', this.key);
      forgetSync(this.key);
      return;
    }
    const images = this.images.map(({ id, name, type, blob, upload }) => ({ id, name, type, blob, ...(upload ? { upload } : {}) }));
    await db.put('drafts', { text: this.text, start: this.start, end: this.end, images, ...(this.stash ? { stash: this.stash } : {}), ...(this.editing ? { editing: this.editing } : {}), updatedAt: Date.now() }, this.key);
    forgetSync(this.key);
  }

  /** The page goes away: a write to IndexedDB may not finish, one to localStorage does. */
  flush(): void {
    if (this.timer === undefined) return;
    try {
      localStorage.setItem(SYNC + this.key, this.text);
    } catch {
      // The debounced write is all there is then.
    }
    void this.save();
  }

  private async load(): Promise<void> {
    const sync = takeSync(this.key);
    let stored: StoredDraft | undefined;
    try {
      stored = await (await storage()).get('drafts', this.key);
    } catch {
      // No store, no draft.
    }
    // Typing that happened before the store answered wins.
    if (this.text === '') this.text = sync ?? stored?.text ?? '';
    if (stored?.editing && this.editing === null) {
      this.editing = stored.editing;
      this.stash = stored.stash ?? '';
    }
    this.start = stored?.start ?? this.text.length;
    this.end = stored?.end ?? this.text.length;
    if (stored && this.images.length === 0) {
      this.images = stored.images.map((image) => ({
        ...image,
        url: URL.createObjectURL(image.blob),
        state: image.upload ? 'ready' : 'failed',
      }));
    }
  }
}

const SYNC = 'signalbox.draft.';

function takeSync(key: string): string | null {
  try {
    return localStorage.getItem(SYNC + key);
  } catch {
    return null;
  }
}

function forgetSync(key: string): void {
  try {
    localStorage.removeItem(SYNC + key);
  } catch {
    // Nothing to forget.
  }
}

const drafts = new Map<string, Draft>();

export function draftOf(session: string, lane: string): Draft {
  const key = `${session}/${lane}`;
  let draft = drafts.get(key);
  if (!draft) drafts.set(key, (draft = new Draft(key)));
  return draft;
}

addEventListener('pagehide', () => drafts.forEach((draft) => draft.flush()));
document.addEventListener('visibilitychange', () => {
  if (document.visibilityState === 'hidden') drafts.forEach((draft) => draft.flush());
});
