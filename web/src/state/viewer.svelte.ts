/** The one window that shows a long text whole. */
class Viewer {
  current = $state.raw<{ title: string; text: string; lang: string } | null>(null);

  show(title: string, text: string, lang = ''): void {
    this.current = { title, text, lang };
  }

  close(): void {
    this.current = null;
  }
}

export const viewer = new Viewer();
