/** The time, for labels like "3 min ago"; moves twice a minute. */
class Now {
  at = $state(Date.now());

  constructor() {
    setInterval(() => (this.at = Date.now()), 30_000);
  }
}

export const now = new Now();
