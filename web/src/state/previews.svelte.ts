import { SvelteMap } from 'svelte/reactivity';
import { conn } from './conn.svelte';

const MOST = 100;

/** Pictures of messages, by the server's name for them; fetched once, when first shown. */
class Previews {
  private readonly urls = new SvelteMap<string, string>();
  private readonly asked = new Set<string>();

  remember(upload: string, blob: Blob): void {
    if (this.urls.has(upload)) return;
    this.urls.set(upload, URL.createObjectURL(blob));
    const oldest = this.urls.keys().next().value;
    if (this.urls.size <= MOST || oldest === undefined) return;
    URL.revokeObjectURL(this.urls.get(oldest)!);
    this.urls.delete(oldest);
    this.asked.delete(oldest);
  }

  url(upload: string): string | undefined {
    return this.urls.get(upload);
  }

  /** Fetches it, unless it is here or was asked for. A picture that is gone stays a label. */
  async want(upload: string): Promise<void> {
    if (this.urls.has(upload) || this.asked.has(upload)) return;
    this.asked.add(upload);
    try {
      this.remember(upload, await conn.api.bytes(`/api/uploads/${upload}`));
    } catch {
      // The label says what it was.
    }
  }
}

export const previews = new Previews();
