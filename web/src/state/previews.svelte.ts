import { SvelteMap } from 'svelte/reactivity';

/**
 * Pictures of what this page uploaded, by the server's name for them. An upload of another page is
 * shown as a label: the server hands out no uploads yet.
 */
class Previews {
  private readonly urls = new SvelteMap<string, string>();

  remember(upload: string, blob: Blob): void {
    if (!this.urls.has(upload)) this.urls.set(upload, URL.createObjectURL(blob));
  }

  url(upload: string): string | undefined {
    return this.urls.get(upload);
  }
}

export const previews = new Previews();
